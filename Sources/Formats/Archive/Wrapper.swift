import Compression
import SystemPackage

/// What is around a dump that must be unpacked before `pg_restore` can read it: compression, or a tar file with a directory
/// dump in it, or both. A plain dump needs no unpacking: it is read through its compression.
package struct Wrapper: Sendable {
    package let path: FilePath
    /// The compression, the outermost first.
    package let layers: [CompressionAlgorithm]
    package let content: Content
    /// What the archive in it says of itself.
    package let header: ArchiveHeader
    /// The size of the file, as it lies there.
    package let bytes: Int64

    package enum Content: Sendable, Equatable {
        case custom
        /// As `pg_dump -Ft` writes it.
        case tar
        /// A directory dump in a tar file, in a directory there: `shop/`, or empty.
        case directory(String)
    }

    /// Looks into a file, until it is known which dump is in it. Of a tar file this can be all of it.
    /// - Returns: nil for a file that is not compressed and no tar file, for a plain dump, and for what `pg_dump` wrote so itself.
    /// - Throws: ``ArchiveError`` for a wrapper or a dump that is damaged; ``NoDumpInTar``.
    package init?(around path: FilePath) throws {
        guard let status = try? Stat(path), status.type == .regular else { return nil }
        let start = try FileStart(of: path)
        self.path = path
        layers = start.layers
        bytes = status.size
        if start.isTar {
            let found = try TarListing.read(path)
            if found.isOfPgDump && layers.isEmpty { return nil }
            (content, header) = (found.isOfPgDump ? .tar : .directory(found.directory), found.header)
            return
        }
        guard !layers.isEmpty, start.isArchive else { return nil }
        if let flaw = start.flaw, start.bytes.isEmpty { throw flaw }
        content = .custom
        var cursor = ArchiveCursor(FileCursor(start.bytes, of: path))
        header = try ArchiveHeader(from: &cursor, formats: [.custom])
    }

    /// Such as `custom in gzip`, `directory in tar in xz`.
    package var words: String {
        let inside =
            switch content {
            case .custom: "custom"
            case .tar: "tar"
            case .directory: "directory in tar"
            }
        return layers.isEmpty ? inside : "\(inside) in \(layers.words)"
    }

    /// An estimate of the size of what is in it, in bytes. What is compressed already does not become larger; measured on the
    /// AVA OLO sample, gzip makes a dump without compression 5.6 times smaller, and zstd 6.6 times.
    package var estimatedSize: Int64 {
        layers.isEmpty ? bytes : bytes * (content == .custom && header.compression != .none ? 2 : 10)
    }
}
