import Backup
import Causes
import Findings
import Foundation
import Launcher
import Physical
import Processes
import Scratch
import SystemPackage

/// How a chain is restored: combined by pg_combinebackup, then as a data directory.
extension IncrementalBackup: RestorableFiles {
    package var estimatedDiskSpace: Int64 { PhysicalBackup.diskSpace(forCopyOf: chain.bytes) }

    package func chooseInstallation(in setting: RestoreSetting) async throws -> InstallationChoice {
        try InstallationChoice(
            ofMajor: last.majorVersion, among: try await Installation.findAll(configured: setting.postgres))
    }

    package func restoration(in setting: RestoreSetting) -> String {
        """
        verify \(chain.links.map { $0.path.lastComponent?.string ?? "" }.joined(separator: ", ")), combine them with \
        pg_combinebackup, and recover to \(setting.recovery.target)
        """
    }

    package func withRestored<Result: Sendable>(
        in setting: RestoreSetting, cleanup: CleanupLog, emit: @escaping RestoreEventSink,
        _ body: @escaping @Sendable (Restoring) async throws -> Result
    ) async throws -> [Result] {
        let installation = try await chooseInstallation(in: setting).installation
        return try await setting.withWorkspace(
            for: last.path, diskSpace: estimatedDiskSpace, cleanup: cleanup
        ) { workspace in
            try await setting.takingDigest(during: .unpack, emit) { try await verify(setting, emit) }
            try await combine(in: workspace, installation, deadline: setting.deadline)
            let backup = try PhysicalBackup(madeAt: workspace.data, in: workspace.path, clock: clock)
            return try await backup.withRestored(in: setting.taking(workspace), cleanup: cleanup, emit: emit, body)
        }
    }

    /// Verifies the backups, because `pg_combinebackup` trusts what it reads.
    private func verify(_ setting: RestoreSetting, _ emit: @escaping RestoreEventSink) async throws {
        var before: Int64 = 0
        let total = chain.bytes
        var findings: [Finding] = []
        for link in chain.links {
            let start = before
            let flaws = try await link.verify(
                checksumsBefore: nil, digests: setting.digests, workers: ProcessInfo.processInfo.activeProcessorCount
            ) {
                emit(.progress(done: start + $0, total: total, unit: .bytes))
            }
            before += link.bytes
            let name = link.path.lastComponent?.string ?? "."
            findings += flaws.map { Finding(FileFlaw(path: "\(name)/\($0.path)", problem: $0.problem)) }
        }
        guard findings.isEmpty else { throw FlawedBackup(findings: findings) }
    }

    private func combine(in workspace: Workspace, _ installation: Installation, deadline: Duration) async throws {
        // It sees these two, and nothing above them.
        for path in [workspace.data, workspace.tablespaces] { try workspace.makeDirectory(path) }
        // Without these mappings, pg_combinebackup would write to the directories that the last backup's links lead to.
        let mappings = try last.tablespaces.sorted { $0.key < $1.key }.map { oid, _ in
            // As the link has it: that is what pg_combinebackup compares.
            let old = try last.tree.target(of: FilePath("pg_tblspc/\(oid)")).string
            return "--tablespace-mapping=\(Self.escape(old))=\(Self.escape("\(workspace.tablespaces)/\(oid)"))"
        }
        let command = Command(
            installation.program("pg_combinebackup"),
            chain.links.map(\.path.string) + mappings + ["--output=\(workspace.data)", "--no-sync"])
        var sights = try [workspace.data, workspace.tablespaces].map { try Sight.present($0, .write) }
        for tree in chain.links.flatMap(\.trees) { sights.append(try .opened(tree, .readAsOwner)) }
        let outcome = try await workspace.fence.around(
            workspace.around(command), of: installation, seeing: sights
        ).run(deadline: deadline)
        if outcome.timedOut {
            throw ScratchError.deadlineExceeded(program: "pg_combinebackup", seconds: deadline / .seconds(1))
        }
        guard outcome.succeeded else { throw Self.failure(of: outcome) }
    }

    /// pg_combinebackup has one exit code for all errors. The backups are to blame only if its message is about them.
    private static func failure(of outcome: Command.Outcome) -> any Error {
        let words = outcome.failure
        guard outcome.exitCode == 1, wordsAboutTheBackup.contains(where: words.contains) else {
            return ScratchError.childFailed(program: "pg_combinebackup", reason: words)
        }
        return FlawedBackup(findings: [
            Finding(FileFlaw(path: "chain", problem: "pg_combinebackup cannot combine the backups: \(words)"))
        ])
    }

    /// What it says of them, in part.
    private static let wordsAboutTheBackup = [
        "system identifier", "starts at LSN", "starts on timeline", "manifest", "is an incremental backup",
        "is a full backup", "was expecting", "checksum", "backup label", "not found in full backup", "magic number",
        "exceeds segment size", "truncated", "could not read enough",
    ]

    /// `=` parts the two paths.
    private static func escape(_ path: String) -> String {
        path.replacing("\\", with: "\\\\").replacing("=", with: "\\=")
    }
}
