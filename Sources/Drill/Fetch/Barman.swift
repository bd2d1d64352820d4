import Bytes
import Files
import Foundation
import Glibc
import Processes
import Scratch
import SystemPackage

/// The backups of a Barman server, fetched with Barman's own `recover`.
package struct Barman: BackupRepository, Equatable {
    package var server: String
    /// Nil takes Barman's own default.
    package var configuration: String?

    package init(server: String, configuration: String? = nil) {
        self.server = server
        self.configuration = configuration
    }

    package func location(of name: String) -> String { "barman:\(server)/\(name)" }

    package var program: String { "barman" }

    package var order: String { "the time it was taken" }

    package var namesAreFinal: Bool { true }

    package var words: String { "recover it, and the log that follows it, with barman" }

    package func backups() async throws -> [RepositoryBackup] {
        let tool = try Tool(barman: ())
        let answer = try await tool.output(options + ["list-backup", server], deadline: .seconds(300))
        guard let servers = try? StrictJSON.decode([String: [Listed]].self, from: answer) else {
            throw FetchError.notUnderstood(program: tool.name, what: "its list of backups")
        }
        let done = (servers[server] ?? []).filter { $0.status == "DONE" }
        guard !done.isEmpty else {
            throw FetchError.nothingThere("Barman has no finished backup of \(server): run barman check \(server).")
        }
        return done.map {
            RepositoryBackup(
                name: $0.identifier, created: $0.end.flatMap(Double.init).map(Date.init(timeIntervalSince1970:)),
                bytes: $0.bytes)
        }.sorted { $0.name < $1.name }
    }

    package func fetch(
        _ backup: RepositoryBackup, to place: Workspace, deadline: Duration, emit: @escaping FetchEventSink
    ) async throws -> FetchedBackup {
        let tool = try Tool(barman: ())
        let incoming = try makeIncoming(in: place)
        let data = incoming.appending("data")
        // By number, because a name may contain slashes.
        let tablespaces = try await tablespaces(of: backup, tool).enumerated().map { index, name in
            ["--tablespace", "\(name):\(incoming.appending("tablespace-\(index)"))"]
        }
        emit(.item(backup.name))
        let outcome = try await tool.run(
            options + ["recover", "--no-get-wal"] + tablespaces.flatMap { $0 } + [server, backup.name, data.string],
            in: place, deadline: deadline)
        guard outcome.succeeded else {
            // Barman reports the error on standard output.
            let words =
                outcome.errorOutput.isEmpty
                ? tool.reportable(String(outcome.output.suffix(400))) : tool.failure(of: outcome)
            throw FetchError.failed(program: tool.name, reason: words)
        }
        try tidyUp(data, backup.name)
        return FetchedBackup(path: data)
    }

    /// If root runs Barman, Barman changes to another account, which must reach this directory.
    private func makeIncoming(in place: Workspace) throws -> FilePath {
        let incoming = place.path.appending("incoming")
        try place.makeDirectory(incoming)
        guard geteuid() == 0 else { return incoming }
        let user = barmanUser
        guard let account = getpwnam(user) else {
            throw FetchError.failed(
                program: "barman", reason: "its configuration names the account \(user), which is not here")
        }
        guard lchown(incoming.string, account.pointee.pw_uid, account.pointee.pw_gid) == 0,
            // Others may pass through the directory, but may not list it.
            chmod(place.path.string, 0o711) == 0
        else { throw Errno(rawValue: errno) }
        return incoming
    }

    private var barmanUser: String {
        let files = configuration.map { [$0] } ?? ["/etc/barman.conf", "/etc/barman/barman.conf"]
        // If a configuration cannot be read, Barman itself reports that.
        let text = files.lazy.compactMap { try? String(contentsOfFile: $0, encoding: .utf8) }.first ?? ""
        return text.firstMatch(of: /(?m)^\s*barman_user\s*=\s*(\S+)/).map { String($0.1) } ?? "barman"
    }

    private func tablespaces(of backup: RepositoryBackup, _ tool: Tool) async throws -> [String] {
        let answer = try await tool.output(options + ["show-backup", server, backup.name], deadline: .seconds(300))
        guard let shown = try? StrictJSON.decode([String: Shown].self, from: answer), let one = shown[server] else {
            throw FetchError.notUnderstood(program: tool.name, what: "what it says of the backup \(backup.name)")
        }
        return one.tablespaces.map(\.name)
    }

    /// Barman renames the manifest, and leaves its own files beside the backup's. This undoes both.
    private func tidyUp(_ data: FilePath, _ name: String) throws {
        // Barman's account can exchange what is in these directories, so no link is followed.
        let (incoming, place) = (data.removingLastComponent(), data.lastComponent!.string)
        let directory = try OpenDirectory(incoming.removingLastComponent())
            .directory(incoming.lastComponent!.string).directory(place)
        let manifest = "backup_manifest.\(name)"
        guard renameat(directory.descriptor, manifest, directory.descriptor, "backup_manifest") == 0 || errno == ENOENT
        else { throw Errno.current }
        for entry in try FileManager.default.contentsOfDirectory(atPath: data.string)
        where entry == ".barman-recover.info" || entry.hasSuffix(".origin") {
            try directory.removeTree(entry)
        }
    }

    private var options: [String] { (configuration.map { ["--config", $0] } ?? []) + ["--format", "json"] }

    private struct Listed: Decodable {
        let identifier: String
        let status: String
        let end: String?
        let bytes: Int64?

        enum CodingKeys: String, CodingKey {
            case identifier = "backup_id"
            case status
            case end = "end_time_timestamp"
            case bytes = "size_bytes"
        }
    }

    private struct Shown: Decodable {
        let tablespaces: [Tablespace]

        struct Tablespace: Decodable { let name: String }
    }
}

extension Tool {
    fileprivate init(barman: Void) throws(FetchError) {
        try self.init("barman", variables: [], advice: "apt-get install barman")
    }
}
