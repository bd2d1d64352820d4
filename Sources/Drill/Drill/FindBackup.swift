import Fetch
import Foundation
import Glibc
import Manifest
import PlanKeys
import Restore
import Snapshots
import SystemPackage

/// The backup that a plan's place and pick come to.
package struct FoundBackup: Sendable {
    package let origin: Origin
    /// Why this one, for the report.
    package let reason: String
    /// When the next newer one was taken, by what orders them; nil if there is none, or if that is not known.
    package var next: Date?

    package enum Origin: Sendable {
        /// Files of this machine, as they lie there.
        case files(FilePath)
        /// Fetched before it is drilled.
        case repository(any BackupRepository, RepositoryBackup)
        /// Its repository could not say what it has: a drill of it says so in its report.
        case unlisted(location: String, FetchError)
        /// Restored where it is.
        case snapshot(SnapshotBackup)
    }

    package init(path: FilePath, reason: String) {
        origin = .files(path)
        self.reason = reason
    }

    init(_ repository: any BackupRepository, _ backup: RepositoryBackup, reason: String) {
        origin = .repository(repository, backup)
        self.reason = reason
    }

    /// Of a plan whose repository could not be asked.
    /// - Parameter failure: what ``findBackup(_:)`` threw.
    package init(unlisted source: BackupSource, _ failure: FetchError) {
        origin = .unlisted(location: "\(source.place)", failure)
        reason = (["none could be chosen"] + source.overrides).joined(separator: "; ")
    }

    init(_ snapshot: SnapshotBackup, reason: String) {
        origin = .snapshot(snapshot)
        self.reason = reason
    }

    /// The name by which a person can pick it among the others of its place.
    package var name: String {
        switch origin {
        case .files(let path): path.lastComponent?.string ?? path.string
        case .repository(_, let backup): backup.name.split(separator: "/").last.map(String.init) ?? backup.name
        case .unlisted(let location, _): location
        case .snapshot(let backup): backup.snapshot.identifier
        }
    }

    /// Where it is, for people: a path, or what the repository calls it.
    package var location: String {
        switch origin {
        case .files(let path): path.string
        case .repository(let repository, let backup): repository.location(of: backup.name)
        case .unlisted(let location, _): location
        case .snapshot(let backup): backup.snapshot.arn
        }
    }
}

/// Why no backup was found. The command's or the plan's mistake, unless the backups are gone: the message says both.
package enum FindError: Error, Equatable, CustomStringConvertible {
    case nothingThere(path: String)
    case noneNamed(String, among: [String])

    package var description: String {
        switch self {
        case .nothingThere(let path) where path.isConnection:
            // It may hold a password, so it is not told.
            """
            That is a connection to a database, and a drill takes a backup: dump the database first (pg_dump -Fc --file \
            FILE), and name the file. A server to restore into is named in \(PlanKey.scratchServer) of a plan.
            """
        case .nothingThere(let path) where path.contains("://"):
            """
            \(path) is an address, and a drill takes a path: fetch the backup first, or name a command that \
            does in \(PlanKey.backupCommand) of a plan.
            """
        case .nothingThere(let path):
            """
            There is no backup at \(path). If the path is right, then the backup job has not written one, or the storage \
            is not mounted.\(path.advice)
            """
        case .noneNamed(let name, let names):
            """
            No backup is named \(name); there are: \(names.joined(separator: ", ")). Without a name, \
            pick newest, oldest or random.
            """
        }
    }
}

extension String {
    /// It is a connection string of libpq, in one of its two forms.
    fileprivate var isConnection: Bool {
        contains(/postgres(ql)?:\/\//) || contains(/\b(host|hostaddr|port|user|dbname|password|service)\s*=\s*\S/)
    }
}

/// Finds the backups that a plan names and picks one.
///
/// Newest and oldest of files go by modification time, which a backup that is damaged inside still has: a newest backup that
/// cannot be read must be drilled, not passed over.
/// - Throws: ``FindError``, ``Fetch/FetchError``, `CancellationError`.
package func findBackup(_ source: BackupSource) async throws -> FoundBackup {
    let candidates = try await candidates(of: source)
    let (found, all) = (candidates.found, candidates.words)
    func take(_ index: Int, _ reason: String) -> FoundBackup {
        candidates.backup(index, because: ([reason] + source.overrides).joined(separator: "; "))
    }
    if case .name(let name) = source.pick {
        guard let index = found.firstIndex(where: { $0.name == name }) else {
            throw FindError.noneNamed(name, among: found.map(\.name).sorted())
        }
        return take(index, "picked by name")
    }
    guard found.count > 1 else { return take(0, source.isGiven ? "given on the command line" : "the only one \(all)") }
    let many = "of \(found.count) \(all)"
    switch source.pick {
    case .oldest: return take(0, "the oldest \(many), by \(candidates.order)")
    case .random: return take(found.indices.randomElement()!, "one \(many), at random")
    case .newest, .name: return take(found.count - 1, "the newest \(many), by \(candidates.order)")
    }
}

/// Every backup that a plan names, the newest first.
/// - Throws: as ``findBackup(_:)``.
package func findBackups(_ source: BackupSource) async throws -> [FoundBackup] {
    let candidates = try await candidates(of: source)
    let count = candidates.found.count
    return candidates.found.indices.reversed().map { index in
        candidates.backup(
            index, because: "number \(count - index) of \(count) \(candidates.words), by \(candidates.order)")
    }
}

/// Backups to choose from, the oldest first; one at least.
private struct Candidates {
    let found: [Candidate]
    /// Where they are, as the end of a sentence.
    let words: String
    /// What says which is older.
    let order: String

