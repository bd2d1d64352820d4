import Postgres

/// One reading of a table that answers questions of all checks.
struct TableScan: Sendable {
    let table: Table
    let questions: [ScanQuestion]

    /// More aggregates than this are asked in several readings: a SELECT holds 1664 (documentation of PostgreSQL, appendix K).
    private static let most = 500

    func answers(over session: Session) async throws -> [ScanQuestion: ScanAnswers.Answer] {
        var answers: [ScanQuestion: ScanAnswers.Answer] = [:]
        for start in stride(from: 0, to: questions.count, by: Self.most) {
            let some = questions[start..<min(start + Self.most, questions.count)]
            answers.merge(try await self.answers(to: some, over: session)) { $1 }
        }
        return answers
    }

    /// In a transaction that only reads and is rolled back: the questions call the backup's own code (CHECK constraints,
    /// types), and what that does to the rows or to the session must not last.
    private func answers(
        to questions: ArraySlice<ScanQuestion>, over session: Session
    ) async throws -> [ScanQuestion: ScanAnswers.Answer] {
        do {
            let list = questions.map(\.aggregate).joined(separator: ", ")
            // The rows themselves: an index, or the visibility map that lets it answer alone, may be what is broken.
            let row = try await session.reading(settings: ["enable_indexonlyscan": "off"]) {
                try await $0.query("SELECT \(list) FROM \(table.sql)")[0]
            }
            return try Dictionary(
                uniqueKeysWithValues: questions.enumerated().map { ($1, .value(try row.get(at: $0))) })
        } catch let error as PostgresError
            where error.sqlState != nil && questions.count > 1 && error.sqlState != .lockNotAvailable
        {
            // Somewhere in this table is something that cannot be read. In halves, to learn which questions it is in the way
            // of.
            let middle = questions.startIndex + questions.count / 2
            let first = try await answers(to: questions[..<middle], over: session)
            return first.merging(try await answers(to: questions[middle...], over: session)) { $1 }
        } catch let error as PostgresError {
            return Dictionary(uniqueKeysWithValues: questions.map { ($0, .failure(error)) })
        }
    }
}
