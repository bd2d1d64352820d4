import Bytes

/// Tells by its unquoted words whether an INSERT is one that `pg_dump` writes: `INSERT INTO table [(columns)]
/// [OVERRIDING SYSTEM VALUE] VALUES (constants), … [ON CONFLICT DO NOTHING]`, or `INSERT INTO table DEFAULT VALUES`
/// (`dumpTableData_insert` in `pg_dump.c`).
///
/// It looks at each word as the script is read, because there may be millions of such statements. Names that are
/// reserved words are quoted, so those words are no names.
struct InsertForm {
    static let verb = Keyword("insert")

    private static let values = Keyword("values")
    private static let queries = [Keyword("select"), Keyword("with"), Keyword("table")]
    private static let afterValues = [
        Keyword("null"), Keyword("true"), Keyword("false"), Keyword("default"), Keyword("on"), Keyword("conflict"),
        Keyword("do"), Keyword("nothing"), Keyword("e"), Keyword("b"), Keyword("x"),
    ]

    private var sawValues = false
    private var hasOther = false

    /// Whether `pg_dump` writes such a statement.
    var isOfPgDump: Bool { sawValues && !hasOther }

    /// Takes the next unquoted word after INSERT. A number may be one: `1e`, with `+20` behind it.
    mutating func take(_ word: Keyword) {
        if sawValues {
            if !ASCII.isDigit(word.first), !Self.afterValues.contains(word) { hasOther = true }
        } else if word == Self.values {
            sawValues = true
        } else if Self.queries.contains(word) {
            hasOther = true
        }
    }
}
