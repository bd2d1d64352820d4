import Causes
import Files
import Findings
import Physical
import PlanKeys
import SystemPackage

/// What is known of a recovery before the files are read.
extension PhysicalBackup {
    /// - Throws: ``FlawedBackup`` where the file cannot be used; ``Physical/ControlFileError`` of a release that is not known here.
    package func readControlFile() throws -> ControlFile {
        do {
            return try ControlFile(of: directory)
        } catch {
            throw flawed(error, at: directory.path)
        }
    }

    /// What keeps its files from belonging to each other.
    package func originFindings(_ control: ControlFile) -> [Finding] {
        (CopyOrigin(directory, control).flaws + SharedCatalogue.lost(in: directory.tree)).map { Finding($0) }
    }

    /// Whether its files are of one moment, where only that makes them a backup; nil for every other copy.
    /// - Parameter isStated: somebody says that they are.
    package func momentFinding(_ control: ControlFile, isStated: Bool) -> Finding? {
        guard CopyOrigin(directory, control).needsOneMoment else { return nil }
        let expected = "every file of one moment: the server ran, and there is no backup_label"
        guard !isStated else {
            return Finding(
                id: .archive, subject: "snapshot", status: .passed, basis: .plan, expected: expected,
                observed: "\(PlanKey.recoverySnapshot) says so, and no page contradicts it")
        }
        let rule = cause(of: .momentUnknown)
        return Finding(
            id: .archive, subject: "snapshot", status: rule.status, basis: .rule, expected: expected,
            observed: "no page contradicts it, which does not prove it", reason: rule.reason,
            cause: rule.cause)
    }

    /// - Parameter until: no log after this position is needed; nil if that is not known.
    package func need(_ control: ControlFile, until: LogPosition? = nil) -> WriteAheadLog.Need {
        WriteAheadLog.Need(of: control, directory.label, manifestEnd: directory.manifest?.end, until: until)
    }

    /// - Parameter archive: where the server archived its log.
    package func log(_ control: ControlFile, archive: OpenTree?) -> WriteAheadLog {
        WriteAheadLog(ofBackup: directory.log.map(\.source), archive: archive, segmentSize: control.segmentSize)
    }
}

extension OpenTree {
    /// Opens an archive of the log. Segments may arrive there meanwhile: what is there now is what is used.
    /// - Throws: ``UnsupportedBackup/noLogArchive(_:)``.
    package static func ofLogArchive(at path: FilePath) throws(UnsupportedBackup) -> OpenTree {
        do {
            let tree = try OpenTree(at: path, entersDirectories: false)
            if tree.isDirectory { return tree }
        } catch {
            throw .noLogArchive(path)
        }
        throw .noLogArchive(path)
    }
}
