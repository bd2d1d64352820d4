import Backup

extension BackupContents {
    /// Whether it holds rows and no definition of anything: what `pg_dump --data-only` writes.
    var isDataAlone: Bool {
        let data: Set<String> = ["TABLE DATA", "SEQUENCE SET", "BLOB", "BLOBS", "BLOB METADATA", "BLOB COMMENTS"]
        let kinds = kindsOfObjects
        return kinds.contains("TABLE DATA") && kinds.isSubset(of: data)
    }

    /// Whether it holds planner statistics and nothing else: what `pg_dump --statistics-only` writes since 18.
    package var isStatisticsAlone: Bool { kindsOfObjects == ["STATISTICS DATA"] }

    private var kindsOfObjects: Set<String> {
        let ofSession: Set<String> = ["ENCODING", "STDSTRINGS", "SEARCHPATH", "DATABASE", "DATABASE PROPERTIES"]
        return Set(objects.map(\.kind)).subtracting(ofSession)
    }
}
