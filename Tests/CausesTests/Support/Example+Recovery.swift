import Backup
import Files
import Findings
import Foundation
import Physical
import Postgres
import Scratch
import SystemPackage
import TestSupport
import Testing

@testable import Restore

/// How a recovery ends early.
extension Example {
    static let recovery = [
        recovering("target-not-reached", "last commit", "a target that nobody has committed yet") { _ in
            try RecoveryTarget(time: "2099-01-01 00:00Z")
        },
        recovering("target-too-early", "a backup of", "a target before the backup") { _ in
            try RecoveryTarget(time: "2001-01-01 00:00Z")
        },
        recovering("log-missing", "log", "the record that ends a backup is wiped out") { backup in
            let manifest = backup.appending(BackupManifest.fileName)
            let file = try #require(OpenTree(at: manifest).file())
            let end = try #require(try BackupManifest(file).logRanges.map(\.end).max())
            // Without it, only the server can tell where the backup ended.
            try FileManager.default.removeItem(atPath: manifest.string)
            let segment = LogSegment(of: LogPosition(end.value - 1), timeline: 1, size: 16 << 20)
            let log = try FileDescriptor.open(backup.appending("pg_wal/\(segment)"), .writeOnly)
            try log.closeAfter {
                let offset = Int64(end.value - segment.start.value) - 64
                _ = try log.writeAll(toAbsoluteOffset: offset, [UInt8](repeating: 0, count: 4096))
            }
            return .latest
        },
        Example("moment-unknown", "snapshot", "the files of a server that runs") { lab in
            try await SourceCluster.with(major: lab.server.installation.version.major) { cluster in
                let backup = try #require(
                    try PhysicalBackup.recognise(
                        OpenTree(at: cluster.data), clock: BackupClock(timeZone: .gmt, name: "UTC")))
                let finding = backup.momentFinding(try backup.readControlFile(), isStated: false)
                return [finding].compactMap { $0.flatMap { Decided($0) } }
            }
        },
    ]

    /// - Parameter prepare: may damage the backup; returns what it is to be recovered to.
    private static func recovering(
        _ rule: String, _ says: String, _ reason: String,
        _ prepare: @escaping @Sendable (FilePath) throws -> RecoveryTarget
    ) -> Example {
        Example(rule, says, reason) { lab in
            try await SourceCluster.with(major: lab.server.installation.version.major) { cluster in
                let backup = try await cluster.baseBackup("b")
                try await cluster.execute("CREATE TABLE t AS SELECT 1 AS i")
                try await cluster.archiveAll()
                var setting = RestoreSetting(
                    server: .ownServer(parent: TestServer.parent, account: nil), jobs: 1, deadline: .seconds(600),
                    label: "lab")
                setting.recovery.target = try prepare(backup)
                if setting.recovery.target != .latest { setting.recovery.archive = cluster.archive }
                do {
                    let opened = restorable(
                        try openBackup(.ofBackup(at: backup), clock: BackupClock(timeZone: .gmt, name: "UTC")))
                    _ = try await opened.withRestored(in: setting, cleanup: CleanupLog(), emit: { _ in }) { _ in }
                    return []
                } catch let error as FlawedBackup {
                    return error.findings.compactMap { Decided($0) }
                }
            }
        }
    }
}
