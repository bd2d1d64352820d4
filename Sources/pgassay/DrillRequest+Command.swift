import Drill
import Evidence
import Fetch
import Foundation
import Glibc
import Ledger
import PlanKeys
import Report
import SystemPackage

extension Plan {
    /// Whether an argument names a plan, and no backup.
    static func isPlan(_ subject: String) -> Bool {
        [".yaml", ".yml"].contains { subject.lowercased().hasSuffix($0) }
    }

    /// The plan that an argument names, or one for the backup that it names.
    /// - Throws: ``Failure``.
    init(named subject: String) throws {
        self = try Self.isPlan(subject) ? Plan(file: subject) : Plan(ofBackupAt: subject)
    }

    /// - Throws: ``Failure`` if it cannot be read, or is no plan.
    init(file: String) throws {
        do {
            try self.init(contentsOf: FilePath(file))
        } catch {
            throw Failure(.wrongCommand, error)
        }
    }
}

extension Plan {
    /// Drills what a job of AWS Backup has restored, instead of restoring a snapshot.
    /// - Throws: ``Failure``.
    mutating func drill(restoredBy job: String) throws {
        guard job.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9-]{0,127}/) != nil else {
            throw Failure(.wrongCommand, "--restore-job takes the id of a restore job, of letters, digits and hyphens.")
        }
        guard case .snapshot(var source) = backup?.place else {
            throw Failure(
                .wrongCommand,
                "--restore-job needs a plan that says how to connect: name one with \(PlanKey.backupSnapshot).")
        }
        source.restoreJob = job
        backup?.place = .snapshot(source)
        note("--restore-job \(job)")
    }
}

extension DrillRequest {
    /// The drill of a plan that a command asks for.
    /// - Parameters:
    ///   - backup: replaces the plan's backup.
    ///   - pick: replaces the plan's choice.
    ///   - reports: replaces the plan's directory.
    ///   - key: what is wrong with it is told only once there is a backup.
    ///   - ledger: where signed reports are entered.
    ///   - begins: whether the ledger has an entry before the backup is looked for. Whoever asks for it ends it, by ``entering(_:)``.
    /// - Throws: ``Failure`` when there is no such backup, or it cannot do what the plan asks.
    init(
        _ plan: Plan, backup: String?, pick: String?, reports: String?, key: @autoclosure () throws -> (any Signer)?,
        ledger: LedgerOptions, begins: Bool = true, keepScratch: Bool
    ) async throws {
        var plan = plan
        guard var source = plan.backup ?? backup.map({ BackupSource(path: $0) }) else {
            throw Failure(.wrongCommand, "the plan names no backup: name one with --backup.")
        }
        source.override(backup: backup, pick: pick)
        if let backup { plan.note("--backup \(backup)") }
        if let pick { plan.note("--pick \(pick)") }
        plan.backup = source
        let reports = FilePath(reports ?? plan.reports?.string ?? "pgassay-reports")
        let signer = Result { try key() }
        let drillLedger = try ledger.destination(
            plan.ledger, nextWithin: plan.within, reports: reports, signer: try? signer.get())
        var run: LedgerRun?
        if begins, let drillLedger {
            run = await LedgerRun.begin(drillLedger, plan: plan.name) { Terminal.note("\($0)\n") }
        }
        do {
            self.init(
                plan: plan, backup: try await Self.find(source), reports: reports, signer: try signer.get(),
                trigger: Report.Trigger(ofThisProcess: ()), toolVersion: PgAssay.version, keepScratch: keepScratch)
            (self.ledger, self.run) = (drillLedger, run)
            try requirePossible()
        } catch {
            await run?.endWithoutReport(.mistake)
            if error is Failure { throw error }
            throw Failure(.wrongCommand, error)
        }
    }

    /// - Throws: ``Failure``.
    private static func find(_ source: BackupSource) async throws -> FoundBackup {
        do {
            return try await findBackup(source)
        } catch let error as FetchError where !error.saysNothingIsThere {
            return FoundBackup(unlisted: source, error)
        } catch {
            throw Failure(finding: error)
        }
    }

    /// Does what is left to do before and with the drill. If that ends without a report, the ledger says so.
    func entering<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch {
            await run?.endWithoutReport(.mistake)
            throw error
        }
    }
}

extension DrillRequest {
    /// - Throws: ``Failure`` when no report could be written where reports are kept.
    func probeReports() throws {
        do throws(ReportStoreError) {
            try ReportStore.probe(reports)
        } catch {
            if case .notADirectory = error { throw Failure(.wrongCommand, error) }
            throw Failure(.couldNotTell, error)
        }
    }
}

extension Report.Trigger {
    /// Who started this process, as far as it can know: a systemd unit, a person at a terminal, or something else.
    init(ofThisProcess: Void) {
        let environment = ProcessInfo.processInfo.environment
        let kind =
            environment["INVOCATION_ID"] != nil ? "systemd" : isatty(STDIN_FILENO) == 1 ? "manual" : "unattended"
        // Under sudo, the person and not root.
        self.init(
            kind: kind, user: environment["SUDO_USER"] ?? NSUserName(), host: ProcessInfo.processInfo.hostName)
    }
}

extension Failure {
    /// Why no backup was found: the command is wrong, or a storage or program could not be asked.
    init(finding error: any Error) {
        switch error {
        case let error as FetchError where error.saysNothingIsThere: self.init(.wrongCommand, error)
        case is FetchError: self.init(.couldNotTell, error)
        default: self.init(.wrongCommand, error)
        }
    }
}
