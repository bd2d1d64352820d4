/// Quotes a name for SQL: `Fields` becomes `"Fields"`. Always quotes, so no list of keywords is needed.
package func quoteIdentifier(_ name: String) -> String {
    "\"" + name.replacing("\"", with: "\"\"") + "\""
}

/// Quotes text as an SQL literal. Backslashes are safe under either setting of `standard_conforming_strings`.
package func quoteLiteral(_ text: String) -> String {
    let doubled = text.replacing("'", with: "''")
    return text.contains("\\") ? " E'" + doubled.replacing("\\", with: "\\\\") + "'" : "'" + doubled + "'"
}
