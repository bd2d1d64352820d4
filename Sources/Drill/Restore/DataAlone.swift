import Backup

extension BackupContents {
    /// Whether it holds rows and no definition of anything: what `pg_dump --data-only` writes.
    var isDataAlone: Bool {
        let data: Set<String> = ["TABLE DATA", "SEQUENCE SET", "BLOB", "BLOBS", "BLOB METADATA", "BLOB COMMENTS"]
        let ofSession: Set<String> = ["ENCODING", "STDSTRINGS", "SEARCHPATH", "DATABASE", "DATABASE PROPERTIES"]
        let kinds = Set(objects.map(\.kind)).subtracting(ofSession)
        return kinds.contains("TABLE DATA") && kinds.isSubset(of: data)
    }
}
