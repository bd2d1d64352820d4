import Postgres
import Rows

extension Session {
    /// Passes on each row of a COPY TO STDOUT, without its newline. A row's memory is valid only during the call.
    /// - Throws: ``Postgres/PostgresError``; what `row` throws. The COPY is then ended.
    func copyOut(_ sql: String, _ row: (UnsafeRawBufferPointer) throws -> Void) async throws {
        var rows = CopyRows()
        try await connection.startCopyOut(sql, deadline: deadline)
        do {
            while let bytes = try await connection.readCopy(deadline: deadline) {
                try bytes.withUnsafeBytes { try rows.read($0, row) }
            }
            try rows.finish()
        } catch {
            await connection.abandon()
            throw (error as? RowError).map { PostgresError.unexpectedAnswer("rows of a COPY: \($0)") } ?? error
        }
    }
}
