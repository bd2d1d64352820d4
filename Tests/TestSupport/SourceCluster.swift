import Foundation
import Postgres
import Processes
import Scratch
import SystemPackage

/// A server that is backed up physically: data checksums on, its log archived. It lies in a directory of its own and is run by
/// the account that runs scratch servers; what it makes is removed when the test ends.
package struct SourceCluster: Sendable {
    package let installation: Installation
    package let fence: Fence
    package let directory: FilePath

    package var data: FilePath { directory.appending("data") }
    package var archive: FilePath { directory.appending("archive") }

    /// - Parameter checksums: whether pages have them.
    package static func with<Result: Sendable>(
        major: Int? = nil, checksums: Bool = true, _ body: @Sendable (SourceCluster) async throws -> Result
    ) async throws -> Result {
        let name = "c" + String(UInt32.random(in: 0 ... .max), radix: 16)
        let cluster = SourceCluster(
            installation: try await TestServer.installation(major: major),
            fence: try await Fence.detect(account: try Account.resolve(configured: nil)),
            directory: TestServer.parent.removingLastComponent().appending(name))
        return try await Turn.take { try await cluster.run(checksums: checksums, body) }
    }

    private func run<Result: Sendable>(
        checksums: Bool, _ body: @Sendable (SourceCluster) async throws -> Result
    ) async throws -> Result {
        let cluster = self
        for path in [cluster.directory, cluster.archive] { try cluster.makeDirectory(path) }
        defer { try? FileManager.default.removeItem(atPath: cluster.directory.string) }
        let options =
            ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"]
            + (checksums ? ["--data-checksums"] : installation.version.major >= 18 ? ["--no-data-checksums"] : [])
        try await EmptyCluster(of: installation, behind: fence, options: options).make(
            at: data, in: directory, cache: TestServer.cache, deadline: .seconds(600))
        let settings = """
            listen_addresses = ''
            unix_socket_directories = '\(cluster.directory)'
            wal_level = logical
            archive_mode = on
            archive_command = 'test ! -f \(cluster.archive)/%f && cp %p \(cluster.archive)/%f'
            fsync = off
            max_prepared_transactions = 4
            shared_buffers = 32MB

            """
        let file = try FileDescriptor.open(
            cluster.data.appending("postgresql.conf"), .writeOnly, options: [.append, .closeOnExec])
        try file.closeAfter { _ = try file.writeAll(settings.utf8) }
        try await cluster.start()
        do {
            let result = try await body(cluster)
            try await cluster.stop()
            return result
        } catch {
            try? await cluster.stop()
            throw error
        }
    }

    /// Makes a directory that the account of the server writes to.
    package func makeDirectory(_ path: FilePath) throws {
        try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true)
        guard chown(path.string, fence.account.userID, fence.account.groupID) == 0 else {
            throw Errno(rawValue: errno)
        }
    }

    /// Copies its files as a backup does, with their owners: Foundation leaves some of them to us.
    package func copyFiles(to copy: FilePath) async throws {
        let copied = try await Command("/bin/cp", ["-a", data.string, copy.string]).run(deadline: .seconds(600))
        guard copied.succeeded else { throw ScratchError.childFailed(program: "cp", reason: copied.failure) }
    }

    package func start() async throws {
        try await run(
            "pg_ctl", ["-D", data.string, "-l", directory.appending("log").string, "-w", "-t", "600", "start"])
    }

    /// - Parameter mode: `immediate` leaves it as a crash does.
    package func stop(mode: String = "fast") async throws {
        try await run("pg_ctl", ["-D", data.string, "-w", "-t", "600", "-m", mode, "stop"])
    }

    /// Runs one of the installation's programs as the account of the server.
    package func run(_ program: String, _ arguments: [String]) async throws {
        let outcome = try await fence.asAccount(
            Command(installation.program(program), arguments, directory: directory)
        ).run(deadline: .seconds(600))
        guard outcome.succeeded else { throw ScratchError.childFailed(program: program, reason: outcome.failure) }
    }

    package func target(database: String = "postgres") -> ConnectionTarget {
        ConnectionTarget(host: directory.string, port: 5432, user: "postgres", database: database)
    }

    /// Runs statements, each in a transaction of its own.
    package func execute(_ statements: String..., database: String = "postgres") async throws {
        try await withConnection(to: target(database: database)) { connection in
            for statement in statements { try await connection.execute(statement) }
        }
    }

    /// The first value of the first row.
    package func value(_ query: String, database: String = "postgres") async throws -> String {
        try await withConnection(to: target(database: database)) { connection in
            try await connection.query(query)[0].need(at: 0)
        }
    }

    /// Takes a base backup with `pg_basebackup`.
    /// - Returns: where it lies.
    package func baseBackup(_ name: String, _ options: [String] = []) async throws -> FilePath {
        let path = directory.appending(name)
        try await run(
            "pg_basebackup",
            ["-h", directory.string, "-U", "postgres", "-D", path.string, "-c", "fast", "--no-sync"] + options)
        return path
    }

    /// Ends the segment that the server is writing, and waits until all there is has been archived.
    package func archiveAll() async throws {
        let last = try await value("SELECT pg_walfile_name(pg_switch_wal())")
        try await eventually("\(last) is archived") {
            try await value(
                "SELECT coalesce(last_archived_wal >= '\(last)', false)::text FROM pg_stat_archiver") == "true"
        }
    }
}
