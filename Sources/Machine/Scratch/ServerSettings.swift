/// The settings of a scratch server: fit for a restore that is thrown away afterwards, and safe against a hostile
/// backup.
package struct ServerSettings: Sendable {
    /// Name and value of each setting, in SQL text form.
    package let values: [String: String]
    /// The settings that a production server would not run with; the report lists them.
    package let weakened: [String: String]

    /// - Parameters:
    ///   - version: of the server.
    ///   - memory: of the machine, in bytes.
    ///   - dataSize: of what the server will hold, as estimated, in bytes; nil if that is not known.
    ///   - objects: in the backup, such as tables and indexes; nil if nobody has counted them.
    ///   - processors: of the machine; each may serve one question of a check while the restore goes on, and one
    ///     afterwards.
    ///   - jobs: connections that restore at the same time.
    ///   - sharesMemory: whether the server may use `/dev/shm`.
    package init(
        version: ServerVersion, memory: Int64, dataSize: Int64?, objects: Int?, processors: Int, jobs: Int,
        socketDirectory: String, sharesMemory: Bool = true
    ) {
        let megabytes = memory >> 20
        // The server initialises a header for each page of its shared buffers at its start, and looks through all pages for each
        // database that it makes or drops. So they are at most twice as large as the data, and 32 MB or more, for the catalog.
        let useful = dataSize.map { max(32, 2 * ($0 >> 20)) } ?? .max
        let connections = 20 + 2 * (jobs + processors)
        // Durability protects data that must survive a crash; nothing here must.
        weakened = [
            "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "wal_level": "minimal",
            "max_wal_senders": "0", "autovacuum": "off",
        ]
        let tuned = [
            "shared_buffers": "\(min(2048, max(128, megabytes / 8), useful))MB",
            // Index builds are the longest part of a restore, and each of `jobs` may run one.
            "maintenance_work_mem": "\(min(2048, max(64, megabytes / Int64(8 * max(1, jobs)))))MB",
            "work_mem": "\(min(256, max(16, megabytes / Int64(32 * max(1, jobs)))))MB",
            // Where each processor has a job, another process for the same index only adds work: a restore took a twentieth longer.
            "max_parallel_maintenance_workers": "\(max(0, min(2, processors / max(1, jobs) - 1)))",
            "max_wal_size": "2GB", "checkpoint_timeout": "1h",
            "max_connections": "\(connections)",
            "max_locks_per_transaction": "\(Self.locks(for: objects, connections: connections))",
            "jit": "off",
        ]
        let defused = [
            // No TCP; the socket is in a directory that only our account can enter.
            "listen_addresses": "", "unix_socket_directories": socketDirectory, "unix_socket_permissions": "0700",
            "port": "\(ScratchServer.port)",
            "archive_mode": "off", "max_logical_replication_workers": "0", "shared_preload_libraries": "",
            "session_preload_libraries": "", "local_preload_libraries": "",
        ]
        let logged = [
            "logging_collector": "off", "log_destination": "stderr", "log_line_prefix": ServerLog.linePrefix,
            "lc_messages": "C", "log_checkpoints": "off", "log_min_messages": "warning",
            // Statements can hold row values: they never reach a log.
            "log_min_error_statement": "panic", "log_statement": "none", "log_error_verbosity": "terse",
            "log_min_duration_statement": "-1",
        ]
        // From 17 on a backup can hold triggers that run at every login, ours too.
        let untriggered = version.major >= 17 ? ["event_triggers": "off"] : [:]
        let unshared = sharesMemory ? [:] : ["dynamic_shared_memory_type": "mmap"]
        values = weakened.merging(untriggered) { $1 }.merging(unshared) { $1 }.merging(tuned) { $1 }.merging(defused) {
            $1
        }.merging(logged) {
            $1
        }
    }

    /// The value of `max_locks_per_transaction`. All connections share the locks, and may lock all there is at the same time:
    /// pg_dump every table, a query every partition with its indexes, its TOAST table and that one's index. pg_restore 17
    /// locks a thousand large objects, which are one entry of the archive. The server initialises each lock at its start,
    /// 300 bytes.
    private static func locks(for objects: Int?, connections: Int) -> Int {
        guard let objects else { return 1024 }
        return max(128, min(4 * objects, 1 << 18) / connections + 1)
    }

    /// The text of a configuration file.
    var configuration: String { Self.configuration(values) }

    /// The same for other settings. Of two lines with the same name, the server uses the later one.
    static func configuration(_ values: [String: String]) -> String {
        values.sorted { $0.key < $1.key }.map { name, value in
            "\(name) = '\(value.replacing("'", with: "''"))'\n"
        }.joined()
    }
}
