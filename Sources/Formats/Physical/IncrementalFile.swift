/// How a file in an incremental backup begins that holds only the changed pages of a relation's file
/// (`sendFile` in `basebackup.c`, PostgreSQL 17):
///
///     magic, number of pages, length of the relation in pages, the number of each page, zeros up to a whole page
///     pages
struct IncrementalFile: Sendable, Equatable {
    /// How the name begins; the name of the relation's file follows.
    static let prefix = "INCREMENTAL."

    /// The numbers of its pages in the relation's file, from 0.
    let blocks: [UInt32]
    /// Where the first page begins.
    let dataStart: Int

    /// Bytes of the whole file.
    var size: Int64 { Int64(dataStart) + Int64(blocks.count) * Int64(PageChecksum.pageSize) }

    private static let magic: UInt32 = 0xD3AE_1F0D

    /// The path of the relation's file that it belongs to; nil where the name is that of another file.
    static func whole(_ path: String) -> String? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard let name = parts.last, name.hasPrefix(prefix) else { return nil }
        return (parts.dropLast() + [name.dropFirst(prefix.count)]).joined(separator: "/")
    }

    /// - Parameter bytes: the first bytes of the file, at least 1 MiB of them or all.
    /// - Returns: nil where it does not begin so.
    init?(_ bytes: UnsafeRawBufferPointer) {
        func number(at offset: Int) -> UInt32 {
            UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        }
        guard bytes.count >= 12, number(at: 0) == Self.magic else { return nil }
        let count = Int(number(at: 4))
        let header = 12 + 4 * count
        guard count <= Int(RelationFile.blocksPerSegment), header <= bytes.count else { return nil }
        blocks = (0..<count).map { number(at: 12 + 4 * $0) }
        guard blocks.allSatisfy({ $0 < RelationFile.blocksPerSegment }) else { return nil }
        let page = PageChecksum.pageSize
        // A file without pages is its header alone.
        dataStart = count == 0 ? header : (header + page - 1) / page * page
    }
}

extension DataDirectory {
    /// Files with some pages of a relation, of which the backup before has neither the whole file nor other pages:
    /// `pg_combinebackup` could not make the file.
    package func filesWithoutBase(in before: DataDirectory) -> [FileFlaw] {
        let known = Set(before.files.lazy.map { IncrementalFile.whole($0.path) ?? $0.path })
        return files.compactMap { file in
            guard let whole = IncrementalFile.whole(file.path), !known.contains(whole) else { return nil }
            let name = before.path.lastComponent?.string ?? "."
            return FileFlaw(
                path: file.path, problem: "it holds some pages of \(whole), and \(name) before it has no such file")
        }
    }
}
