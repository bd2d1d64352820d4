/// A column as an export writes it.
package struct ExportColumn: Codable, Sendable, Equatable {
    /// The name, not quoted.
    package var name: String
    /// The type as `format_type` prints it, such as `timestamp with time zone` or `numeric(10,2)`.
    package var type: String
    /// The type below domains, such as `numeric(5,2)` or `text[]`, and `enum` for an enumeration. Nil where it is the type
    /// itself. Arrays whose elements are not separated by commas count as `text`.
    package var base: String?
    /// Decides how the values look in JSON, and whether CSV quotes them.
    package var kind: Kind

    package init(name: String, type: String, base: String? = nil, kind: Kind) {
        self.name = name
        self.type = type
        self.base = base
        self.kind = kind
    }

    /// What the text of a column holds, as far as file formats distinguish it.
    package enum Kind: String, Codable, Sendable {
        /// Integers, numeric and floats: a JSON number if it is finite, else a string (`"NaN"`, `"Infinity"`).
        case number
        /// `t` and `f` in PostgreSQL's text.
        case boolean
        /// `jsonb`, nested unchanged: its text is the server's own and has no raw line ends. (`json` keeps any white
        /// space and is `text`.)
        case json
        /// Everything else: a string with PostgreSQL's text.
        case text
    }
}
