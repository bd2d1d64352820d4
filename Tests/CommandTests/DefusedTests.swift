import Findings
import Foundation
import Glibc
import Postgres
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// A cluster whose settings and contents all lead to a listener outside: it starts, is checked, and nobody calls.
@Suite struct DefusedTests {
    @Test(arguments: [15, 17])
    func nothingOfAClusterReachesOut(major: Int) async throws {
        try await withDesk { desk in
            try await SourceCluster.with(major: major) { cluster in
                let listener = try Listener(in: cluster.directory)
                let touched = cluster.directory.appending("touched")
                let conninfo = "host=\(cluster.directory) port=\(Listener.port) user=x dbname=x connect_timeout=2"
                try await cluster.execute(
                    "CREATE TABLE t AS SELECT i FROM generate_series(1, 10) i",
                    "CREATE PUBLICATION p FOR TABLE t",
                    "CREATE SUBSCRIPTION s CONNECTION '\(conninfo)' PUBLICATION p WITH (connect = false)",
                    "ALTER SUBSCRIPTION s SET (slot_name = 's')", "ALTER SUBSCRIPTION s ENABLE",
                    "ALTER SYSTEM SET primary_conninfo = '\(conninfo)'",
                    "ALTER SYSTEM SET archive_library = ''",
                    "ALTER SYSTEM SET archive_cleanup_command = 'touch \(touched)'",
                    "ALTER SYSTEM SET recovery_end_command = 'touch \(touched)'",
                    "ALTER SYSTEM SET restore_command = 'touch \(touched); false'",
                    "ALTER SYSTEM SET ssl_passphrase_command = 'touch \(touched)'",
                    "ALTER SYSTEM SET session_preload_libraries = 'no_such_library'")
                // The listener hears what does call: the source's own subscription has.
                try await eventually("the source's subscription calls") { listener.calls > 0 }
                let backup = try await cluster.baseBackup("b", ["--write-recovery-conf"])
                let conf = backup.appending("postgresql.conf").string
                let handle = try FileHandle(forWritingTo: URL(filePath: conf))
                try handle.seekToEnd()
                try handle.write(
                    contentsOf: Data(
                        """
                        shared_preload_libraries = 'no_such_library'
                        archive_command = 'touch \(touched)'
                        include_dir = '/no/such/directory'

                        """.utf8))
                try handle.close()
                try FileManager.default.removeItem(atPath: backup.appending("backup_manifest").string)
                try await cluster.stop()
                let before = listener.calls
                // What the archive command of the source's own shutdown did is not the drill's.
                try? FileManager.default.removeItem(atPath: touched.string)
                let drilled = try await desk.drill(backup)
                #expect(drilled.exitCode == 0, "\(drilled.complaints)")
                #expect(drilled.rows["public.t"] == 10)
                #expect(listener.calls == before, "something called out")
                #expect(!FileManager.default.fileExists(atPath: touched.string), "a command ran")
                try await cluster.start()
            }
        }
    }
}

extension DefusedTests {
    /// A library that is preloaded and runs a job every minute, and a foreign server with what reads from it.
    @Test func jobsAndForeignServers() async throws {
        try await withDesk { desk in
            try await SourceCluster.with(major: 15) { cluster in
                let listener = try Listener(in: cluster.directory)
                let touched = cluster.directory.appending("touched")
                // Settings of a library are known once it is there.
                for (name, value) in [("shared_preload_libraries", "pg_cron"), ("cron.use_background_workers", "on")] {
                    try await cluster.execute("ALTER SYSTEM SET \(name) = '\(value)'")
                    try await cluster.stop()
                    try await cluster.start()
                }
                try await cluster.execute(
                    "CREATE EXTENSION pg_cron", "CREATE EXTENSION postgres_fdw",
                    "CREATE TABLE t AS SELECT i FROM generate_series(1, 10) i",
                    "SELECT cron.schedule('* * * * *', $$COPY t TO PROGRAM 'touch \(touched)'$$)",
                    """
                    CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw
                    OPTIONS (host '\(cluster.directory)', port '\(Listener.port)', dbname 'x')
                    """,
                    "CREATE USER MAPPING FOR postgres SERVER far OPTIONS (user 'x', password_required 'false')",
                    "CREATE FOREIGN TABLE f (i int) SERVER far", "CREATE VIEW v AS SELECT i FROM f",
                    "CREATE MATERIALIZED VIEW m AS SELECT i FROM f WITH NO DATA")
                let launchers = "SELECT count(*) FROM pg_stat_activity WHERE backend_type ~ 'cron'"
                try await eventually("the source's launcher runs") {
                    try await cluster.value("\(launchers)::text") != "0"
                }
                let backup = try await cluster.baseBackup("b")
                try await cluster.stop()
                let before = listener.calls
                // What it did at the source is not the drill's.
                try? FileManager.default.removeItem(atPath: touched.string)
                let drilled = try await desk.drill(
                    try desk.plan(
                        backup,
                        """
                        checks:
                          sql:
                            no-launcher: { query: "\(launchers)", equals: 0 }
                            no-library: { query: "SELECT current_setting('shared_preload_libraries') = ''", equals: true }
                        """))
                #expect(drilled.exitCode == 0, "\(drilled.complaints)")
                #expect(drilled.rows["public.t"] == 10)
                #expect(listener.calls == before, "something called out")
                #expect(!FileManager.default.fileExists(atPath: touched.string), "the job ran")
                try await cluster.start()
            }
        }
    }
}

/// Counts who connects to a socket where a server could be. A Unix socket, which no network namespace hides: what is tested is
/// that nothing calls, and not that the fence holds.
private final class Listener: Sendable {
    static let port = 5999
    private let descriptor: Int32
    private let count = Atomic<Int>(0)

    var calls: Int {
        // Whoever has called waits in the queue until here.
        while true {
            let caller = accept(descriptor, nil, nil)
            guard caller >= 0 else { return count.load(ordering: .relaxed) }
            close(caller)
            count.add(1, ordering: .relaxed)
        }
    }

    init(in directory: FilePath) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        let path = directory.appending(".s.PGSQL.\(Self.port)")
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.string.utf8) }
        let descriptor = descriptor
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
                    && listen(descriptor, 100) == 0
            }
        }
        guard bound, chmod(path.string, 0o777) == 0 else { throw Errno(rawValue: errno) }
    }

    deinit { close(descriptor) }
}
