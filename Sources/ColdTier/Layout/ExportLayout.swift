/// How rows are written into the files of an export. All three hold the same rows without loss.
package enum ExportLayout: String, Codable, Sendable, CaseIterable {
    /// RFC 4180 with a header, as PostgreSQL's `COPY … (FORMAT csv, HEADER)` reads it: NULL is nothing, empty text is `""`.
    case csv
    /// JSON Lines: an object a row.
    case jsonl
    /// PostgreSQL's own text format: the canonical rows themselves.
    case copy

    /// What a file's name ends in, without the compression's `.zst`.
    package var fileSuffix: String {
        switch self {
        case .csv: ".csv"
        case .jsonl: ".jsonl"
        case .copy: ".copy"
        }
    }
}
