/// Compares the comments with which `pg_dump` announces tables, and what belongs to them, with what follows them in a script:
/// under each stands the statement that makes it.
struct AnnouncedDefinitions: Sendable {
    /// Kinds that one statement makes, in every release.
    private static let kinds: Set<String> = ["TABLE", "INDEX", "CONSTRAINT", "FK CONSTRAINT"]

    private var announced: Announcement?
    /// The tables among them.
    private(set) var tables: [Announcement] = []
    private(set) var flaws = DumpFlaws()

    mutating func announce(_ announcement: Announcement) {
        close()
        guard Self.kinds.contains(announcement.kind) else { return }
        announced = announcement
        if announcement.kind == "TABLE" { tables.append(announcement) }
    }

    /// Takes a statement by its first word, or what is no statement: that is told elsewhere.
    mutating func take(verb: String?) {
        guard let kind = announced?.kind else { return }
        let isIts =
            switch verb {
            case nil: true
            case "create"?: kind == "TABLE" || kind == "INDEX"
            case "alter"?: kind != "TABLE" && kind != "INDEX"
            default: false
            }
        if isIts { announced?.isAnswered = true }
    }

    /// Call also at the end of the script.
    mutating func close() {
        if let announced, !announced.isAnswered {
            let statement =
                announced.kind == "TABLE" ? "CREATE TABLE" : announced.kind == "INDEX" ? "CREATE INDEX" : "ALTER TABLE"
            flaws.add(
                announced.label,
                "a comment of pg_dump announces it (\(announced.kind)), and no \(statement) follows: it is not in the dump"
            )
        }
        announced = nil
    }
}
