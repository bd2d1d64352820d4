import Causes
import Findings
import Physical
import SystemPackage

/// A backup with a flaw because of which no server should be started on it.
package struct FlawedBackup: Error, Sendable, CustomStringConvertible {
    package let findings: [Finding]

    package init(findings: [Finding]) { self.findings = findings }

    package var description: String {
        findings.map { "\($0.subject): \($0.observed ?? "")" }.joined(separator: "; ")
    }
}

/// Converts an error of reading a physical backup to a flaw of the backup; other errors are returned unchanged.
/// - Parameter path: of the backup.
package func flawed(_ error: any Error, at path: FilePath) -> any Error {
    switch error {
    case DataDirectoryError.notFollowed(let link, let target):
        UnsupportedBackup.linkNotFollowed(path.pushing(FilePath(link)), target: target)
    case DataDirectoryError.missing(let name):
        FlawedBackup(findings: [
            Finding(FileFlaw(path: name, problem: "it is missing, and every data directory has it"))
        ])
    case let error as DataDirectoryError:
        FlawedBackup(findings: [Finding(FileFlaw(path: ".", problem: error.description))])
    case let error as ManifestError:
        FlawedBackup(findings: [Finding(FileFlaw(path: BackupManifest.fileName, problem: error.description))])
    // Of a release that is not known here, nothing is known to be wrong.
    case ControlFileError.unknownVersion: error
    case let error as ControlFileError:
        FlawedBackup(findings: [Finding(FileFlaw(path: ControlFile.fileName, problem: error.description))])
    default: error
    }
}

extension Finding {
    /// The finding about a file of a physical backup that is not as it should be.
    package init(_ flaw: FileFlaw) {
        let rule = Causes.cause(of: .archiveIncomplete)
        self.init(
            id: .archive, subject: flaw.path, status: rule.status, basis: .archive, expected: "whole",
            observed: flaw.problem, reason: rule.reason, cause: rule.cause)
    }
}
