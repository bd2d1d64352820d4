import SystemPackage
import TestSupport
import Testing

/// A base backup and its log, and two commits after it.
struct RecoveryChain: Sendable {
    let backup: FilePath
    let archive: FilePath
    /// Between the two commits.
    let time: String
    let position: String
    /// Of the second commit.
    let transaction: String
}

func withChain<Result: Sendable>(
    major: Int? = nil, _ options: [String] = [], _ body: @Sendable (SourceCluster, RecoveryChain) async throws -> Result
) async throws -> Result {
    try await SourceCluster.with(major: major) { cluster in
        try await cluster.execute(
            "CREATE TABLE t (i int PRIMARY KEY, note text)",
            "INSERT INTO t SELECT i, repeat('x', 300) FROM generate_series(1, 3000) i", "CHECKPOINT")
        let backup = try await cluster.baseBackup("b", options)
        try await cluster.execute("INSERT INTO t VALUES (100001, 'earlier')", "SELECT pg_sleep(0.2)")
        let time = try await cluster.value("SELECT clock_timestamp()::timestamptz(3) AT TIME ZONE 'UTC' || '+00'")
        let position = try await cluster.value("SELECT pg_current_wal_lsn()::text")
        try await cluster.execute("SELECT pg_create_restore_point('between')", "SELECT pg_sleep(0.2)")
        let transaction = try await cluster.value(
            "WITH later AS (INSERT INTO t VALUES (100002, 'later') RETURNING 1) SELECT pg_current_xact_id()::text FROM later"
        )
        try await cluster.execute("SELECT pg_switch_wal()")
        try await cluster.execute("INSERT INTO t VALUES (100003, 'last')")
        try await cluster.archiveAll()
        return try await body(
            cluster,
            RecoveryChain(
                backup: backup, archive: cluster.archive, time: time, position: position, transaction: transaction))
    }
}
