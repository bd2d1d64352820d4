import Causes
import Postgres

/// What decides whether a row is valid, apart from the row: what CHECK constraints and the functions that they and
/// indexes call look at. PostgreSQL takes for granted that it is the row alone.
struct RowConditions: Sendable {
    private struct Check {
        let name: String
        /// The table or domain, and its schema.
        let owner: String
        let schema: String
        let definition: String
        /// Whether it is about text.
        let isOfText: Bool
    }

    private var constraints: [Check] = []
    /// Definitions of functions by their names, without schemas.
    private var functions: [String: [String]] = [:]
    private var relations: Set<String> = []

    init() {}

    init(over connection: Connection) async throws {
        constraints = try await connection.query(Self.checks).map {
            Check(
                name: try $0.need("name"), owner: try $0.need("owner"), schema: try $0.need("schema"),
                definition: try $0.need("definition"), isOfText: try $0.need("is_of_text"))
        }
        for row in try await connection.query(Self.functions) {
            functions[try row.need("name"), default: []].append(try row.need("definition"))
        }
        relations = Set(try await connection.query(Self.relations).map { try $0.need("name", as: String.self) })
    }

    private static let checks = """
        SELECT c.conname::text AS name, coalesce(r.relname, t.typname)::text AS owner,
            n.nspname::text AS schema, pg_catalog.pg_get_constraintdef(c.oid) AS definition,
            coalesce(t.typcollation <> 0, false) OR EXISTS (
                SELECT FROM pg_catalog.pg_attribute a
                WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey) AND a.attcollation <> 0) AS is_of_text
        FROM pg_catalog.pg_constraint c LEFT JOIN pg_catalog.pg_class r ON r.oid = c.conrelid
             LEFT JOIN pg_catalog.pg_type t ON t.oid = c.contypid
             JOIN pg_catalog.pg_namespace n ON n.oid = c.connamespace
        WHERE c.contype = 'c' AND coalesce(r.relname, t.typname) IS NOT NULL
        """

    private static let functions = """
        SELECT p.proname::text AS name, pg_catalog.pg_get_functiondef(p.oid) AS definition
        FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
             JOIN pg_catalog.pg_language l ON l.oid = p.prolang
        WHERE p.prokind IN ('f', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
          AND l.lanname NOT IN ('c', 'internal')
        """

    private static let relations = """
        SELECT c.relname::text AS name
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
        """

    /// What decided that a row is refused.
    /// - Parameter table: with its schema, whose rows failed; nil where that is not known.
    /// - Returns: nil for an error of another kind, and where the row alone decides.
    func find(_ problem: RawProblem, table: String?) -> (dependences: Set<Dependence>, words: String)? {
        guard let state = problem.sqlState else { return nil }
        if ["22007", "22008"].contains(state), let found = checkOfTimes(problem, table) { return found }
        let failing = state.hasPrefix("22") ? problem.callingFunction : nil
        guard failing != nil || ["23502", "23505", "23514", "23P01"].contains(state) else { return nil }
        let named = check(of: problem.message, table)
        let isOfStatement = named == nil && failing == nil
        guard let text = named?.definition ?? failing ?? problem.statement, !(isOfStatement && text.bringsRows) else {
            return nil
        }
        let isOfText = named?.isOfText ?? false
        var words = WordsOfCode(text)
        var dependences = words.dependences(relations, comparesText: isOfText)
        var called: [String] = []
        // Functions call functions.
        var open = words.names
        while let name = open.popLast() {
            guard !called.contains(name), let bodies = functions[name], called.count < 50 else { continue }
            called.append(name)
            for body in bodies {
                words = WordsOfCode(body)
                dependences.formUnion(words.dependences(relations, comparesText: isOfText))
                open += words.names
            }
        }
        guard !dependences.isEmpty else { return nil }
        let what = named.map { "CHECK \($0.name) of \($0.owner)" } ?? (failing == nil ? "the definition" : "the table")
        return (
            dependences,
            called.isEmpty ? "look at \(what)" : "\(what) calls \(called.map { "\($0)()" }.joined(separator: ", "))"
        )
    }

