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
    }

    private var answers: [Int64: [ScanQuestion: Answer]] = [:]

    package init() {}

    mutating func set(_ answers: [ScanQuestion: Answer], for table: Table) { self.answers[table.oid] = answers }

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
}

extension CheckContext {
    /// Reads every table once, largest first, as many at a time as there are connections, and asks all questions of all
    /// checks in that one scan.
    func scan(_ checks: [any Check], emit: @escaping CheckEventSink) async throws -> ScanAnswers {
        let tables = catalogue.tables.filter { !$0.isPartitioned }.sorted { $0.bytes > $1.bytes }
        let total = tables.reduce(0) { $0 + $1.bytes }
        return try await withThrowingTaskGroup(of: (Table, [ScanQuestion: ScanAnswers.Answer]).self) { group in
            for table in tables {
                let questions = Array(Set(checks.flatMap { $0.questions(about: table, in: self) }))
                guard !questions.isEmpty else { continue }
                group.addTask {
                    try await connections.with { connection in
                        emit(.scanning(table.name))
                        return (table, try await answer(questions, about: table, over: connection))
                    }
                }
            }
            var answers = ScanAnswers()
            var done: Int64 = 0
            for try await (table, answer) in group {
                answers.set(answer, for: table)
                done += table.bytes
                emit(.progress(doneBytes: done, totalBytes: total))
            }
            return answers
        }
    }

    private func answer(
        _ questions: [ScanQuestion], about table: Table, over connection: Connection
    ) async throws -> [ScanQuestion: ScanAnswers.Answer] {
        do {
            let list = questions.map(\.aggregate).joined(separator: ", ")
            let row = try await connection.query("SELECT \(list) FROM \(table.sql)", deadline: deadline)[0]
            return try Dictionary(
                uniqueKeysWithValues: questions.enumerated().map { ($1, .value(try row.get(at: $0))) })
        } catch let error as PostgresError where error.sqlState != nil && questions.count > 1 {
            // Somewhere in this table is something that cannot be read. Each question alone, to learn which ones it is
            // in the way of.
            var answers: [ScanQuestion: ScanAnswers.Answer] = [:]
            for question in questions {
                answers.merge(try await answer([question], about: table, over: connection)) { $1 }
            }
            return answers
        } catch let error as PostgresError {
            return Dictionary(uniqueKeysWithValues: questions.map { ($0, .failure(error)) })
        }
    }
}
