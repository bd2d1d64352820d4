import Postgres

/// What belongs to extensions in a restored database, as this machine's versions of them made it.
struct ExtensionMembers: Sendable {
    /// Tables, with their schemas: `ext.job`.
    private var tables: Set<String> = []
    /// Names of tables and views, without schemas.
    private var relations: Set<String> = []
    /// Names of tables, functions and types, without schemas.
    private var names: Set<String> = []

    init() {}

    init(over connection: Connection) async throws {
        for row in try await connection.query(Self.query) {
            let name = try row.need("name", as: String.self)
            names.insert(name)
            if let schema = try row.get("schema", as: String.self) {
                tables.insert("\(schema).\(name)")
                relations.insert(name)
            }
        }
    }

    private static let query = """
        SELECT n.nspname::text AS schema, c.relname::text AS name
        FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_class c ON c.oid = d.objid
             JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE d.deptype = 'e' AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
        UNION ALL
        SELECT NULL, p.proname::text FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_proc p ON p.oid = d.objid
        WHERE d.deptype = 'e' AND d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
        UNION ALL
        SELECT NULL, t.typname::text FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_type t ON t.oid = d.objid
        WHERE d.deptype = 'e' AND d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass
        """

    /// Whether an error is about one of them.
    /// - Parameters:
    ///   - table: with its schema, whose rows or definition failed; nil where that is not known.
    ///   - used: names of objects in the statement that failed.
    func include(_ problem: RawProblem, table: String?, using used: @autoclosure () -> Set<String>) -> Bool {
        if let table, tables.contains(table) { return true }
        // A view over a table or view of an extension, which has other columns here.
        if problem.sqlState == "42703", !relations.isDisjoint(with: used()) { return true }
        return Self.named(in: problem.message).contains { names.contains($0) }
    }

    /// The object that a message is about, without its schema: one that is there already, or the type of a value that does not fit.
    private static func named(in message: String) -> [String] {
        let found =
            message.firstMatch(of: /^[a-z ]+ "([^"]+)" already exists/)?.1
            ?? message.firstMatch(of: /^invalid input (?:value for enum|syntax for type) ([^:]+)/)?.1
            ?? message.firstMatch(of: /^value for domain (.+?) violates/)?.1
        guard let found else { return [] }
        let plain = String(found).replacing("\"", with: "")
        // A name may have a dot in it.
        return [plain] + plain.split(separator: ".", maxSplits: 1).dropFirst().map(String.init)
    }
}
