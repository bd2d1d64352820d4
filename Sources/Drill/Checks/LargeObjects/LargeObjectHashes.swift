import Postgres
import Rows

extension LargeObjectPages {
    /// Reads the contents of all large objects; one without pages is not among them.
    static func read(over session: Session) async throws -> [UInt32: RowHash.Value] {
        try await session.reading(settings: ["bytea_output": "hex"]) { session in
            let size = try await session.query("SELECT pg_catalog.current_setting('block_size')::int8 / 4")[0]
            var pages = LargeObjectPages(pageSize: try size.need(at: 0, as: Int64.self))
            try await session.copyOut(copy) { row in
                guard pages.add(row) else { throw PostgresError.unexpectedAnswer("a page of a large object") }
            }
            pages.finish()
            return pages.byOID
        }
    }
}
