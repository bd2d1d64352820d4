/// What a comment of `pg_dump` announces in a script: an object, or the rows of one.
struct Announcement: Sendable {
    let kind: String
    let schema: String?
    let name: String
    let owner: String?
    /// Whether a statement came that does what it announces.
    var isAnswered = false

    var label: String { CopiedTable(schema: schema, name: name).label }

    /// Whether it is of the table. Line ends in names are spaces in comments, and names may have any text in them, so the
    /// comment is made again, and compared.
    func isOf(_ table: CopiedTable) -> Bool {
        let comment = "\(name); Type: \(kind); Schema: \(schema ?? "-"); Owner: \(owner ?? "")"
        let start = "\(Self.line(table.name)); Type: \(kind); Schema: "
        let whole = table.schema.map { "\(start)\(Self.line($0)); Owner: " } ?? start
        return comment.utf8.starts(with: whole.utf8)
    }

    private static func line(_ name: String) -> String {
        String(String.UnicodeScalarView(name.unicodeScalars.map { $0 == "\n" || $0 == "\r" ? " " : $0 }))
    }
}
