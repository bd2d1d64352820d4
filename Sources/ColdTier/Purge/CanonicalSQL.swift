import Postgres

/// SQL that computes in a database what ``ContentSum`` computes from canonical rows, in a session with
/// `CanonicalSettings`.
enum CanonicalSQL {
    /// An aggregate over rows: a number from 0 to 2^64 - 1, as text.
    /// - Parameter row: an alias for the table's rows.
    static func contentSum(of columns: [ExportColumn], row: String) -> String {
        // `sum` gives a numeric for signed numbers: it cannot overflow, and only its remainder is used.
        let bytes = "substr(sha256(convert_to(\(canonicalRow(of: columns, row: row)), 'UTF8')), 1, 8)"
        let sum = "coalesce(sum(('x' || encode(\(bytes), 'hex'))::bit(64)::bigint), 0)"
        return "mod(mod(\(sum), \(modulus)) + \(modulus), \(modulus))::text"
    }

    private static let modulus = "18446744073709551616"

    /// A row as `COPY … TO STDOUT` writes it, without its newline.
    static func canonicalRow(of columns: [ExportColumn], row: String) -> String {
        let fields = columns.map { column in
            let name = "\(row).\(quoteIdentifier(column.name))"
            // Not `IS NULL`: that is also true for a composite value whose fields are all NULL, but COPY does not write
            // it as NULL. Not a cast to text: the casts of some types print something else than their output functions,
            // which `format` calls.
            return """
                CASE WHEN \(name) IS NOT DISTINCT FROM NULL THEN E'\\\\N' ELSE \(escaped("format('%s', \(name))", column)) END
                """
        }
        return fields.joined(separator: "\n            || E'\\t' || ")
    }

    /// The text of a value as COPY escapes it (PostgreSQL documentation, "COPY", "Text Format";
    /// `CopyAttributeOutText`).
    private static func escaped(_ text: String, _ column: ExportColumn) -> String {
        let special: [String]
        switch column.kind {
        case .number, .boolean: special = []
        // jsonb itself escapes characters that are not printable.
        case .json: special = [#"\\"#]
        case .text:
            special =
                plainTypes.contains(column.type) ? [] : [#"\\"#, #"\b"#, #"\t"#, #"\n"#, #"\x0b"#, #"\f"#, #"\r"#]
        }
        // A search is refused under collations that are not deterministic, so it is done by bytes.
        return special.reduce(special.isEmpty ? text : "(\(text) COLLATE \"C\")") { text, character in
            let written = character == #"\x0b"# ? #"\\v"# : character == #"\\"# ? #"\\\\"# : "\\\(character)"
            return "replace(\(text), E'\(character)', E'\(written)')"
        }
    }

    /// Types whose text has none of these characters.
    private static let plainTypes: Set<String> = [
        "timestamp with time zone", "timestamp without time zone", "date", "uuid",
    ]
}
