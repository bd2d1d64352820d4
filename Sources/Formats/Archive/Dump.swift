import Compression
import Files
import SystemPackage

/// A dump, and what it says about itself.
package struct Dump: Sendable {
    package let tree: OpenTree
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
    /// Of an archive within compression, what it is read through; nil of any other.
    var wrapping: Wrapping?

    /// Of a dump within a script of `pg_dumpall`, where it is; nil of any other.
    var section: Section?

    /// A dump within a script of several.
    struct Section: Sendable {
        /// The script, decompressed. All dumps of one script share it, and are read in their order.
        let text: InputFile
        let range: Range<Int64>
        /// How many line ends are in front of it.
        let line: Int
    }

    /// Compression around an archive.
    struct Wrapping: Sendable {
        /// The outermost first.
        let layers: [CompressionAlgorithm]
        /// Bytes of what is within it.
        let size: Int64
    }

    /// Recognises a dump by its contents, never by its name, and reads what it says about itself.
    ///
    /// Of an archive, it reads the whole table of contents and no data.
    ///
    /// - Parameter tree: a file or a directory.
    /// - Throws: ``ArchiveError``; its ``ArchiveError/isBackupAtFault`` tells whether the dump is bad or was not found.
    package static func open(_ tree: OpenTree) throws(ArchiveError) -> Dump {
        if let whole = tree.file() { return try openFile(InputFile(whole), of: tree) }
        let listing = DirectoryListing(tree)
        guard let kind = tree.state(of: "toc.dat")?.kind else { throw .directoryWithoutContents(tree.path) }
        guard let whole = tree.file("toc.dat") else {
            throw .notADump(tree.path.appending("toc.dat"), looksLike: kind.words)
        }
        let file = try InputFile(whole)
        guard file.size > 0 else { throw .empty(file.path) }
        let contents = try TableOfContents(wholeOf: file, 0..<file.size)
        return Dump(
            tree: tree, format: .directory, compression: contents.header.compression, layers: [],
            bytes: listing.totalBytes, contents: contents, plainHeader: nil)
    }

    /// An archive that is one file, within compression.
    static func open(_ file: TreeFile, within wrapping: Wrapping) throws(ArchiveError) -> Dump {
        var dump = try openFile(InputFile(file, within: wrapping), of: file.tree)
        dump.wrapping = wrapping
        return dump
    }

    /// Whether what it holds has more bytes than ``bytes``. Those of a part of a script are counted within the compression.
    package var isCompressed: Bool { compression != .none && section == nil }

    /// For messages, and for a program that sees it there.
    package var path: FilePath { tree.path }

    /// How a message calls the dump as a whole.
    package var name: String { path.lastComponent?.string ?? path.string }

    /// The archive that the dump is, as one file.
    /// - Throws: ``ArchiveError``.
    var archive: InputFile {
        get throws(ArchiveError) {
            guard let wrapping else { return try InputFile(file) }
            return try InputFile(file, within: wrapping)
        }
    }

    /// The file that the dump is.
    /// - Throws: ``ArchiveError/notADump(_:looksLike:)`` for a directory.
    var file: TreeFile {
        get throws(ArchiveError) {
            guard let file = tree.file() else { throw .notADump(path, looksLike: tree.state.kind.words) }
            return file
        }
    }

    /// Its script, decompressed.
    /// - Throws: as ``DumpStream/init(_:)``.
    package func stream() throws(ArchiveError) -> DumpStream {
        guard let section else { return try DumpStream(InputFile(file), layers: layers) }
        return DumpStream(section.text, section.range)
    }

    private static func openFile(_ file: InputFile, of tree: OpenTree) throws(ArchiveError) -> Dump {
        guard file.size > 0 else { throw .empty(file.path) }
        let start = try FileStart(of: file)
        if let flaw = start.flaw { throw flaw }
        if start.layers.isEmpty, start.isArchive {
            let contents = try TableOfContents(
                from: FileCursor(file, 0..<file.size), formats: [.custom], data: .offsets)
            return Dump(
                tree: tree, format: .custom, compression: contents.header.compression, layers: [],
                bytes: file.size, contents: contents, plainHeader: nil)
        }
        if start.layers.isEmpty, start.isTar {
            let contents = try TableOfContents(inTar: file)
            return Dump(
                tree: tree, format: .tar, compression: contents.header.compression, layers: [], bytes: file.size,
                contents: contents, plainHeader: nil)
        }
        guard let header = PlainHeader(parsing: start.bytes) else {
            throw .notADump(file.path, looksLike: Appearance.describe(start))
        }
        return Dump(
            tree: tree, format: .plain, compression: start.layers.first ?? .none, layers: start.layers,
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
