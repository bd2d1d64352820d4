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

    private var kept: [DumpFlaw] = []
    private var count = 0

    mutating func add(_ subject: String, _ problem: String) {
        count += 1
        if kept.count < Self.most { kept.append(DumpFlaw(subject: subject, problem: problem)) }
    }

    var all: [DumpFlaw] {
        count <= kept.count
            ? kept : kept + [DumpFlaw(subject: "the dump", problem: "\(count - kept.count) more flaws are not listed")]
    }
}

extension ArchiveEntry {
    /// How a finding names the entry: `schema.table`, `large objects 16557..16558`.
    package var subject: String {
        if kind == "BLOBS" { return tag == "BLOBS" ? "large objects" : "large objects \(tag)" }
        return namespace.map { "\($0).\(tag)" } ?? tag
    }
}
