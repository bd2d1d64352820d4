import Compression
import SystemPackage

/// A dump at a path, and what it says about itself.
package struct Dump: Sendable {
    package let path: FilePath
    package let format: DumpFormat
    /// Of an archive: the compression of its data, as its header says. Of a plain dump: the outermost of ``layers``.
    package let compression: CompressionAlgorithm
    /// Of a plain dump: the compression around the script, the outermost first. Empty for archives.
    package let layers: [CompressionAlgorithm]
    /// Bytes of the file, or of all regular files in the directory.
    package let bytes: Int64
    /// Nil for a plain dump.
    package let contents: TableOfContents?
    /// Only for a plain dump.
    package let plainHeader: PlainHeader?

    /// Recognises a dump by its contents, never by its name, and reads what it says about itself.
    ///
    /// Of an archive, it reads the whole table of contents and no data.
    ///
    /// - Throws: ``ArchiveError``; its ``ArchiveError/isBackupAtFault`` tells whether the dump is bad or was not found.
    package static func open(_ path: FilePath) throws(ArchiveError) -> Dump {
        guard try Stat(inspecting: path).type == .directory else { return try openFile(InputFile(path)) }
        let listing = try DirectoryListing(path)
        guard listing.sizes["toc.dat"] != nil else { throw .directoryWithoutContents(path) }
        let file = try InputFile(path.appending("toc.dat"))
        guard file.size > 0 else { throw .empty(file.path) }
        let contents = try TableOfContents(wholeOf: file, 0..<file.size)
        return Dump(
            path: path, format: .directory, compression: contents.header.compression, layers: [],
            bytes: listing.totalBytes, contents: contents, plainHeader: nil)
    }

    private static func openFile(_ file: InputFile) throws(ArchiveError) -> Dump {
        guard file.size > 0 else { throw .empty(file.path) }
        let start = try FileStart(of: file)
        if let flaw = start.flaw { throw flaw }
        if start.layers.isEmpty, start.isArchive {
            let contents = try TableOfContents(
                from: FileCursor(file, 0..<file.size), formats: [.custom], data: .offsets)
            return Dump(
                path: file.path, format: .custom, compression: contents.header.compression, layers: [],
                bytes: file.size, contents: contents, plainHeader: nil)
        }
        if start.layers.isEmpty, start.isTar {
            let contents = try TableOfContents(inTar: file)
            return Dump(
                path: file.path, format: .tar, compression: contents.header.compression, layers: [], bytes: file.size,
                contents: contents, plainHeader: nil)
        }
        guard let header = PlainHeader(parsing: start.bytes) else {
            throw .notADump(file.path, looksLike: Appearance.describe(start))
        }
        return Dump(
            path: file.path, format: .plain, compression: start.layers.first ?? .none, layers: start.layers,
            bytes: file.size, contents: nil, plainHeader: header)
    }
}

extension TableOfContents {
    /// Reads a whole `toc.dat`. Bytes after the last entry are an error.
    init(wholeOf file: InputFile, _ range: Range<Int64>) throws(ArchiveError) {
        try self.init(from: FileCursor(file, range), formats: [.tar], data: .files)
        guard end == min(range.upperBound, file.size) else {
            throw .malformed(
                file.path, offset: end, problem: "something follows the last entry of the table of contents")
        }
    }

    /// Finds and reads the `toc.dat` in a tar file; `pg_dump` puts it first.
    init(inTar file: InputFile) throws(ArchiveError) {
        var members = try TarStream(file)
        while let member = try members.next() {
            if member.name == "toc.dat", member.kind == .file {
                try self.init(wholeOf: file, members.offset..<members.offset + member.size)
                return
            }
            if member.name.hasSuffix("/toc.dat") {
                throw .notADump(
                    file.path, looksLike: "a directory dump packed with tar; unpack it and name the directory")
            }
        }
        throw .notADump(file.path, looksLike: "a tar file without a toc.dat")
    }
}

/// The four ways `pg_dump` writes a database.
package enum DumpFormat: String, Codable, Sendable, CaseIterable {
    /// `-Fc`: one file with a table of contents and compressed data blocks.
    case custom
    /// `-Fd`: a directory with `toc.dat` and one file for each table.
    case directory
    /// `-Ft`: the members of a directory dump as a tar file.
    case tar
    /// `-Fp` and `pg_dumpall`: an SQL script for psql.
    case plain
}
