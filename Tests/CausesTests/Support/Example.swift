import Causes
import Testing

/// A row of the table, met for real.
struct Example: Sendable, CustomTestStringConvertible {
    /// The id of the row.
    let rule: String
    /// SQLSTATE, or a part of the words, by which it was told.
    let says: String
    /// What happens.
    let reason: String
    /// On which versions it can be made; row by row both.
    var majors = [15, 17]
    let make: @Sendable (Lab) async throws -> [Decided]

    var testDescription: String { "\(rule): \(reason)" }

    init(
        _ rule: String, _ says: String, _ reason: String, majors: [Int] = [15, 17],
        _ make: @escaping @Sendable (Lab) async throws -> [Decided]
    ) {
        self.rule = rule
        self.says = says
        self.reason = reason
        self.majors = majors
        self.make = make
    }

    static let all = restoring + programs + checking + copies + drilling + fetching + recovery + snapshots

    /// Rows that cannot be made to happen here, and why.
    static let notProducible = [
        "backup-needs-memory": "the decoders ask for so little memory that this process would not survive a lack of it",
        "words-lost": "the words of two processes would have to overwrite each other on the way",
    ]
}
