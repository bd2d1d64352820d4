import Findings
import Postgres

/// Runs `body`, and tells meanwhile what the server does for the restore: rows that were loaded, how far an index is built, and
/// since when. pg_restore only says what it began.
///
/// Servers before 14 have no `pg_stat_progress_copy`; for them, this only runs `body`.
func watchingServer<Result: Sendable>(
    over connection: Connection, emit: @escaping RestoreEventSink, _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    guard try await connection.serverVersion >= 140_000 else { return try await body() }
    return try await withThrowingTaskGroup(of: Result?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            while !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(500))
                // Only for display: if the server does not answer, the restore itself says why.
                let running = (try? await RunningStatement.all(over: connection)) ?? []
                if !running.isEmpty { emit(.item(running.map(\.words).joined(separator: "; "))) }
            }
            return nil
        }
        defer { group.cancelAll() }
        while let result = try await group.next() {
            if let result { return result }
        }
        throw CancellationError()
    }
}

/// A statement of the restore that runs now.
struct RunningStatement: Sendable {
    /// `COPY public.t (id) FROM stdin`, or the beginning of it.
    let statement: String
    /// The table that it is about, if a view of progress names it.
    var table: String?
    /// Rows that a COPY has loaded.
    var rows: Int64?
    /// What an index build does: `building index: scanning table`.
    var phase: String?
    /// How far that is, 0 to 100.
    var percent: Int64?
    let seconds: Double

    /// In words: the longest-running statements come first, so the line may be cut at its end.
    var words: String {
        let what =
            rows.map { "TABLE DATA \(table ?? "")  \(counted($0, "row"))" }
            ?? ([statement, phase].compactMap { $0 }.joined(separator: ": ") + (percent.map { " \($0) %" } ?? ""))
        return seconds < 1 ? what : "\(what), for \(HumanUnits.duration(seconds.rounded(.down)))"
    }
}

extension RunningStatement {
    /// Those of other sessions in the connection's database, the longest first.
    static func all(over connection: Connection) async throws -> [RunningStatement] {
        try await connection.query(SQLFile.runningStatements.text).map(RunningStatement.init)
    }

    private init(_ row: Row) throws {
        self.init(
            statement: try row.need("statement"), table: try row.get("name"), rows: try row.get("rows"),
            phase: try row.get("phase"), percent: try row.get("percent"), seconds: try row.need("seconds"))
    }
}

extension SQLFile {
    static var runningStatements: SQLFile { SQLFile(PackageResources.running_statements_sql) }
}
