import Bytes
import Compression
import Files
import SystemPackage

/// How a file begins, and how it ends: enough to tell what it is, with little of it read.
package struct FileStart: Sendable {
    /// The compression around it, the outermost first; at most ``DumpStream/mostLayers``.
    package let layers: [CompressionAlgorithm]
    /// The first bytes, decompressed. Fewer than were asked for if the file is shorter, or cannot be decompressed further.
    package let bytes: [UInt8]
    /// The last bytes of a file that is not compressed; else empty.
    let tail: [UInt8]
    /// Why it cannot be decompressed further.
    package let flaw: ArchiveError?

    /// How many bytes are read at each end, unless the caller says.
    package static let size = PlainHeader.size

    /// - Parameter count: how many bytes to read at each end.
    /// - Throws: ``ArchiveError/changed(_:)``, ``ArchiveError/unreadable(_:_:)``.
    package init(of file: TreeFile, count: Int = size) throws(ArchiveError) {
        try self.init(of: try InputFile(file), count: count)
    }

    init(of file: InputFile, count: Int = size) throws(ArchiveError) {
        layers = try DumpStream.layers(of: file)
        (bytes, flaw) = try Self.head(of: file, layers, count)
        tail = layers.isEmpty ? try file.bytes(at: max(0, file.size - Int64(count)), count: count) : []
    }

    /// Of bytes that are not compressed.
    package init(bytes: [UInt8], tail: [UInt8] = []) {
        (layers, self.bytes, self.tail, flaw) = ([], bytes, tail, nil)
    }

    private static func head(
        of file: InputFile, _ layers: [CompressionAlgorithm], _ count: Int
    ) throws(ArchiveError) -> (bytes: [UInt8], flaw: ArchiveError?) {
        guard !layers.isEmpty else { return (try file.bytes(at: 0, count: count), nil) }
        var bytes: [UInt8] = []
        var stream = try DumpStream(file, layers: layers)
        do throws(ArchiveError) {
            while bytes.count < count, let chunk = try stream.read(maximum: count - bytes.count) { bytes += chunk }
        } catch {
            guard case .undecodable(_, let problem) = error, problem != .outOfMemory(problem.algorithm) else {
                throw error
            }
            return (bytes, error)
        }
        return (bytes, nil)
    }

    /// A custom archive, or its first bytes.
    package var isArchive: Bool {
        !bytes.isEmpty && ArchiveHeader.magic.starts(with: bytes.prefix(ArchiveHeader.magic.count))
    }

    /// The `toc.dat` of a directory dump: its header names the format of tar files, and it is not within one.
    package var isTableOfContents: Bool {
        bytes.starts(with: ArchiveHeader.magic) && bytes.count > ArchiveHeader.formatOffset
            && bytes[ArchiveHeader.formatOffset] == 3
    }

    package var isTar: Bool { TarStream.recognises(bytes) }

    /// A script that names itself a dump of a database, or of a cluster.
    package var isPlainDump: Bool { PlainHeader(parsing: bytes) != nil }

    /// A script of `pg_dumpall`.
    package var isClusterDump: Bool { PlainHeader(parsing: bytes)?.isCluster == true }

    /// The beginning of a dump in any form that is one file.
    package var isDump: Bool { isArchive || isTar || isPlainDump }

    package var isText: Bool {
        bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F || ASCII.isSpace($0) }
    }

    /// The first bytes, without a byte order mark.
    var withoutMark: ArraySlice<UInt8> { bytes[...].dropByteOrderMark() }

    /// The lines at its start, without their ends, up to the number that is asked for; empty ones are left out.
    package func lines(_ count: Int) -> [String] {
        PlainHeader.lines(of: withoutMark).prefix(count).map { String(decoding: $0, as: UTF8.self) }
    }

    // MARK: Damage to a script of pg_dump

    /// It is nothing but a part of the comment with which scripts begin.
    package var isCutPlainHeader: Bool {
        let text = withoutMark.filter { $0 != ASCII.carriageReturn }
        return text.count > 2
            && [PlainMarker.header, .clusterHeader].contains { (Array("--\n".utf8) + $0.text).starts(with: text) }
    }

    /// It lacks the beginning of a script, and has comments that pg_dump writes further on.
    package var isPlainDumpWithoutBeginning: Bool {
        guard !isPlainDump else { return false }
        return [bytes, tail].contains { text in
            PlainHeader.lines(of: text[...]).contains { line in
                line.elementsEqual(PlainMarker.footer.text) || line.elementsEqual(PlainMarker.clusterFooter.text)
                    || ObjectComment(line: Array(line), .utf8) != nil
            }
        }
    }
}

extension ArraySlice<UInt8> {
    /// Without the byte order mark of UTF-8 at the start.
    fileprivate func dropByteOrderMark() -> Self { starts(with: PlainScript.byteOrderMark) ? dropFirst(3) : self }
}
