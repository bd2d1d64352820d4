/// How rows are written into the files of an export. All hold the same rows without loss.
package enum ExportLayout: String, Codable, Sendable, CaseIterable {
    /// RFC 4180 with a header, as PostgreSQL's `COPY … (FORMAT csv, HEADER)` reads it: NULL is an empty field, empty
    /// text is `""`.
    case csv
    /// JSON Lines: one object for each row.
    case jsonl
    /// PostgreSQL's own text format: the canonical rows themselves.
    case copy
    /// Apache Parquet: columns with types.
    case parquet

    /// The layout of the rows as text; nil for Parquet, which has no rows.
    package var text: TextLayout? { TextLayout(rawValue: rawValue) }

    /// The end of a file's name. Text is compressed as a whole, and Parquet within.
    package var fileSuffix: String { self == .parquet ? ".parquet" : ".\(rawValue).zst" }
}

/// Layouts in which each row is a piece of text. See ``ExportLayout``.
package enum TextLayout: String, Sendable, CaseIterable {
    case csv, jsonl, copy
}
