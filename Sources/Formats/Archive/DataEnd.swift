import Bytes

/// How the data of a table ends in an archive. `pg_dump` of all versions from 9 to 18 writes it so
/// (`dumpTableData_copy`, `dumpTableData_insert`).
struct DataEnd {
    /// How many bytes at the end are needed to decide.
    static let size = 6

    private let entry: ArchiveEntry

    init(of entry: ArchiveEntry) {
        self.entry = entry
    }

    /// What is wrong with data that ends in `tail`; nil if nothing is.
    ///
    /// - Parameters:
    ///   - tail: the last ``size`` bytes, or all of them.
    ///   - count: how many bytes of data there are.
    func problem(tail: [UInt8], count: Int64) -> String? {
        guard entry.kind == "TABLE DATA" else { return nil }
        if count == 0 { return "its data is empty: not even the end of data is there" }
        if entry.copyStatement != nil {
            let end = Array("\\.\n\n\n".utf8)
            let isComplete = count == Int64(end.count) ? tail == end : tail == [ASCII.newline] + end
            return isComplete ? nil : "its data was cut off: it does not end with the end-of-data mark"
        }
        // INSERT statements; nothing but two line ends for a table without rows.
        let end = Array((count == 2 ? "\n\n" : ";\n\n\n").utf8)
        return tail.suffix(end.count) == end[...] ? nil : "its data was cut off: it does not end with a whole statement"
    }
}
