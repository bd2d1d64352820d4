import Postgres

extension TableName {
    /// To compare with a name that a plain dump tells in a comment.
    var onOneLine: TableName { TableName(schema: Checks.onOneLine(schema), name: Checks.onOneLine(name)) }
}

/// pg_dump writes a name into a plain dump's comments on one line, whatever is in it.
func onOneLine(_ name: String) -> String { String(name.map { $0.isNewline ? " " : $0 }) }
