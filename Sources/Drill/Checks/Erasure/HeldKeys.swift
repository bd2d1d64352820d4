import Findings

/// Which keys of a list a table holds. It names none of them: only the lines of the list.
struct HeldKeys: Sendable {
    /// How many keys the list has.
    let listed: Int
    /// The lines of the list whose keys are there.
    private(set) var lines: Set<Int> = []
    /// The rows that have one of them.
    private(set) var rows: Int64 = 0

    init(listed: Int) { self.listed = listed }

    mutating func add(line: Int) {
        lines.insert(line)
        rows += 1
    }

    /// `3 of 12 keys, in 41 rows`.
    var words: String { rows == 0 ? "none" : "\(lines.count) of \(counted(listed, "key")), in \(counted(rows, "row"))" }

    /// `lines 2, 5, 9 of the list`; the first twenty.
    var places: String {
        let first = lines.sorted().prefix(20).map(String.init).joined(separator: ", ")
        let more = lines.count > 20 ? " and \(lines.count - 20) more" : ""
        return "\(lines.count == 1 ? "line" : "lines") \(first)\(more) of the list"
    }
}
