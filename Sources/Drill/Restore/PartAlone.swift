import Backup
import Causes

/// What a dump is that holds a part of each table, and no table: nothing of it can be restored by itself. That is told once, and not
/// for each table.
enum PartAlone: Sendable {
    /// Rows and no definition of anything: what `pg_dump --data-only` and `--section=data` write.
    case data
    /// Constraints, indexes and the like: what `pg_dump --section=post-data` writes.
    case parts

    var words: String {
        switch self {
        case .data: "rows without their tables"
        case .parts: "constraints, indexes and the like without their tables"
        }
    }

    var state: DrillState {
        switch self {
        case .data: .dataAlone
        case .parts: .partsAlone
        }
    }
}

extension BackupContents {
    var partAlone: PartAlone? {
        let kinds = kindsOfObjects
        if kinds.contains("TABLE DATA"), kinds.isSubset(of: Self.kindsOfData) { return .data }
        if !kinds.isDisjoint(with: Self.kindsOfParts), kinds.isSubset(of: Self.kindsBehindData) { return .parts }
        return nil
    }

    /// Whether it holds planner statistics and nothing else: what `pg_dump --statistics-only` writes since 18.
    package var isStatisticsAlone: Bool { kindsOfObjects == ["STATISTICS DATA"] }

    private static let kindsOfData: Set<String> = [
        "TABLE DATA", "SEQUENCE SET", "BLOB", "BLOBS", "BLOB METADATA", "BLOB COMMENTS", "STATISTICS DATA",
    ]
    /// Those that no database has without tables.
    private static let kindsOfParts: Set<String> = [
        "CONSTRAINT", "FK CONSTRAINT", "INDEX", "INDEX ATTACH", "TRIGGER", "RULE", "POLICY", "ROW SECURITY",
    ]
    /// Those of the section behind the data (`pg_dump.c` gives them `SECTION_POST_DATA`), and what belongs to them.
    private static let kindsBehindData = kindsOfParts.union([
        "CHECK CONSTRAINT", "COMMENT", "EVENT TRIGGER", "MATERIALIZED VIEW DATA", "PUBLICATION", "PUBLICATION TABLE",
        "PUBLICATION TABLES IN SCHEMA", "SECURITY LABEL", "STATISTICS", "STATISTICS DATA", "SUBSCRIPTION",
        "SUBSCRIPTION TABLE", "ACL",
    ])

    private var kindsOfObjects: Set<String> {
        let ofSession: Set<String> = ["ENCODING", "STDSTRINGS", "SEARCHPATH", "DATABASE", "DATABASE PROPERTIES"]
        return Set(objects.map(\.kind)).subtracting(ofSession)
    }
}
