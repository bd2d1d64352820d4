import Findings
import Report
import SystemPackage

/// What a database has of the farm database.
package struct DemoCount: Codable, Sendable, Equatable {
    package let rows: Int
    /// Large objects that have contents.
    package let photos: Int
}

/// What `pg_restore` said and did.
package struct DemoRestore: Sendable {
    package let exitCode: Int
    /// The last line that it said; empty if it said nothing.
    package let words: String
    /// What is in the database that it has restored into.
    package let count: DemoCount
}

/// One copy of the dump: what was done to it, and what came of it.
package struct DemoCopy: Sendable {
    package let name: String
    /// What was done to it, for people; nil for the copy that is whole.
    package let damage: String?
    package let path: FilePath
    package let restore: DemoRestore
    /// Of pgassay's drill.
    package let report: Report
    package let reportFile: FilePath

    /// All findings that failed or were inconclusive; empty if pgassay found nothing wrong.
    package var complaints: [Finding] { report.checks.filter { $0.status == .failed || $0.status == .inconclusive } }

    /// Whether pgassay gave the right verdict: the whole copy passed, or a damaged copy failed because the backup is bad.
    package var isJudgedRight: Bool {
        damage == nil ? report.verdict == .passed : report.verdict == .failed && report.cause == .backup
    }
}

/// Several copies of one dump, side by side.
package struct DemoResult: Sendable {
    /// The version of PostgreSQL that all of this ran on.
    package let postgres: String
    /// What the source has.
    package let source: DemoCount
    /// The whole one first.
    package let copies: [DemoCopy]

    /// Whether pgassay gave the right verdict for every copy.
    package var isJudgedRight: Bool { copies.allSatisfy(\.isJudgedRight) }

    /// Damaged copies of which `pg_restore` says that all is well.
    package var unnoticed: [DemoCopy] { copies.filter { $0.damage != nil && $0.restore.exitCode == 0 } }
}
