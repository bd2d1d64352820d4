import Foundation
import Processes
import Scratch
import SystemPackage
import TestSupport

/// A real Barman server with a cluster, which archives its log there.
struct BarmanServer: Sendable {
    let cluster: SourceCluster
    let configuration: FilePath
    var home: FilePath { cluster.directory.appending("barman") }

    init(of cluster: SourceCluster) async throws {
        self.cluster = cluster
        configuration = cluster.directory.appending("barman.conf")
        for path in [home, home.appending("main"), home.appending("main/incoming")] { try cluster.makeDirectory(path) }
        try """
        [barman]
        barman_user = \(cluster.fence.account.name)
        barman_home = \(home)
        log_file = \(home)/barman.log
        [main]
        description = a cluster of a test
        conninfo = host=\(cluster.directory) user=postgres dbname=postgres
        streaming_conninfo = host=\(cluster.directory) user=postgres
        backup_method = postgres
        archiver = on
        path_prefix = \(cluster.installation.directory)
        """.write(toFile: configuration.string, atomically: false, encoding: .utf8)
        try await cluster.execute(
            "ALTER SYSTEM SET archive_command = 'cp %p \(home)/main/incoming/%f'", "SELECT pg_reload_conf()")
        try await cluster.archiveAll()
        try await run("cron")
        try await run("switch-wal", "--force", "--archive", "--archive-timeout", "60", "main")
    }

    func backup() async throws { try await run("backup", "--wait", "main") }

    /// Takes what the cluster has archived into its own archive.
    func takeLog() async throws {
        try await cluster.archiveAll()
        try await run("archive-wal", "main")
    }

    private func run(_ arguments: String...) async throws {
        let command = Command(
            "/usr/bin/barman", ["--config", configuration.string] + arguments,
            environment: ["HOME": home.string, "LC_ALL": "C.UTF-8"], directory: cluster.directory)
        let outcome = try await cluster.fence.asAccount(command).run(deadline: .seconds(600))
        guard outcome.succeeded else {
            throw ScratchError.childFailed(program: "barman", reason: outcome.output + outcome.failure)
        }
    }
}
