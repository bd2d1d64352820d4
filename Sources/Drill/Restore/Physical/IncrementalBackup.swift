import Causes
import Findings
import Foundation
import Physical
import Scratch
import SystemPackage

/// An incremental backup (PostgreSQL 17 and newer) with all backups that it builds on. `pg_combinebackup` makes one
/// full backup of them, which is then drilled.
package struct IncrementalBackup: FileBackup {
    let chain: BackupChain
    let clock: BackupClock

    private var last: DataDirectory { chain.links[chain.links.count - 1] }

    package static func recognise(_ path: FilePath, clock: BackupClock) throws -> IncrementalBackup? {
        do {
            return try BackupChain(endingAt: path).map { IncrementalBackup(chain: $0, clock: clock) }
        } catch let error as BackupChainError {
            throw FlawedBackup(findings: [Finding(FileFlaw(path: "chain", problem: error.description))])
        } catch {
            throw flawed(error)
        }
    }

    package var description: BackupDescription {
        let created = last.label.flatMap { PhysicalBackup.creation($0) }
        return BackupDescription(
            kind: "base backup", format: "incremental, \(chain.links.count) backups", compression: "none",
            bytes: chain.bytes, created: created?.0, createdBasis: created?.1,
            serverVersion: String(last.majorVersion), dumpVersion: nil, database: nil)
    }

    package var estimatedDiskSpace: Int64 { PhysicalBackup.diskSpace(forCopyOf: chain.bytes) }

    package func chooseInstallation(in setting: RestoreSetting) async throws -> InstallationChoice {
        try InstallationChoice(
            ofMajor: last.majorVersion, among: try await Installation.findAll(configured: setting.postgres))
    }

    package func words(for setting: RestoreSetting) -> (inspect: String, restore: String) {
        (
            "compare the names and sizes of each backup's files with its manifest",
            """
            verify \(chain.links.map { $0.path.lastComponent?.string ?? "" }.joined(separator: ", ")), combine them \
            with pg_combinebackup, and recover to \(setting.recovery.target)
            """
        )
    }

    package func flaws(progress: @escaping (Int64) throws -> Void) throws -> [Finding] {
        try chain.links.flatMap { link in
            let own = try PhysicalBackup(directory: link, clock: clock).flaws(progress: progress)
            return own.map { finding in
                var finding = finding
                finding.subject = "\(link.path.lastComponent?.string ?? "."): \(finding.subject)"
                return finding
            }
        }
    }

    package func withRestored<Result: Sendable>(
        in setting: RestoreSetting, cleanup: CleanupLog, emit: @escaping RestoreEventSink,
        _ body: @escaping @Sendable (Restoring) async throws -> Result
    ) async throws -> Result {
        let installation = try await chooseInstallation(in: setting).installation
        return try await setting.withWorkspace(
            for: last.path, diskSpace: estimatedDiskSpace, cleanup: cleanup
        ) { workspace in
            emit(.phase("unpack"))
            try await verify(emit)
            try await combine(in: workspace, installation, deadline: setting.deadline)
            let backup = try PhysicalBackup(madeAt: workspace.data, clock: clock)
            return try await backup.withRestored(in: setting.taking(workspace), cleanup: cleanup, emit: emit, body)
        }
    }

    /// Verifies the backups, because `pg_combinebackup` trusts what it reads.
    private func verify(_ emit: @escaping RestoreEventSink) async throws {
        var before: Int64 = 0
        let total = chain.bytes
        var findings: [Finding] = []
        for link in chain.links {
            let start = before
            let flaws = try await link.verify(workers: ProcessInfo.processInfo.activeProcessorCount) {
                emit(.progress(done: start + $0, total: total, unit: .bytes))
            }
            before += link.bytes
            let name = link.path.lastComponent?.string ?? "."
            findings += flaws.map { Finding(FileFlaw(path: "\(name)/\($0.path)", problem: $0.problem)) }
        }
        guard findings.isEmpty else { throw FlawedBackup(findings: findings) }
    }

    private func combine(in workspace: Workspace, _ installation: Installation, deadline: Duration) async throws {
        try workspace.makeDirectory(workspace.tablespaces)
        // Without these mappings, pg_combinebackup would write to the directories that the last backup's links lead to.
        let mappings = try last.tablespaces.sorted { $0.key < $1.key }.map { oid, link in
            let old = try FileManager.default.destinationOfSymbolicLink(atPath: link.string)
            return "--tablespace-mapping=\(Self.escape(old))=\(Self.escape("\(workspace.tablespaces)/\(oid)"))"
        }
        let command = Command(
            installation.program("pg_combinebackup"),
            chain.links.map(\.path.string) + mappings + ["--output=\(workspace.data)", "--no-sync"])
        let outcome = try await workspace.fence.around(workspace.around(command), readsAnyFile: true).run(
            deadline: deadline)
        if outcome.timedOut {
            throw ScratchError.deadlineExceeded(program: "pg_combinebackup", seconds: deadline / .seconds(1))
        }
        guard outcome.succeeded else { throw Self.failure(of: outcome) }
    }

    /// pg_combinebackup has one exit code for all errors. The backups are to blame only if its message is about them.
    private static func failure(of outcome: Command.Outcome) -> any Error {
        let words = outcome.failure
        guard outcome.exitCode == 1, accusations.contains(where: words.contains) else {
            return ScratchError.childFailed(program: "pg_combinebackup", reason: words)
        }
        return FlawedBackup(findings: [
            Finding(FileFlaw(path: "chain", problem: "pg_combinebackup cannot combine the backups: \(words)"))
        ])
    }

    /// Parts of its messages about the backups.
    private static let accusations = [
        "system identifier", "starts at LSN", "starts on timeline", "manifest", "is an incremental backup",
        "is a full backup", "was expecting", "checksum", "backup label", "not found in full backup", "magic number",
        "exceeds segment size", "truncated", "could not read enough",
    ]

    /// `=` separates the two paths, so it is escaped.
    private static func escape(_ path: String) -> String {
        path.replacing("\\", with: "\\\\").replacing("=", with: "\\=")
    }
}
