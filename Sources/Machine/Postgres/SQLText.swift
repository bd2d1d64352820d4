/// Quotes a name for SQL: `Fields` becomes `"Fields"`. Always quotes, so no list of keywords is needed.
package func quoteIdentifier(_ name: String) -> String { "\"" + doubling(["\""], in: name) + "\"" }

/// Quotes text as an SQL literal. Backslashes are safe under either setting of `standard_conforming_strings`.
package func quoteLiteral(_ text: String) -> String {
    let escape = text.utf8.contains(UInt8(ascii: "\\")) ? " E" : ""
    return escape + "'" + doubling(["'", "\\"], in: text) + "'"
}

/// The one statement that sets all of them for the session: six statements would cost six round trips. By the function's full name,
/// because a database's search path can put another function before it.
/// - Returns: nil without settings.
package func statement(setting settings: [String: String]) -> String? {
    guard !settings.isEmpty else { return nil }
    let calls = settings.sorted { $0.key < $1.key }.map {
        "pg_catalog.set_config(\(quoteLiteral($0)), \(quoteLiteral($1)), false)"
    }
    return "SELECT " + calls.joined(separator: ", ")
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

/// The parts of a name that a person wrote, such as `schema.table`. Letters stay as they are: `Farmers` is not `farmers`. A part may
/// stand in double quotes, as SQL writes it; then it may hold dots, and a quote is written twice.
/// - Returns: nil if a part is empty, or quotes do not stand around a whole part.
func nameParts(of text: String) -> [String]? {
    var parts: [String] = []
    var rest = Substring(text)
    while true {
        var part = ""
        if rest.first == "\"" {
            rest.removeFirst()
            while true {
                guard let quote = rest.firstIndex(of: "\"") else { return nil }
                part += rest[..<quote]
                rest = rest[rest.index(after: quote)...]
                guard rest.first == "\"" else { break }
                part.append(rest.removeFirst())
            }
            guard rest.isEmpty || rest.first == "." else { return nil }
        } else {
            let end = rest.firstIndex(of: ".") ?? rest.endIndex
            part = String(rest[..<end])
            rest = rest[end...]
        }
        guard !part.isEmpty else { return nil }
        parts.append(part)
        guard !rest.isEmpty else { return parts }
        rest.removeFirst()
    }
}
