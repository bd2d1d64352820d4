import Drill
import Evidence
import Foundation
import Glibc
import SystemPackage

extension DrillRequest {
    /// A drill of a plan, as a command asks for it.
    /// - Parameters:
    ///   - backup: instead of the plan's.
    ///   - pick: instead of the plan's.
    ///   - reports: instead of the plan's.
    ///   - key: asked for once there is a backup.
    /// - Throws: ``Failure`` when there is no such backup.
    init(
        _ plan: Plan, backup: String?, pick: String?, reports: String?, key: @autoclosure () throws -> SigningKey?,
        keepScratch: Bool
    ) throws {
        var plan = plan
        var source = plan.backup ?? BackupSource(path: "")
        if let backup { source.path = backup }
        if let pick { source.pick = BackupSource.Pick(pick) }
        guard !source.path.isEmpty else {
            throw Failure(.wrongCommand, "the plan names no backup: name one with --backup.")
        }
        plan.backup = source
        let found: FoundBackup
        do {
            found = try findBackup(source)
        } catch {
            throw Failure(.wrongCommand, error)
        }
        self.init(
            plan: plan, backup: found, reports: FilePath(reports ?? plan.reports?.string ?? "pgassay-reports"),
            key: try key(),
            trigger: Report.Trigger(ofThisProcess: ()), toolVersion: PgAssay.version, keepScratch: keepScratch)
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
