import Bytes
import Foundation
import PlanKeys
import Processes
import Scratch
import SystemPackage

/// A pgBackRest repository, read with pgBackRest's own `restore` and `archive-get`.
package struct PgBackRest: BackupRepository, Equatable {
    package var stanza: String
    /// Nil takes pgBackRest's own default.
    package var configuration: String?
    /// The number of the repository; nil leaves the choice to pgBackRest.
    package var repository: Int?

    package init(stanza: String, configuration: String? = nil, repository: Int? = nil) {
        self.stanza = stanza
        self.configuration = configuration
        self.repository = repository
    }

    package func location(of name: String) -> String {
        "pgbackrest:\(repository.map { "repo\($0)/" } ?? "")\(stanza)/\(name)"
    }

    package var program: String { "pgbackrest" }

    package var order: String { "the time it was taken" }

    package var namesAreFinal: Bool { true }

    package var words: String { "restore it with pgbackrest, and get the log that follows it" }

    package func backups() async throws -> [RepositoryBackup] {
        let info = try await info(Tool(pgBackRest: ()))
        guard !info.backups.isEmpty else {
            throw FetchError.nothingThere(
                "The stanza \(stanza) has no backup: run pgbackrest backup, and look at its log.")
        }
        return info.backups.map {
            RepositoryBackup(
                name: $0.label, created: Date(timeIntervalSince1970: $0.timestamp.stop), bytes: $0.info.size)
        }
    }

    package func fetch(
        _ backup: RepositoryBackup, to place: Workspace, deadline: Duration, emit: @escaping FetchEventSink
    ) async throws -> FetchedBackup {
        let tool = try Tool(pgBackRest: ())
        let info = try await info(tool)
        guard let listed = info.backups.first(where: { $0.label == backup.name }) else {
            throw FetchError.nothingThere("The stanza \(stanza) has no backup \(backup.name) any more.")
        }
        let data = place.path.appending("fetched")
        for path in [data, place.tablespaces] { try place.makeDirectory(path) }
        let total = backup.bytes ?? 0
        let restoring =
            options(in: place) + [
                "--pg1-path=\(data)", "--set=\(backup.name)", "--type=none", "--archive-mode=off",
                "--tablespace-map-all=\(place.tablespaces)", "--log-level-stderr=detail", "restore",
            ]
        let outcome = try await tool.run(restoring, in: place, deadline: deadline) { line in
            guard let match = line.firstMatch(of: /restore file (\S+) \([^,]+, ([0-9.]+)%\)/) else { return }
            emit(.item(FilePath(String(match.1)).lastComponent?.string ?? ""))
            if let share = Double(match.2) { emit(.progress(done: Int64(Double(total) * share / 100), total: total)) }
        }
        guard outcome.succeeded else { throw failure(of: outcome, tool) }
        let log = place.path.appending("log")
        try place.makeDirectory(log)
        try await getLog(of: listed, info, data: data, to: log, in: place, tool, deadline, emit)
        return FetchedBackup(path: data, log: log)
    }

    // MARK: Log

    /// Fetches the archived log from the beginning of the backup on. Gaps in it are found before the recovery.
    private func getLog(
        of backup: PgBackRestInfo.Backup, _ info: PgBackRestInfo, data: FilePath, to log: FilePath, in place: Workspace,
        _ tool: Tool, _ deadline: Duration, _ emit: FetchEventSink
    ) async throws {
        // The server did not archive its log, or the log of this backup has expired.
        guard let archive = info.archives.first(where: { $0.database.id == backup.database.id }),
            let start = backup.archive.start
        else { return }
        let listing = try await tool.output(
            configurationOptions + ["--recurse", "--output=json", "repo-ls", "archive/\(stanza)/\(archive.id)"],
            deadline: deadline)
        guard let files = try? StrictJSON.decode([String: PgBackRestInfo.Listed].self, from: listing) else {
            throw FetchError.notUnderstood(program: tool.name, what: "its list of archived log")
        }
        let wanted = Self.log(in: files.keys, from: start)
        let get = { @Sendable (name: String) async throws in
            let outcome = try await tool.run(
                options(in: place) + [
                    "--pg1-path=\(data)", "--no-archive-async", "archive-get", name, log.appending(name).string,
                ], in: place, deadline: deadline)
            guard outcome.succeeded else { throw failure(of: outcome, tool) }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, (name, path)) in wanted.enumerated() {
                if index >= Self.processes { try await group.next() }
                emit(.item(name))
                let time = files[path]?.time
                group.addTask {
                    try await get(name)
                    // When it was archived tells up to when there is data; the copy was made just now.
                    guard let time else { return }
                    try FileManager.default.setAttributes(
                        [.modificationDate: Date(timeIntervalSince1970: time)],
                        ofItemAtPath: log.appending(name).string)
                }
            }
            try await group.waitForAll()
        }
    }

    /// How many segments are fetched at the same time, each by one process: it decompresses, and waits for its repository.
    private static let processes = 4

    /// The log files to fetch: segments (`17-1/0000000100000000/000000010000000000000003-<sha1>.gz`) of the backup's
    /// timeline or a later one that are not before its start, and timeline histories.
    /// - Returns: the name and the path of each, sorted by name.
    static func log(in paths: some Sequence<String>, from start: String) -> [(name: String, path: String)] {
        paths.compactMap { path -> (name: String, path: String)? in
            let file = path.split(separator: "/").last ?? ""
            if let history = file.wholeMatch(of: /([0-9A-F]{8}\.history)(?:-.*)?/) { return (String(history.1), path) }
            guard let segment = file.wholeMatch(of: /([0-9A-F]{24})-.*/) else { return nil }
            let (timeline, number) = (segment.1.prefix(8), segment.1.dropFirst(8))
            return timeline >= start.prefix(8) && number >= start.dropFirst(8) ? (String(segment.1), path) : nil
        }.sorted { $0.name < $1.name }
    }

    // MARK: The tool

    private func info(_ tool: Tool) async throws -> PgBackRestInfo {
        let answer = try await tool.output(
            configurationOptions + ["--output=json", "info"], deadline: .seconds(300))
        // With a wrong passphrase pgBackRest reads random bytes, and quotes them.
        let readable = Data(answer.map { (0x20..<0x7F).contains($0) ? $0 : UInt8(ascii: " ") })
        guard let stanzas = try? StrictJSON.decode([PgBackRestInfo].self, from: readable) else {
            throw FetchError.notUnderstood(program: tool.name, what: "its list of backups")
        }
        guard let info = stanzas.first(where: { $0.name == stanza }) else {
            throw FetchError.nothingThere(
                "pgbackrest knows no stanza \(stanza): correct \(PlanKey.backupPgbackrest) of the plan.")
        }
        if let broken = info.repositories.first(where: { $0.status.code == 99 }) {
            let words = String(broken.status.message.prefix { !$0.isNewline }.prefix(300))
            throw broken.cipher == "none"
                ? FetchError.failed(program: tool.name, reason: words)
                : FetchError.notOpened(program: tool.name, reason: words)
        }
        return info
    }

    private var configurationOptions: [String] {
        ["--stanza=\(stanza)"] + (configuration.map { ["--config=\($0)"] } ?? [])
            + (repository.map { ["--repo=\($0)"] } ?? [])
    }

    /// pgBackRest must not write anywhere but in the workspace.
    private func options(in place: Workspace) -> [String] {
        configurationOptions + [
            "--lock-path=\(place.path.appending("pgbackrest-lock"))", "--log-level-file=off", "--log-level-console=off",
        ]
    }

    /// Exit codes that say that a file of the repository is missing or has changed (checksum, file-invalid, format,
    /// file-missing). pgBackRest's exit codes are its error codes (`build/error/error.yaml` of its sources).
    private static let damage: Set<Int32> = [26, 28, 29, 55]
    private static let crypto: Int32 = 95

    private func failure(of outcome: Command.Outcome, _ tool: Tool) -> FetchError {
        let words = tool.failure(of: outcome)
        if let code = outcome.exitCode, Self.damage.contains(code) {
            return .damaged(program: tool.name, reason: words)
        }
        return outcome.exitCode == Self.crypto
            ? .notOpened(program: tool.name, reason: words) : .failed(program: tool.name, reason: words)
    }
}

