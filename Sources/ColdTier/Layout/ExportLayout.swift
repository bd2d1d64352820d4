/// How rows are written into the files of an export. All three hold the same rows without loss.
package enum ExportLayout: String, Codable, Sendable, CaseIterable {
    /// RFC 4180 with a header, as PostgreSQL's `COPY … (FORMAT csv, HEADER)` reads it: NULL is an empty field, empty
    /// text is `""`.
    case csv
    /// JSON Lines: one object for each row.
    case jsonl
    /// PostgreSQL's own text format: the canonical rows themselves.
    case copy

    /// The end of a file's name, without `.zst` for the compression.
    package var fileSuffix: String {
        switch self {
        case .csv: ".csv"
        case .jsonl: ".jsonl"
        case .copy: ".copy"
        }
    }
}
