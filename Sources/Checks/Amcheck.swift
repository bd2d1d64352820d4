import Findings
import Postgres
import Restore

/// PostgreSQL's own check of indexes and tables, the extension amcheck, as the restored database has it.
///
/// The backup's own is used where it names one. Else one is made for the drill, in a schema of its own, and removed again
/// before anything looks at what the backup brought.
struct Amcheck: Sendable {
    enum Found: Sendable {
        case ready(Amcheck)
        /// Why not, and what to do about it.
        case unavailable(String)
    }

    /// What it can check, by the name of the function.
    enum Function: String, CaseIterable {
        case tree = "bt_index_parent_check"
        /// From PostgreSQL 14 on.
        case rows = "verify_heapam"
        /// From PostgreSQL 18 on.
        case gin = "gin_index_check"
    }

    private let schema: String
    private let functions: Set<String>

    func has(_ function: Function) -> Bool { functions.contains(function.rawValue) }

    /// A call of a function, for SQL.
    func call(_ function: Function, _ arguments: String) -> String {
        "\(quoteIdentifier(schema)).\(function.rawValue)(\(arguments))"
    }

    // MARK: To have it

    private static let name = "amcheck"
    private static let ownSchema = "pgassay_amcheck"

    /// Finds it, or makes it where the backup has none of its own.
    static func find(in context: CheckContext) async throws -> Found {
        if let amcheck = try await installed(in: context) { return .ready(amcheck) }
        if context.contents.names("EXTENSION", name) {
            return .unavailable("the backup has the extension amcheck, and it was not restored; see the check restore")
        }
        if context.contents.names("SCHEMA", ownSchema) {
            return .unavailable("the backup has a schema \(ownSchema), which is what this check would use: rename it")
        }
        guard try await isOffered(in: context) else {
            return .unavailable(
                """
                PostgreSQL \(context.serverVersion.major) has no extension amcheck on this machine; install PostgreSQL's \
                contrib package (postgresql-contrib)
                """)
        }
        do {
            try await change(
                """
                CREATE SCHEMA IF NOT EXISTS \(ownSchema);
                CREATE EXTENSION IF NOT EXISTS \(name) SCHEMA \(ownSchema)
                """, in: context)
        } catch let error as PostgresError where error.sqlState != nil && error.sqlState?.rawValue != "55P03" {
            let advice =
                error.sqlState?.rawValue == "42501" ? "; only a superuser may: drill on a throwaway server" : ""
            return .unavailable("the extension amcheck could not be created: \(error.withoutValues)\(advice)")
        }
        guard let amcheck = try await installed(in: context) else {
            throw PostgresError.unexpectedAnswer("no extension amcheck after its creation")
        }
        return .ready(amcheck)
    }

    private static func installed(in context: CheckContext) async throws -> Amcheck? {
        let rows = try await context.query(
            """
            SELECT n.nspname AS schema, ARRAY(
                SELECT p.proname FROM pg_catalog.pg_proc p WHERE p.pronamespace = n.oid AND p.proname = ANY ($2)
            ) AS functions
            FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
            WHERE e.extname = $1
            """, [name, "{\(Function.allCases.map(\.rawValue).joined(separator: ","))}"])
        return try rows.first.map {
            Amcheck(schema: try $0.need("schema"), functions: Set(try $0.need("functions", as: [String].self)))
        }
    }

    private static func isOffered(in context: CheckContext) async throws -> Bool {
        try await !context.query(
            "SELECT FROM pg_catalog.pg_available_extensions WHERE name = $1", [name]
        ).isEmpty
    }

    /// Removes what ``find(in:)`` made; nothing of the backup's.
    static func remove(in context: CheckContext) async throws {
        if context.contents.names("EXTENSION", name) { return }
        let own = try await context.query(
            """
            SELECT FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
            WHERE e.extname = $1 AND n.nspname = $2
            """, [name, ownSchema])
        if own.isEmpty { return }
        try await change("DROP EXTENSION \(name); DROP SCHEMA \(ownSchema)", in: context)
    }

    /// One at a time, whoever else looks for it, and without waking the backup's event triggers: they are disabled and
    /// enabled again in the same transaction, as commands about event triggers wake none.
    private static func change(_ statements: String, in context: CheckContext) async throws {
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
            let lock = "SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('\(ownSchema)', 0))"
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