extension Tool {
    fileprivate init(pgBackRest: Void) throws(FetchError) {
        try self.init("pgbackrest", variables: [], advice: "apt-get install pgbackrest")
    }
}

/// The answer of `pgbackrest info --output=json` about a stanza.
struct PgBackRestInfo: Decodable {
    let name: String
    /// The oldest first.
    let backups: [Backup]
    let archives: [Archive]
    let repositories: [Repository]

    enum CodingKeys: String, CodingKey {
        case name
        case backups = "backup"
        case archives = "archive"
        case repositories = "repo"
    }

    struct Backup: Decodable {
        let label: String
        let archive: Range
        let database: Database
        let info: Info
        let timestamp: Timestamp
    }

    struct Archive: Decodable {
        let id: String
        let database: Database
    }

    struct Database: Decodable { let id: Int }
    /// Names of segments; nil if there are none.
    struct Range: Decodable { let start: String? }
    /// In bytes.
    struct Info: Decodable { let size: Int64 }
    /// In seconds since 1970.
    struct Timestamp: Decodable { let stop: Double }

    struct Repository: Decodable {
        let cipher: String
        let status: Status
    }

    struct Status: Decodable {
        /// 0 is good; 99 is an error that has no code of its own.
        let code: Int
        let message: String
    }

    struct Listed: Decodable {
        /// When it was written, in seconds since 1970; nil for a directory.
        let time: Double?
    }
}
