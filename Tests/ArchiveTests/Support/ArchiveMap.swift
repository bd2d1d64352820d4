import SystemPackage
import Testing

@testable import Archive

/// Where the parts of a custom archive, or of a `toc.dat`, are in its file.
struct ArchiveMap {
    /// The lowest byte of the number of entries.
    let count: Int
    let entries: [Place]

    struct Place {
        let entry: ArchiveEntry
        /// The lowest byte of the flag that says whether there is data.
        let hasData: Int
        /// Custom format: the byte that says whether the offset is set.
        let state: Int
    }

    init(_ path: String, _ data: DataReference) throws {
        let file = try InputFile(FilePath(path))
        var cursor = ArchiveCursor(FileCursor(file, 0..<file.size))
        let header = try ArchiveHeader(from: &cursor, formats: [data == .offsets ? .custom : .tar])
        count = Int(cursor.offset) + 1
        var entries: [Place] = []
        for _ in 0..<(try cursor.int("the number of entries", in: 1...10_000)) {
            let start = Int(cursor.offset)
            let entry = try ArchiveEntry(from: &cursor, header.version, data: data)
            entries.append(
                Place(
                    entry: entry, hasData: start + 2 + header.intSize,
                    state: Int(cursor.offset) - header.offsetSize - 1))
        }
        self.entries = entries
    }
}
