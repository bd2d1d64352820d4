import Backup
import Checks
import Findings
import Foundation
import Manifest
import Restore

/// The steps that a drill takes with each database: waits until it is restored, checks it, and hands it on.
struct DatabaseCheck: Sendable {
    let drill: DrillContext
    let phases: PhaseSequence
    /// When the backup was made, if that is known.
    let created: Date?
    /// Whether the backup has several databases, of which this drill checks some.
    let isChosen: Bool
    let manifest: SourceManifest?
    let reports = EarlierReports()
    /// Questions at the same time.
    let jobs: Int

    /// Checks a database. What ends the checks of one of several becomes a finding of it, and the next one is checked.
    /// - Returns: the server, where it is kept.
    /// - Throws: what keeps the only database from being checked; ``Backup/Mistake``; when the drill is interrupted.
    func check(_ restoring: Restoring) async throws -> KeptServer? {
        guard let database = restoring.database else { return try await checkOne(restoring) }
        let all = drill.record.current.databases
        if let place = all.firstIndex(of: database) {
            drill.emit(.note("database \(database), \(place + 1) of \(all.count)"))
        }
        do {
            return try await checkOne(restoring)
        } catch let mistake as any Mistake {
            throw mistake
        } catch {
            if Task.isCancelled || error is CancellationError { throw error }
            let met = restoring.explain(error)
            let findings = (met as? FlawedBackup)?.findings ?? [Finding(ending: met, subject: "database")]
            drill.add(findings.map { $0.of(database) })
            return nil
        }
    }

    private func checkOne(_ restoring: Restoring) async throws -> KeptServer? {
        let database = restoring.database
        // Which of its databases is checked is known only now.
        if isChosen, database == nil { drill.record.update { $0.description?.database = restoring.name } }
        let results = try await runChecks(try request(restoring), on: restoring, emit: tell) { restored in
            drill.record.update {
                $0.restored += 1
                $0.secondsElsewhere = restored.secondsElsewhere
            }
            drill.add((restored.problems.map(RestoreCheck.finding(about:)) + restored.findings).map { $0.of(database) })
            phases.proceed(to: .check)
        }
        drill.record.update {
            $0.results.append(results)
            $0.findings += results.findings
        }
        if let onChecked = drill.onChecked, !drill.noticesChange() {
            phases.proceed(to: .export)
            let state = drill.record.current
            try await onChecked(
                CheckedDatabase(
                    database: database, target: restoring.target, judgement: Judgement(state.findings),
                    backupDigest: state.digest))
        }
        return try await restoring.restored().kept
    }

    private func request(_ restoring: Restoring) throws -> CheckRequest {
        let (plan, state, database) = (drill.plan, drill.record.current, restoring.database)
        var request = CheckRequest(
            plan: plan.checks(of: database ?? (isChosen ? restoring.name : nil)), backupTime: created,
            timeZone: BackupClock(plan.backup).timeZone,
            recoveryPoint: plan.objectives.recoveryPoint,
            manifest: manifest.flatMap { database == nil || $0.source.database == database ? $0 : nil }, jobs: jobs,
            deadline: plan.limits.statement)
        request.keepsHistory = plan.history != nil
        request.earlier = try readHistory(
            of: drill, in: reports, before: created, database: database ?? state.description?.database)
        request.databases = state.databases
        // What is so for the whole server is asked once, with the first database that can be asked.
        request.asksServer = state.results.isEmpty
        return request
    }

    /// Tells an event of the checks as the drill's own.
    private func tell(_ event: CheckEvent) {
        switch event {
        case .asking(let what): drill.emit(.item(what))
        case .progress(let done, let total): drill.emit(.progress(done: done, total: total, unit: .bytes))
        case .finding(let finding): drill.emit(.finding(finding))
        }
    }
}
