import Files
import Findings
import Foundation
import Physical
import SystemPackage

/// A base backup in tar files, compressed or not. It is unpacked, and the result is drilled like a data directory.
package struct TarBackup: FileBackup {
    package let tar: TarredBackup
    package let clock: BackupClock

    package var trees: [OpenTree] { [tar.tree] }

    /// - Throws: ``NotABackup`` of an incremental backup.
    package static func recognise(_ tree: OpenTree, clock: BackupClock) throws -> TarBackup? {
        do {
            guard let tar = try TarredBackup(tree) else { return nil }
            if tar.label.incrementalFrom != nil { throw NotABackup.incrementalInTar(tree.path.string) }
            return TarBackup(tar: tar, clock: clock)
        } catch {
            throw flawed(error, at: tree.path)
        }
    }

    package var description: BackupDescription {
        let created = PhysicalBackup.creation(tar.label)
        return BackupDescription(
            kind: "base backup", format: "tar files", compression: tar.compression.rawValue, bytes: tar.bytes,
            created: created?.0, createdBasis: created?.1, serverVersion: String(tar.majorVersion), dumpVersion: nil,
            database: nil)
    }

    package var inspection: String { "read how its tar files begin" }

    /// Flaws of the files themselves are found when they are unpacked.
    package func inspect(progress: @escaping (Int64) throws -> Void) -> [Finding] {
        tar.missingTablespaces.map { Finding($0) }
    }

    /// Reads every member where it lies: what a drill finds while it unpacks them and lays them out.
    package mutating func inspectAlone(_ setting: InspectionSetting) async throws -> [Finding] {
        do {
            let contents = try tar.read(archive: setting.logArchive) { done, total in
                try Task.checkCancellation()
                setting.progress(done, total)
            }
            let isNamedWhole = !contents.reading.flaws.contains { $0.path == BackupManifest.fileName }
            let manifest = Finding.about(contents.manifest, isSnapshot: false)
            return (isNamedWhole ? [manifest] : []) + tar.missingTablespaces.map { Finding($0) }
                + contents.reading.findings(
                    besides: [], contents.control, hasManifest: contents.manifest != nil)
        } catch {
            throw flawed(error, at: tar.path)
        }
    }
}

extension NotABackup {
    fileprivate static func incrementalInTar(_ name: String) -> NotABackup {
        NotABackup(
            name: name, what: "an incremental backup in tar files, which pg_combinebackup does not read",
            advice: """
                unpack it (tar -xf), and those that it builds on, into directories beside each other, and name the last one
                """)
    }
}
