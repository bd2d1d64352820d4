import Findings
import Postgres

/// One aggregate that a check wants to know of a table. Two checks that want the same one share its answer.
package struct ScanQuestion: Sendable, ExactlyNamed {
    /// SQL over the table's rows, such as `count(*)`.
    let aggregate: String

    package var nameParts: [String] { [aggregate] }
}

/// What the scans found.
package struct ScanAnswers: Sendable {
    enum Answer: Sendable {
        /// The aggregate in text format; nil for SQL NULL.
        case value(String?)
        case failure(PostgresError)

        var isFailure: Bool { if case .failure = self { true } else { false } }
    }

    private var answers: [Int64: [ScanQuestion: Answer]] = [:]
    /// How large each table was when it was scanned.
    private var bytes: [Int64: Int64] = [:]

    package init() {}

    mutating func add(_ new: [ScanQuestion: Answer], for table: Table) {
        if bytes[table.oid] != table.bytes { answers[table.oid] = nil }
        answers[table.oid, default: [:]].merge(new) { $1 }
        bytes[table.oid] = table.bytes
    }

    /// Those of the questions about a table that are still open. A table that has grown since it was scanned is asked
    /// everything again.
    func unanswered(_ questions: Set<ScanQuestion>, about table: Table) -> Set<ScanQuestion> {
        bytes[table.oid] == table.bytes ? questions.filter { answers[table.oid]?[$0] == nil } : questions
    }

    /// The answer to a question, as a number.
    /// - Returns: nil for SQL NULL.
    /// - Throws: the error that the question met.
    func number<Number: PostgresDecodable>(
        _ question: ScanQuestion, of table: Table, as type: Number.Type = Int64.self
    ) throws(PostgresError) -> Number? {
        switch answers[table.oid]?[question] {
        case .value(let text?):
            guard let number = Number(postgresText: text) else {
                throw .unexpectedAnswer("\(question.aggregate) of \(table.name) is not a number")
            }
            return number
        case .value(nil): return nil
        case .failure(let error): throw error
        case nil: throw .unexpectedAnswer("\(table.name) was not asked for \(question.aggregate)")
        }
    }

    /// The answers to a question about several tables, such as the leaves of one, added up; SQL NULL counts as 0.
    /// - Throws: the first error that the question met.
    func sum(_ question: ScanQuestion, over tables: [Table]) throws(PostgresError) -> Int64 {
        var sum: Int64 = 0
        for table in tables { sum += try number(question, of: table) ?? 0 }
        return sum
    }
}
