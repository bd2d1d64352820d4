import Postgres

/// PostgreSQL's own check of indexes and tables, the extension amcheck, as the restored database has it.
struct Amcheck: Sendable {
    enum Found: Sendable {
        case ready(Amcheck)
        /// Why not, and what to do about it.
        case unavailable(String)
    }

    /// What it can check, by the name of the function.
    enum Function: String, CaseIterable {
        case tree = "bt_index_parent_check"
        /// The same of each level of an index by itself, which locks nothing against writers.
        case levels = "bt_index_check"
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

    static let provided = DrillExtension("amcheck")

    /// Finds it, or makes it where the backup has none of its own.
    static func find(in context: CheckContext) async throws -> Found {
        switch try await provided.find(in: context) {
        case .unavailable(let reason): return .unavailable(reason)
        case .ready(let schema):
            let functions = try await context.query(
                """
                SELECT p.proname FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
                WHERE n.nspname = $1 AND p.proname = ANY ($2)
                """, [schema, "{\(Function.allCases.map(\.rawValue).joined(separator: ","))}"])
            return .ready(Amcheck(schema: schema, functions: Set(try functions.map { try $0.need(at: 0) })))
        }
    }

    /// Removes what ``find(in:)`` made; nothing of the backup's.
    static func remove(in context: CheckContext) async throws { try await provided.remove(in: context) }
}
