import Backup
import Findings
import Postgres
import Restore

/// An extension of PostgreSQL's own that checks ask with.
///
/// The backup's own is used where it has one. Else one is made for the drill, in a schema of its own, and removed again
/// before anything looks at what the backup brought.
struct DrillExtension: Sendable {
    enum Found: Sendable {
        /// Where its functions are.
        case ready(schema: String)
        /// Why not, and what to do about it.
        case unavailable(String)
    }

    private let name: String
    private var ownSchema: String { "pgassay_\(name)" }

    /// - Parameter name: needs no quotes in SQL.
    init(_ name: String) { self.name = name }

    /// Finds it, or makes it where the backup has none of its own.
    func find(in context: CheckContext) async throws -> Found {
        if let schema = try await schema(in: context) { return .ready(schema: schema) }
        if context.contents.names("EXTENSION", name) {
            return .unavailable("the backup has the extension \(name), and it was not restored; see the check restore")
        }
        if context.contents.names("SCHEMA", ownSchema) {
            return .unavailable("the backup has a schema \(ownSchema), which is what this check would use: rename it")
        }
        guard try await isOffered(in: context) else {
            return .unavailable(
                """
                PostgreSQL \(context.serverVersion.major) has no extension \(name) on this machine; install PostgreSQL's \
                contrib package (postgresql-contrib)
                """)
        }
        do {
            try await change(
                """
                CREATE SCHEMA IF NOT EXISTS \(ownSchema);
                CREATE EXTENSION IF NOT EXISTS \(name) SCHEMA \(ownSchema)
                """, in: context)
        } catch let error as PostgresError where error.sqlState != nil && error.sqlState != .lockNotAvailable {
            let advice =
                error.sqlState?.rawValue == "42501" ? "; only a superuser may: drill on a throwaway server" : ""
            return .unavailable("the extension \(name) could not be created: \(error.description)\(advice)")
        }
        guard let schema = try await schema(in: context) else {
            throw PostgresError.unexpectedAnswer("no extension \(name) after its creation")
        }
        return .ready(schema: schema)
    }

    /// - Returns: nil where the database does not have it.
    private func schema(in context: CheckContext) async throws -> String? {
        try await context.query(
            """
            SELECT n.nspname FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
            WHERE e.extname = $1
            """, [name]
        ).first?.need(at: 0)
    }

    private func isOffered(in context: CheckContext) async throws -> Bool {
        try await !context.query(
            "SELECT FROM pg_catalog.pg_available_extensions WHERE name = $1", [name]
        ).isEmpty
    }

    /// Removes what ``find(in:)`` made; nothing of the backup's.
    func remove(in context: CheckContext) async throws {
        if context.contents.names("EXTENSION", name) { return }
        guard try await schema(in: context) == ownSchema else { return }
        try await change("DROP EXTENSION \(name); DROP SCHEMA \(ownSchema)", in: context)
    }

    /// One at a time, whoever else looks for it, and without waking the backup's event triggers: they are disabled and
    /// enabled again in the same transaction, as commands about event triggers wake none.
    private func change(_ statements: String, in context: CheckContext) async throws {
        try await context.connections.with { connection in
            let triggers = try await connection.query(
                "SELECT evtname, evtenabled FROM pg_catalog.pg_event_trigger WHERE evtenabled <> 'D'")
            let names = try triggers.map { quoteIdentifier(try $0.need(at: 0)) }
            let states = try triggers.map { row in
                switch try row.need(at: 1, as: String.self) {
                case "A": "ENABLE ALWAYS"
                case "R": "ENABLE REPLICA"
                default: "ENABLE"
                }
            }
            let lock = "SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('pgassay_extension', 0))"
            let disable = names.map { "ALTER EVENT TRIGGER \($0) DISABLE" }
            let enable = zip(names, states).map { "ALTER EVENT TRIGGER \($0) \($1)" }
            try await connection.execute(([lock] + disable + [statements] + enable).joined(separator: ";\n"))
        }
    }
}

extension BackupContents {
    fileprivate func names(_ kind: String, _ name: String) -> Bool {
        objects.contains { $0.kind == kind && $0.name.utf8.elementsEqual(name.utf8) }
    }
}

extension SQLState {
    /// `lock_timeout` has ended a wait for a lock.
    static let lockNotAvailable = SQLState(rawValue: "55P03")
}