    func backup(_ index: Int, because reason: String) -> FoundBackup {
        var backup = found[index].as(reason)
        if found.indices.contains(index + 1) { backup.next = found[index + 1].taken }
        return backup
    }
}

private struct Candidate {
    let name: String
    /// By what orders them; nil if that is not known.
    let taken: Date?
    let `as`: (_ reason: String) -> FoundBackup
}

private func candidates(of source: BackupSource) async throws -> Candidates {
    switch source.place {
    case .path(let location):
        if let bucket = S3Backups(location, decryption: source.decryption) {
            return try await candidates(
                of: bucket, "at \(location)", name: { String($0.split(separator: "/").last ?? "") })
        }
        let files = byAge(try matches(location))
        if let decryption = source.decryption {
            return try await candidates(
                of: EncryptedFiles(files: files, decryption: decryption), "at \(location)",
                name: { FilePath($0).lastComponent?.string ?? $0 })
        }
        return Candidates(
            found: files.map { path in
                Candidate(name: path.lastComponent?.string ?? "", taken: modificationTime(of: path)) {
                    FoundBackup(path: path, reason: $0)
                }
            }, words: "at \(location)", order: "modification time")
    case .pgBackRest(let repository):
        return try await candidates(of: repository, "of the stanza \(repository.stanza)", name: { $0 })
    case .barman(let repository):
        return try await candidates(of: repository, "of Barman's server \(repository.server)", name: { $0 })
    case .command(let command):
        let repository = CommandBackup(command: command, variables: source.environment)
        return try await candidates(of: repository, "that the plan's command fetches", name: { $0 })
    case .snapshot(let source):
        return Candidates(
            found: try await findSnapshots(source).map { backup in
                Candidate(name: backup.snapshot.identifier, taken: backup.description.created) {
                    FoundBackup(backup, reason: $0)
                }
            },
            words: source.restoreJob.map { "that the restore job \($0) of AWS Backup has restored" }
                ?? "of the \(source.of)", order: "the time it was taken")
    }
}

private func candidates(
    of repository: any BackupRepository, _ words: String, name: (String) -> String
) async throws -> Candidates {
    Candidates(
        found: try await repository.backups().map { backup in
            Candidate(name: name(backup.name), taken: backup.created) { FoundBackup(repository, backup, reason: $0) }
        }, words: words, order: repository.order)
}

// MARK: Files

private func matches(_ pattern: String) throws(FindError) -> [FilePath] {
    // Absolute, because children work in other directories.
    let all = expand(pattern).map { FilePath(URL(filePath: $0.string).standardizedFileURL.path) }
    // A manifest lies beside its backup, is newer, and is none.
    let matches = all.count > 1 ? all.filter { !ManifestFile.isManifest($0) } : all
    // A link that leads nowhere is no backup; among others it may be the newest, and is not passed over.
    guard matches.contains(where: { FileManager.default.fileExists(atPath: $0.string) }) else {
        throw .nothingThere(path: pattern)
    }
    return matches
}

/// The oldest first.
private func byAge(_ paths: [FilePath]) -> [FilePath] {
    paths.map { (path: $0, modified: modificationTime(of: $0)) }
        .sorted { ($0.modified, $0.path.string) < ($1.modified, $1.path.string) }.map(\.path)
}

/// The paths that a pattern matches, or the path itself if something is there.
private func expand(_ pattern: String) -> [FilePath] {
    // A name with special characters in it is a name first.
    if FileManager.default.fileExists(atPath: pattern) { return [FilePath(pattern)] }
    var result = glob_t()
    defer { globfree(&result) }
    guard glob(pattern, GLOB_MARK, nil, &result) == 0 else { return [] }
    return (0..<Int(result.gl_pathc)).compactMap { result.gl_pathv[$0].map { FilePath(String(cString: $0)) } }
}

private func modificationTime(of path: FilePath) -> Date {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path.string)
    return attributes?[.modificationDate] as? Date ?? .distantPast
}

extension String {
    /// What to do about a path that a shell or a word processor would have made another of.
    fileprivate var advice: String {
        if hasPrefix("~") { return " Nothing expands ~ here: write the whole path." }
        if contains("$") { return " Nothing expands $ here: write the whole path." }
        return contains { "“”„‘’".contains($0) }
            ? " The quotes in it are no quotes of YAML or of a shell: write ' or \"." : ""
    }
}
