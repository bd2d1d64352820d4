import Foundation
import Processes
import Scratch
import SystemPackage

/// A real pgBackRest repository of a cluster, encrypted, which archives its log into it.
package struct PgBackRestRepository: Sendable {
    package let cluster: SourceCluster
    package let configuration: FilePath
    package var repository: FilePath { cluster.directory.appending("repository") }

    package init(of cluster: SourceCluster) async throws {
        self.cluster = cluster
        configuration = cluster.directory.appending("pgbackrest.conf")
        try cluster.makeDirectory(repository)
        try Self.text(cluster, passphrase: "open sesame").write(
            toFile: configuration.string, atomically: false, encoding: .utf8)
        try await run("stanza-create")
        try await cluster.execute(
            "ALTER SYSTEM SET archive_command = 'pgbackrest --config=\(configuration) --stanza=main archive-push %p'",
            "SELECT pg_reload_conf()")
    }

    private static func text(_ cluster: SourceCluster, passphrase: String) -> String {
        """
        [global]
        repo1-path=\(cluster.directory)/repository
        repo1-cipher-type=aes-256-cbc
        repo1-cipher-pass=\(passphrase)
        log-level-file=off
        lock-path=\(cluster.directory)/lock
        start-fast=y
        [main]
        pg1-path=\(cluster.data)
        pg1-socket-path=\(cluster.directory)
        pg1-user=postgres
        """
    }

    /// A configuration whose passphrase is another one.
    package func wronglyKeyed() throws -> FilePath {
        let file = cluster.directory.appending("wrong.conf")
        try Self.text(cluster, passphrase: "open wheat").write(toFile: file.string, atomically: false, encoding: .utf8)
        return file
    }

    /// - Parameter type: `full`, `diff`, `incr`.
    /// - Returns: its name.
    package func backup(_ type: String) async throws -> String {
        try await run("--type=\(type)", "backup")
        let latest = repository.appending("backup/main/latest").string
        return FilePath(try FileManager.default.destinationOfSymbolicLink(atPath: latest)).lastComponent?.string ?? ""
    }

    private func run(_ arguments: String...) async throws {
        let command = Command(
            "/usr/bin/pgbackrest", ["--config=\(configuration)", "--stanza=main"] + arguments,
            directory: cluster.directory)
        let outcome = try await cluster.fence.asAccount(command).run(deadline: .seconds(600))
        guard outcome.succeeded else { throw ScratchError.childFailed(program: "pgbackrest", reason: outcome.failure) }
    }
}
