import Postgres

/// One reading of a table that answers questions of all checks.
struct TableScan: Sendable {
    let table: Table
    let questions: [ScanQuestion]

    func answers(over session: Session) async throws -> [ScanQuestion: ScanAnswers.Answer] {
        try await answers(to: questions, over: session)
    }

    private func answers(
        to questions: [ScanQuestion], over session: Session
    ) async throws -> [ScanQuestion: ScanAnswers.Answer] {
        do {
            let list = questions.map(\.aggregate).joined(separator: ", ")
            let row = try await session.query("SELECT \(list) FROM \(table.sql)")[0]
            return try Dictionary(
                uniqueKeysWithValues: questions.enumerated().map { ($1, .value(try row.get(at: $0))) })
        } catch let error as PostgresError where error.sqlState != nil && questions.count > 1 {
            // Somewhere in this table is something that cannot be read. Each question alone, to learn which ones it is
            // in the way of.
            var answers: [ScanQuestion: ScanAnswers.Answer] = [:]
            for question in questions {
                answers.merge(try await self.answers(to: [question], over: session)) { $1 }
            }
            return answers
        } catch let error as PostgresError {
            return Dictionary(uniqueKeysWithValues: questions.map { ($0, .failure(error)) })
        }
    }
}
