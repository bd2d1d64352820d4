import Postgres

extension CheckContext {
    /// Asks many small queries in few round trips. One that the server cannot answer is not in the way of the others.
    /// - Parameter queries: all of the same columns, with the same types.
    /// - Returns: the rows of each, in order, or the error that it met.
    /// - Throws: ``Postgres/PostgresError`` when the server gives no answer any more.
    func query(each queries: [String]) async throws -> [Result<[Row], PostgresError>] {
        var answers: [Result<[Row], PostgresError>] = []
        // Each may lock a table or two, and a server has room for some thousand locks.
        for start in stride(from: 0, to: queries.count, by: 200) {
            answers += try await answer(queries[start..<min(start + 200, queries.count)])
        }
        return answers
    }

    private func answer(_ queries: ArraySlice<String>) async throws -> [Result<[Row], PostgresError>] {
        do {
            let union = queries.indices.map { "SELECT \($0) AS query, q.* FROM (\(queries[$0])) q" }
                .joined(separator: " UNION ALL ")
            let rows = try Dictionary(grouping: await query(union)) { try $0.need("query", as: Int.self) }
            return queries.indices.map { .success(rows[$0] ?? []) }
        } catch let error as PostgresError where error.sqlState != nil {
            guard queries.count > 1 else { return [.failure(error)] }
            let middle = queries.startIndex + queries.count / 2
            return try await answer(queries[..<middle]) + answer(queries[middle...])
        }
    }
}
