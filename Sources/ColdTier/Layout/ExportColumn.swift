/// A column as an export writes it.
package struct ExportColumn: Codable, Sendable, Equatable {
    /// Not quoted.
    package var name: String
    /// As `format_type` prints it, such as `timestamp with time zone` or `numeric(10,2)`.
    package var type: String
    /// How its values look in JSON, and whether CSV quotes them.
    package var kind: Kind

    package init(name: String, type: String, kind: Kind) {
        self.name = name
        self.type = type
        self.kind = kind
    }

    /// What a column's text holds, as far as a format cares.
    package enum Kind: String, Codable, Sendable {
        /// Integers, numeric and floats: a JSON number where it is finite, else a string (`"NaN"`, `"Infinity"`).
        case number
        /// `t` and `f` in PostgreSQL's text.
        case boolean
        /// `jsonb`, whose text is the server's own and has no raw line ends: nested as it is. (`json` keeps any white space
        /// and is `text`.)
        case json
        /// Everything else, as a string of PostgreSQL's text.
        case text
    }
}
