import Files
import Findings
import Foundation
import Physical
import SystemPackage

/// An incremental backup (PostgreSQL 17 and newer) with all backups that it builds on. `pg_combinebackup` makes one
/// full backup of them, which is then drilled.
package struct IncrementalBackup: FileBackup {
    package let chain: BackupChain
    package let clock: BackupClock

    package var last: DataDirectory { chain.links[chain.links.count - 1] }

    package var trees: [OpenTree] { chain.links.flatMap(\.trees) }

    package static func recognise(_ tree: OpenTree, clock: BackupClock) throws -> IncrementalBackup? {
        do {
            return try BackupChain(endingAt: tree).map { IncrementalBackup(chain: $0, clock: clock) }
        } catch let error as BackupChainError {
            throw FlawedBackup(findings: [Finding(FileFlaw(path: "chain", problem: error.description))])
        } catch {
            throw flawed(error, at: tree.path)
        }
    }

    package var description: BackupDescription {
        let created = last.label.flatMap { PhysicalBackup.creation($0) }
        return BackupDescription(
            kind: "base backup", format: "incremental, \(chain.links.count) backups", compression: "none",
            bytes: chain.bytes, created: created?.0, createdBasis: created?.1,
            serverVersion: String(last.majorVersion), dumpVersion: nil, database: nil)
    }

    package var inspection: String { "compare the names and sizes of each backup's files with its manifest" }

    package func inspect(progress: @escaping (Int64) throws -> Void) throws -> [Finding] {
        try chain.links.flatMap { link in
            try PhysicalBackup(directory: link, clock: clock).inspect(progress: progress).map { $0.of(link) }
        }
    }
}
