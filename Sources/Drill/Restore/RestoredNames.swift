import Backup
import Causes
import Postgres

/// Names of what is in a restored database and in its backup, to look up what an error did not find.
struct RestoredNames: Sendable {
    /// The schemas of what is in the database, by its name without schema.
    private var present: [String: Set<String>] = [:]
    /// The same of what the backup makes.
    private var expected: [String: Set<String>] = [:]

    init() {}

    init(over connection: Connection, _ contents: BackupContents) async throws {
        for row in try await connection.query(Self.query) {
            present[try row.need("name", as: String.self), default: []].insert(try row.need("schema"))
        }
        for object in contents.objects where Self.kinds.contains(object.kind) {
            guard let schema = object.schema else { continue }
            let name = object.name.parted(by: "(")?.before ?? object.name
            expected[name, default: []].insert(schema)
        }
    }

    private static let kinds: Set<String> = [
        "TABLE", "VIEW", "MATERIALIZED VIEW", "SEQUENCE", "FOREIGN TABLE", "INDEX", "FUNCTION", "PROCEDURE",
        "AGGREGATE", "TYPE", "DOMAIN", "TEXT SEARCH CONFIGURATION", "TEXT SEARCH DICTIONARY", "OPERATOR",
    ]

    private static let query = """
        SELECT n.nspname::text AS schema, o.name
        FROM (SELECT relnamespace, relname::text FROM pg_catalog.pg_class
              UNION SELECT typnamespace, typname::text FROM pg_catalog.pg_type
              UNION SELECT pronamespace, proname::text FROM pg_catalog.pg_proc
              UNION SELECT oprnamespace, oprname::text FROM pg_catalog.pg_operator
              UNION SELECT cfgnamespace, cfgname::text FROM pg_catalog.pg_ts_config
              UNION SELECT dictnamespace, dictname::text FROM pg_catalog.pg_ts_dict) AS o (namespace, name)
             JOIN pg_catalog.pg_namespace n ON n.oid = o.namespace
        WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
        """

    /// How the backup has what an error did not find.
    /// - Returns: nil for an error of another kind, and where the backup does not have it.
    func find(_ problem: RawProblem) -> (naming: Naming, words: String)? {
        guard let missing = Self.missing(in: problem.message) else { return nil }
        if let schema = schema(of: missing) {
            let whose = problem.context?.containsBytes("function ") == true ? "a function names it" : "it is named"
            return (.withoutSchema, "\(schema).\(missing) is in the backup; \(whose) without its schema")
        }
        // A name may have a dot in it.
        let places = missing.utf8.indices.filter { missing.utf8[$0] == UInt8(ascii: ".") }
        for place in places {
            let (schema, name) = (String(missing[..<place]), String(missing[missing.utf8.index(after: place)...]))
            if present[name]?.contains(schema) == true { return (.tooEarly, "\(missing) is in the backup") }
            if expected[name]?.contains(schema) == true { return (.notMade, "\(missing) is in the backup") }
        }
        return nil
    }

    private func schema(of name: String) -> String? {
        (present[name] ?? []).union(expected[name] ?? []).min()
    }

    /// The name of what is missing, as a message gives it, without quotes and arguments.
    private static func missing(in message: String) -> String? {
        if let match = message.wholeMatch(
            of: /(?:relation|type|text search configuration|text search dictionary) "(.+)" does not exist/)
        {
            return String(match.1)
        }
        if let match = message.wholeMatch(of: /(?:function|procedure|aggregate) (.+?)\(.*\) does not exist/) {
            return String(match.1)
        }
        return message.wholeMatch(of: /operator does not exist: (?:.+ )?([-+*\/<>=~!@#%^&|`?]+)(?: .+)?/).map {
            String($0.1)
        }
    }
}