    /// A CHECK that reads a text as a time, which TimeZone and DateStyle decide: the error is not about a column then.
    private func checkOfTimes(_ problem: RawProblem, _ table: String?) -> (dependences: Set<Dependence>, words: String)?
    {
        guard problem.context?.containsBytes(", column ") != true else { return nil }
        let found = constraints.first {
            "\($0.schema).\($0.owner)" == table
                && WordsOfCode($0.definition).dependences(relations, comparesText: $0.isOfText).contains(.server)
        }
        return found.map { ([.server], "look at CHECK \($0.name) of \($0.owner)") }
    }

    private func check(of message: String, _ table: String?) -> Check? {
        guard let match = message.firstMatch(of: /check constraint "([^"]+)"/) else { return nil }
        let named = constraints.filter { $0.name == match.1 }
        return named.first { "\($0.schema).\($0.owner)" == table }
            ?? named.first { message.containsBytes("\"\($0.owner)\"") || message.containsBytes("domain \($0.owner)") }
            ?? named.first
    }
}

/// The words of a piece of SQL or PL/pgSQL.
private struct WordsOfCode {
    /// Names and keywords, as they are folded; in order.
    let names: [String]
    private let text: String

    init(_ text: String) {
        self.text = text.lowercased()
        // What stands in single quotes is a value.
        names = text.matches(of: /'(?:[^']|'')*'|"((?:[^"]|"")+)"|[A-Za-z_][A-Za-z0-9_$]*/).compactMap { match in
            if match.0.first == "'" { return nil }
            return match.1.map { String($0).replacing("\"\"", with: "\"") } ?? match.0.lowercased()
        }
    }

    /// - Parameters:
    ///   - relations: names of tables and views.
    ///   - comparesText: whether what it compares may be text.
    func dependences(_ relations: Set<String>, comparesText: Bool) -> Set<Dependence> {
        var found: Set<Dependence> = []
        let words = Set(names)
        // A time is read and cut into days by TimeZone and DateStyle. A literal in a definition was read when it was made.
        if !words.isDisjoint(with: Self.ofServer) || text.contains(/\bhas_[a-z_]+_privilege\s*\(|\)::(?:date|time)/) {
            found.insert(.server)
        }
        if !words.isDisjoint(with: Self.ofClock) || text.contains(/\bnow\s*\(|\bage\s*\(\(?[^,()]+\)?[^,()]*\)/) {
            found.insert(.clock)
        }
        if zip(names, names.indices).contains(where: { word, index in
            ["from", "join"].contains(word)
                && names[(index + 1)...].drop { $0 == "only" }.prefix(2).contains(where: relations.contains)
        }) {
            found.insert(.otherRows)
        }
        if asksTheLocale(comparesText: comparesText) { found.insert(.locale) }
        return found
    }

    /// Whether it asks what a letter is, or how text is sorted.
    /// - Parameter comparesText: whether what it compares may be text; `=` and `<>` compare bytes.
    private func asksTheLocale(comparesText: Bool) -> Bool {
        let code = text.replacing(/'(?:[^']|'')*'/, with: "''")
        return !Set(names).isDisjoint(with: Self.ofLocale) || code.contains(/~|\bsimilar to\b|\bilike\b/)
            || comparesText && code.replacing("<>", with: "").contains(/[<>]|\bbetween\b/)
    }

    private static let ofLocale: Set<String> = [
        "lower", "upper", "initcap", "citext", "regexp_like", "regexp_match", "regexp_matches", "regexp_count",
        "regexp_replace", "to_tsvector", "greatest", "least",
    ]
    private static let ofServer: Set<String> = [
        "pg_roles", "pg_authid", "pg_user", "pg_shadow", "pg_group", "pg_auth_members", "pg_has_role", "regrole",
        "current_user", "session_user", "current_role", "current_setting", "current_database", "current_catalog",
        "pg_settings", "pg_database", "pg_tablespace", "inet_server_addr", "inet_client_addr", "pg_backend_pid",
    ]
    private static let ofClock: Set<String> = [
        "current_timestamp", "current_date", "current_time", "localtime", "localtimestamp", "clock_timestamp",
        "statement_timestamp", "transaction_timestamp", "timeofday",
    ]
}
