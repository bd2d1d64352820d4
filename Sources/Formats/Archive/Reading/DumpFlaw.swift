/// Something in a dump that is not as `pg_dump` writes it.
package struct DumpFlaw: Sendable, Hashable {
    /// What is affected: a table as `schema.name`, a large object, or a file of the dump.
    package let subject: String
    /// What is wrong with it, as a clause: "its data file 3487.dat is missing".
    package let problem: String

    package init(subject: String, problem: String) {
        self.subject = subject
        self.problem = problem
    }
}

extension DumpFlaw: CustomStringConvertible {
    package var description: String { "\(subject): \(problem)" }
}

/// The flaws of a dump, as many as a person reads. A damaged dump may have millions.
struct DumpFlaws {
    /// How many are kept.
    static let most = 200

    /// Where the flaws are that are added: they are kept in the order of their places, and those of one place as they came.
    var place = Int.max
    private var kept: [(place: Int, flaw: DumpFlaw)] = []
    private var count = 0

    mutating func add(_ subject: String, _ problem: String) {
        count += 1
        let index = kept.lastIndex { $0.place <= place }.map { $0 + 1 } ?? 0
        kept.insert((place, DumpFlaw(subject: subject, problem: problem)), at: index)
        if kept.count > Self.most { kept.removeLast() }
    }

    var all: [DumpFlaw] {
        let flaws = kept.map(\.flaw)
        return count <= flaws.count
            ? flaws
            : flaws + [DumpFlaw(subject: "the dump", problem: "\(count - flaws.count) more flaws are not listed")]
    }
}

extension ArchiveEntry {
    /// How a finding names the entry: `schema.table`, `large objects 16557..16558`.
    package var subject: String {
        if kind == "BLOBS" { return tag == "BLOBS" ? "large objects" : "large objects \(tag)" }
        return namespace.map { "\($0).\(tag)" } ?? tag
    }
}
