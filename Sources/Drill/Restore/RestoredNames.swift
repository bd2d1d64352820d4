import Backup
import Causes
import Postgres

/// Names of what is in a restored database and in its backup, to look up what an error did not find.
struct RestoredNames: Sendable {
    /// The schemas of what is in the database, by its name without schema.
    private var present: [String: Set<String>] = [:]
    /// Of these, what is there only because an extension made it.
    private var ofExtensions: [String: Set<String>] = [:]
    /// The extensions with their versions here, by the schema that they are in.
    private var extensions: [String: String] = [:]
    /// The same of what the backup makes.
    private var expected: [String: Set<String>] = [:]

    init() {}

    init(over connection: Connection, _ contents: BackupContents) async throws {
        for row in try await connection.query(Self.query) {
            let (name, schema) = try (row.need("name", as: String.self), row.need("schema", as: String.self))
            present[name, default: []].insert(schema)
            if try row.need("is_of_extension") { ofExtensions[name, default: []].insert(schema) }
        }
        for row in try await connection.query(Self.extensionsQuery) {
            extensions[try row.need("schema")] = try row.need("names")
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
        SELECT n.nspname::text AS schema, o.name,
               pg_catalog.bool_and(EXISTS (
                   SELECT FROM pg_catalog.pg_depend d
                   WHERE d.classid = o.catalogue AND d.objid = o.oid AND d.deptype = 'e')) AS is_of_extension
        FROM (SELECT tableoid, oid, relnamespace, relname::text FROM pg_catalog.pg_class
              UNION ALL SELECT tableoid, oid, typnamespace, typname::text FROM pg_catalog.pg_type
              UNION ALL SELECT tableoid, oid, pronamespace, proname::text FROM pg_catalog.pg_proc
              UNION ALL SELECT tableoid, oid, oprnamespace, oprname::text FROM pg_catalog.pg_operator
              UNION ALL SELECT tableoid, oid, cfgnamespace, cfgname::text FROM pg_catalog.pg_ts_config
              UNION ALL SELECT tableoid, oid, dictnamespace, dictname::text FROM pg_catalog.pg_ts_dict)
                 AS o (catalogue, oid, namespace, name)
             JOIN pg_catalog.pg_namespace n ON n.oid = o.namespace
        WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
        GROUP BY 1, 2
        """

    private static let extensionsQuery = """
        SELECT n.nspname::text AS schema,
               pg_catalog.string_agg(e.extname || ' ' || e.extversion, ', ' ORDER BY e.extname) AS names
        FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
        WHERE n.nspname <> 'pg_catalog'
        GROUP BY n.nspname
        """

    /// How the backup has what an error did not find.
    /// - Returns: nil for an error of another kind, and where the backup does not have it.
    func find(_ problem: RawProblem) -> (naming: Naming, words: String)? {
        guard let missing = Self.missing(in: problem.message) else { return nil }
        if let schema = schema(of: missing) {
            // An extension's own function, of a version that relies on the search_path.
            if let name = problem.callingFunction, ofExtensions[name] != nil, ofExtensions[missing] != nil {
                return (.ofExtension, "\(name)() of an extension looks for it without its schema")
            }
            let whose = problem.context?.containsBytes("function ") == true ? "a function names it" : "it is named"
            return (.withoutSchema, "\(schema).\(missing) is in the backup; \(whose) without its schema")
        }
        // A name may have a dot in it.
        let places = missing.utf8.indices.filter { missing.utf8[$0] == UInt8(ascii: ".") }
        for place in places {
            let (schema, name) = (String(missing[..<place]), String(missing[missing.utf8.index(after: place)...]))
            if present[name]?.contains(schema) == true, ofExtensions[name]?.contains(schema) != true {
                return (.tooEarly, "\(missing) is in the backup")
            }
            if expected[name]?.contains(schema) == true { return (.notMade, "\(missing) is in the backup") }
        }
        // Tables and views of a backup are made by the backup, but for rows of an extension's own tables.
        return problem.isOfRelation && !problem.bringsValues ? nil : extensions(besides: missing, places)
    }

    /// What could have made something that the backup does not make itself.
    private func extensions(besides missing: String, _ places: [String.Index]) -> (naming: Naming, words: String)? {
        places.lazy.compactMap { extensions[String(missing[..<$0])] }.first.map {
            (.ofExtension, "\(missing) is not made by the backup, and its schema has \($0)")
        }
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

extension RawProblem {
    fileprivate var isOfRelation: Bool { message.hasPrefix("relation ") }

    /// It loads rows, or sets a sequence.
    fileprivate var bringsValues: Bool {
        isOfRows || statement?.bringsRows == true || statement?.hasPrefix("SELECT pg_catalog.setval(") == true
    }
}
