import Findings
import Postgres

/// Settings that a copy brings along for its databases and roles (`ALTER DATABASE … SET`, `ALTER ROLE … SET`).
///
/// They would hold in our sessions too: `zero_damaged_pages` makes damaged rows vanish, a time-out ends a check. So those are
/// kept that give values their meaning, and the others are removed from the copy.
enum StoredSettings {
    /// What a CHECK constraint or an expression of an index may depend on. Names with a dot are an application's own, such
    /// as `app.tenant`.
    private static let kept = [
        "TimeZone", "timezone_abbreviations", "DateStyle", "IntervalStyle", "search_path", "lc_monetary", "lc_numeric",
        "lc_time", "extra_float_digits", "bytea_output", "xmlbinary", "xmloption", "default_text_search_config",
    ]

    private static let isKept = """
        (position('.' in split_part(c, '=', 1)) > 0
         OR lower(split_part(c, '=', 1)) = ANY (ARRAY[\(kept.map { quoteLiteral($0.lowercased()) }.joined(separator: ", "))]))
        """

    /// Removes them.
    /// - Parameter connection: a superuser's, in which `search_path` is `pg_catalog` alone.
    /// - Returns: a finding that names the settings that were removed; nil where there were none.
    static func disarm(over connection: Connection) async throws -> Finding? {
        let removed = try await connection.query(
            """
            SELECT DISTINCT split_part(c, '=', 1) AS name FROM pg_db_role_setting s, unnest(s.setconfig) c
            WHERE NOT \(isKept) ORDER BY 1
            """
        ).map { try $0.need("name", as: String.self) }
        guard !removed.isEmpty else { return nil }
        try await connection.execute(
            """
            UPDATE pg_db_role_setting s SET setconfig = ARRAY(SELECT c FROM unnest(s.setconfig) c WHERE \(isKept))
            WHERE EXISTS (SELECT FROM unnest(s.setconfig) c WHERE NOT \(isKept));
            DELETE FROM pg_db_role_setting WHERE cardinality(setconfig) = 0
            """)
        let names = removed.prefix(20).joined(separator: ", ") + (removed.count > 20 ? ", …" : "")
        return Finding(
            id: .restore, subject: "settings of databases and roles", status: .passed, basis: .rule,
            observed: "removed from the copy: \(names)",
            reason: "the copy sets these for its databases or roles, where they would steer the checks")
    }
}
