import Drill
import Evidence
import Fetch
import Foundation
import Glibc
import Report
import SystemPackage

extension Plan {
    /// The plan that an argument names, or one for the backup that it names.
    /// - Throws: ``Failure``.
    init(named subject: String) throws {
        let isPlan = [".yaml", ".yml"].contains { subject.lowercased().hasSuffix($0) }
        do {
            self = try isPlan ? Plan(contentsOf: FilePath(subject)) : Plan(ofBackupAt: subject)
        } catch {
            throw Failure(.wrongCommand, error)
        }
    }
}

extension DrillRequest {
    /// The drill of a plan that a command asks for.
    /// - Parameters:
    ///   - backup: replaces the plan's backup.
    ///   - pick: replaces the plan's choice.
    ///   - reports: replaces the plan's directory.
    ///   - key: evaluated only once there is a backup.
    /// - Throws: ``Failure`` when there is no such backup, or it cannot do what the plan asks.
    init(
        _ plan: Plan, backup: String?, pick: String?, reports: String?, key: @autoclosure () throws -> SigningKey?,
        keepScratch: Bool
    ) async throws {
        var plan = plan
        guard var source = plan.backup ?? backup.map({ BackupSource(path: $0) }) else {
            throw Failure(.wrongCommand, "the plan names no backup: name one with --backup.")
        }
        source.override(backup: backup, pick: pick)
        if let backup { plan.note("--backup \(backup)") }
        if let pick { plan.note("--pick \(pick)") }
        plan.backup = source
        let found: FoundBackup
        do {
            found = try await findBackup(source)
        } catch let error as FetchError where !error.saysNothingIsThere {
            found = FoundBackup(unlisted: source, error)
        } catch {
            throw Failure(finding: error)
        }
        self.init(
            plan: plan, backup: found, reports: FilePath(reports ?? plan.reports?.string ?? "pgassay-reports"),
            signer: try key(),
            trigger: Report.Trigger(ofThisProcess: ()), toolVersion: PgAssay.version, keepScratch: keepScratch)
        do {
            try requirePossible()
        } catch {
            throw Failure(.wrongCommand, error)
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
