import Causes
import Files
import Findings
import Foundation
import Physical
import SystemPackage

/// A base backup in the layout of `pg_basebackup`, or a data directory from a snapshot of a file system.
package struct PhysicalBackup: FileBackup {
    package let directory: DataDirectory
    let clock: BackupClock
    /// Findings about it from earlier steps, for the report.
    package var told: [Finding] = []

    package var trees: [OpenTree] { directory.trees }

    package static func recognise(_ tree: OpenTree, clock: BackupClock) throws -> PhysicalBackup? {
        do {
            guard let directory = try DataDirectory(tree) else { return nil }
            return PhysicalBackup(directory: directory, clock: clock)
        } catch {
            throw flawed(error, at: tree.path)
        }
    }

    package var description: BackupDescription {
        let (created, basis) =
            directory.label.flatMap { Self.creation($0) } ?? (controlFileTime, "modification time of pg_control")
        return BackupDescription(
            kind: directory.label == nil ? "snapshot" : "base backup", format: "data directory", compression: "none",
            bytes: directory.bytes, created: created, createdBasis: basis,
            serverVersion: String(directory.majorVersion), dumpVersion: nil, database: nil)
    }

    private var controlFileTime: Date? {
        let state = directory.tree.state(of: "global/pg_control")
        return (state?.modified.secondsSince1970).map { Date(timeIntervalSince1970: $0) }
    }

    /// - Returns: nil if the label does not say it.
    static func creation(_ label: BackupLabel) -> (Date?, String)? {
        label.startTime.flatMap { date($0) }.map { ($0, "start time in backup_label") }
    }

    /// Reads `2026-11-25 02:00:01 UTC`. The label has the server's own zone, by its abbreviation; only those of UTC are
    /// unambiguous.
    private static func date(_ text: String) -> Date? {
        guard let match = text.wholeMatch(of: /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) (?:UTC|GMT)/) else { return nil }
        return try? Date("\(match.1)T\(match.2)Z", strategy: .iso8601)
    }

    package var inspection: String { "compare its files with its manifest, and look for gaps in its log" }

    package func inspect(progress: @escaping (Int64) throws -> Void) throws -> [Finding] {
        let flaws = directory.flaws
        guard flaws.isEmpty else { return flaws.map { Finding($0) } }
        return [.about(directory.manifest, isSnapshot: directory.label == nil)]
    }
}

extension Finding {
    /// That a backup has the files that its manifest lists, or that none lists them.
    static func about(_ manifest: BackupManifest?, isSnapshot: Bool) -> Finding {
        guard let manifest else {
            return Finding(
                id: .archive, subject: BackupManifest.fileName, status: .notRun,
                reason: isSnapshot
                    ? "a snapshot has no list of its files, so a missing file is noticed only if the server needs it"
                    : "the backup has no manifest: it was made without one, or it was not finished")
        }
        return Finding(
            id: .archive, subject: BackupManifest.fileName, status: .passed, basis: .archive,
            expected: "\(manifest.files.count) files", observed: "every one is there in its size, and no other")
    }
}

extension PhysicalBackup {
    /// A data directory that we made in a scratch directory.
    /// - Parameter scratch: the directory, in which its tablespaces are too.
    /// - Throws: ``FlawedBackup`` if it has a flaw that shows without a server.
    package init(madeAt path: FilePath, in scratch: FilePath, clock: BackupClock) throws {
        let tree = try OpenTree(at: path, following: [scratch])
        guard var backup = try PhysicalBackup.recognise(tree, clock: clock) else {
            throw FlawedBackup(findings: [
                Finding(FileFlaw(path: ".", problem: "it has no PG_VERSION or no global/pg_control: it is not whole"))
            ])
        }
        let findings = try backup.inspect { _ in }
        guard !findings.contains(where: { $0.status == .failed }) else { throw FlawedBackup(findings: findings) }
        backup.told = findings
        self = backup
    }
}
