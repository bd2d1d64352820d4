/// Quotes a name for SQL: `Fields` becomes `"Fields"`. Always quotes, so no list of keywords is needed.
package func quoteIdentifier(_ name: String) -> String { "\"" + doubling(["\""], in: name) + "\"" }

/// Quotes text as an SQL literal. Backslashes are safe under either setting of `standard_conforming_strings`.
package func quoteLiteral(_ text: String) -> String {
    let escape = text.utf8.contains(UInt8(ascii: "\\")) ? " E" : ""
    return escape + "'" + doubling(["'", "\\"], in: text) + "'"
}

/// Works by Unicode scalar and not by character. In Swift, a quotation mark followed by a combining accent is one
/// character, but for the server the quotation mark still ends a name.
private func doubling(_ special: Set<Unicode.Scalar>, in text: String) -> String {
    var doubled = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        if special.contains(scalar) { doubled.append(scalar) }
        doubled.append(scalar)
    }
    return String(doubled)
}
