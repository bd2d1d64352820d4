import Archive
import Findings

/// What is wrong with a dump as it lies there.
package enum ArchiveFlaw {
    /// The id of findings about the backup itself, not about what was restored from it.
    package static let checkID = "archive"
}

extension DumpBackup {
    package func flaws(progress: @escaping (Int64) -> Void) throws -> [Finding] {
        let found = try dump.incompleteness(progress: progress).map { flaw in
            Finding(
                id: ArchiveFlaw.checkID, subject: flaw.subject, status: .failed, basis: .rule, expected: "whole",
                observed: flaw.problem, reason: "the dump is cut off, damaged or incomplete: use another backup",
                cause: .backup)
        }
        guard found.isEmpty else { return found }
        return [
            Finding(
                id: ArchiveFlaw.checkID, subject: dump.path.string, status: .passed, basis: .rule,
                expected: "nothing cut off where pg_restore would not notice", observed: "nothing cut off")
        ]
    }
}
