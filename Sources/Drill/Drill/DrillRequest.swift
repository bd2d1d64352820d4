import Evidence
import Findings
import Ledger
import Postgres
import Report
import Restore
import Scratch
import Snapshots
import SystemPackage

/// One drill to run.
package struct DrillRequest: Sendable {
    package var plan: Plan
    package var backup: FoundBackup
    package var reports: FilePath
    /// Nil leaves the report unsigned, and the report says so.
    package var signer: (any Signer)?
    package var trigger: Report.Trigger
    package var toolVersion: String
    package var keepScratch: Bool
    package var manifest = ManifestChoice()
    /// Where the drill is entered; nil where it is not signed.
    package var ledger: DrillLedger?
    /// The drill in the ledger, if its begin is entered already.
    package var run: LedgerRun?
    /// What is done with the report once it is stored and entered in the ledger, in this order.
    package var reportSteps: [any ReportStep] = []

    package init(
        plan: Plan, backup: FoundBackup, reports: FilePath, signer: (any Signer)?, trigger: Report.Trigger,
        toolVersion: String, keepScratch: Bool
    ) {
        self.plan = plan
        self.backup = backup
        self.reports = reports
        self.signer = signer
        self.trigger = trigger
        self.toolVersion = toolVersion
        self.keepScratch = keepScratch
    }

    /// Whose earlier reports count: those of the key that signs, and of the keys before it, each at its time. Nil where nobody signs.
    package var ring: KeyRing? { signer.map { ledger?.place.ring ?? KeyRing(operators: [$0.publicKey]) } }

    /// All that is done with a stored report.
    var allReportSteps: [any ReportStep] {
        (run?.steps(.finished) ?? []) + toldElsewhere + reportSteps
    }

    private var toldElsewhere: [any ReportStep] {
        guard case .snapshot(let backup) = backup.origin, let job = backup.restoredBy else { return [] }
        return [TellRestoreJob(source: backup.source, job: job)]
    }

    /// The program and its version, as reports have it in `environment.tool`.
    var tool: String { "pgassay \(toolVersion)" }
}

/// A database that a drill has restored and checked, while it is there.
package struct CheckedDatabase: Sendable {
    /// Its name, where the drill checks several.
    package let database: String?
    /// As a role that sees every row.
    package let target: ConnectionTarget
    /// From what was found so far; objectives are measured later.
    package let judgement: Judgement
    /// Of the backup, as reports have it.
    package let backupDigest: [String: String]
}

/// Does something with a checked database. An error there is not a finding of the drill: what is thrown ends the drill.
package typealias CheckedDatabaseSink = @Sendable (CheckedDatabase) async throws -> Void

/// A drill that has ended and is reported.
package struct DrillResult: Sendable {
    package let report: Report
    /// The bytes that were signed and stored.
    package let statement: [UInt8]
    package let file: FilePath
    package let kept: KeptServer?
    /// What became of each of ``DrillRequest/reportSteps``, in their order.
    package let steps: [ReportStepResult]
    /// The drill in the ledger; nil where it is not signed.
    package let ledger: LedgerRun?
}
