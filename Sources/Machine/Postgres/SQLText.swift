/// Quotes a name for SQL: `Fields` becomes `"Fields"`. Always quotes, so no list of keywords is needed.
package func quoteIdentifier(_ name: String) -> String { "\"" + doubling(["\""], in: name) + "\"" }

/// Quotes text as an SQL literal. Backslashes are safe under either setting of `standard_conforming_strings`.
package func quoteLiteral(_ text: String) -> String {
    let escape = text.utf8.contains(UInt8(ascii: "\\")) ? " E" : ""
    return escape + "'" + doubling(["'", "\\"], in: text) + "'"
}

/// By scalar and not by character: the server knows no characters, and a quotation mark with a combining accent behind
/// it is one character in Swift, but still ends a name there.
private func doubling(_ special: Set<Unicode.Scalar>, in text: String) -> String {
    var doubled = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        if special.contains(scalar) { doubled.append(scalar) }
        doubled.append(scalar)
    }
    return String(doubled)
}
