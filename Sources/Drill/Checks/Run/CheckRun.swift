import Findings
import Foundation
import Postgres
import Restore

/// The checks of one drill: what they ask, and what was answered.
///
/// While the restore goes on, what is there already is asked on processors that the restore leaves idle. Only good
/// answers are kept of that: whatever met an error or found something wrong is asked again afterwards, when nothing can
/// disturb it.
actor CheckRun {
    private let checks: [any Check]
    private let emit: CheckEventSink
    private var scans = ScanAnswers()
    private var probes: [CheckJob.Key: ProbeAnswer] = [:]
    /// How large what a probe reads was when it was last listed.
    private var sizes: [CheckJob.Key: Int64] = [:]
    /// What is being asked now.
    private var open: Set<CheckJob.Key> = []
    /// The probes of the finished database, in the order of the report, by the id of their check. Of a check that cannot
    /// list them any more, those that it has listed before.
    private var order: [CheckID: [CheckJob.Key]] = [:]
    /// Checks that could not find out what there is to ask, or could not tidy up.
    private var silenced: [CheckID: PostgresError] = [:]

    /// Found while the restore goes on and not begun yet; the largest last.
    private var waiting: [CheckJob] = []
    private var isLooking = false
    private var lookedAt = ContinuousClock.now

    private struct ProbeAnswer {
        let findings: [Finding]
        /// How large what it read was.
        let bytes: Int64
    }

    init(_ checks: [any Check], emit: @escaping CheckEventSink) {
        self.checks = checks
        self.emit = emit
    }

    // MARK: While the restore goes on

    /// How often the database is looked at for what has come.
    private static let pause = Duration.milliseconds(500)

    /// Asks what can be asked, until the restore is over.
    /// - Parameters:
    ///   - processors: of this machine; one that the restore keeps busy is not used.
    ///   - connections: of a session each, which must not stand in the restore's way.
    ///   - look: reads the catalogue, with the sizes of the tables that can be read.
    /// - Throws: when it was interrupted.
    func whileRestoring(
        _ progress: RestoreProgress, processors: Int, over connections: ConnectionPool, deadline: Duration,
        look: @escaping @Sendable () async throws -> CheckContext
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 1...(await connections.all.count) {
                group.addTask {
                    while !progress.isOver {
                        if progress.running + worker <= processors, let job = try await self.next(progress, look) {
                            let answer = try await job.ask(over: connections, deadline: deadline, emit: self.emit)
                            await self.keep(answer, of: job, isEarly: true)
                        } else {
                            try await Task.sleep(for: .milliseconds(20))
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func next(
        _ progress: RestoreProgress, _ look: @Sendable () async throws -> CheckContext
    ) async throws -> CheckJob? {
        if waiting.isEmpty, !isLooking, .now - lookedAt > Self.pause {
            isLooking = true
            defer {
                isLooking = false
                lookedAt = .now
            }
            do {
                let context = try await look()
                waiting = try await jobs(in: context).filter { progress.allows($0.needs, in: context.catalogue) }
            } catch is PostgresError {
                // Something of the restore was in the way: what is there is looked for again, at the latest afterwards.
                return nil
            }
        }
        guard let job = waiting.popLast() else { return nil }
        open.insert(job.key)
        return job
    }

    // MARK: After the restore

    /// Asks everything that has no answer yet.
    /// - Parameter skippingEarly: what was begun while the restore went on is still being asked, and left to that.
    func ask(in context: CheckContext, skippingEarly: Bool = false) async throws {
        waiting = []
        if !skippingEarly { open = [] }
        let jobs = try await jobs(in: context)
        open.formUnion(jobs.map(\.key))
        let total = jobs.reduce(0) { $0 + $1.bytes }
        var done: Int64 = 0
        for some in [jobs.filter(\.comesFirst), jobs.filter { !$0.comesFirst }] {
            try await ask(some, in: context) { job in
                done += job.bytes
                emit(.progress(doneBytes: done, totalBytes: total))
            }
        }
    }

    /// - Parameter answered: called for each.
    private func ask(_ jobs: [CheckJob], in context: CheckContext, answered: (CheckJob) -> Void) async throws {
        try await withThrowingTaskGroup(of: (CheckJob, CheckJob.Answer).self) { group in
            // The largest first; the connections bound how many run at once.
            for job in jobs.reversed() {
                group.addTask {
                    (job, try await job.ask(over: context.connections, deadline: context.deadline, emit: self.emit))
                }
            }
            for try await (job, answer) in group {
                keep(answer, of: job, isEarly: false)
                answered(job)
            }
        }
    }

    /// Removes what checks made in the database to ask their probes.
    func tidyUp(in context: CheckContext) async throws {
        for check in checks {
            do {
                try await check.tidyUp(in: context)
            } catch let error as PostgresError {
                silenced[check.id] = error
            }
        }
    }

    /// What the checks make of the answers, in the order of the catalogue.
    func findings(in context: CheckContext) async throws -> [Finding] {
        var byCheck: [[Finding]] = []
        for check in checks {
            var found = try await Self.findings(of: check) { [scans] in try await check.findings(in: context, scans) }
            if let error = silenced[check.id] {
                found.append(Finding(inconclusive: check.id, subject: "database", because: error))
            }
            found += (order[check.id] ?? []).flatMap { key in
                probes[key]?.findings
                    ?? [
                        Finding(
                            inconclusive: check.id, subject: key.thing.joined(separator: "."), because: Self.noAnswer)
                    ]
            }
            byCheck.append(found)
        }
        // From here on, the database is not what the backup brought.
        for (index, check) in checks.enumerated() {
            byCheck[index] += try await Self.findings(of: check) { try await check.lastly(in: context) }
        }
        return zip(checks, byCheck).flatMap { check, found in
            found.isEmpty ? [Finding(nothingToAsk: check.description)] : found
        }
    }

    private static func findings(
        of check: any Check, _ body: @Sendable () async throws -> [Finding]
    ) async throws -> [Finding] {
        do {
            return try await body()
        } catch let error as PostgresError {
            return [Finding(inconclusive: check.id, subject: "database", because: error)]
        }
    }

    private static let noAnswer = PostgresError.unexpectedAnswer("it was asked and nothing came back")

    var answers: ScanAnswers { scans }

    // MARK: Questions and answers

    /// What has no answer yet and is not being asked, the largest last.
    private func jobs(in context: CheckContext) async throws -> [CheckJob] {
        var jobs: [CheckJob] = []
        for table in context.catalogue.tables where !table.isPartitioned {
            let questions = scans.unanswered(
                Set(checks.flatMap { $0.questions(about: table, in: context) }), about: table)
            if !questions.isEmpty { jobs.append(.scan(TableScan(table: table, questions: Array(questions)))) }
        }
        silenced = [:]
        for check in checks {
            do {
                let listed = try await check.probes(in: context)
                order[check.id] = []
                for probe in listed {
                    let job = CheckJob.probe(check.id, probe)
                    order[check.id]?.append(job.key)
                    let bytes = (probe.needs.tables ?? []).flatMap(context.catalogue.leaves(of:)).reduce(0) {
                        $0 + $1.bytes
                    }
                    sizes[job.key] = bytes
                    // What has grown since it was read is asked again, as a table is that was scanned.
                    if probes[job.key]?.bytes != bytes { jobs.append(job) }
                }
            } catch let error as PostgresError {
                silenced[check.id] = error
            }
        }
        return jobs.filter { !open.contains($0.key) }.sorted { $0.bytes < $1.bytes }
    }

    private func keep(_ answer: CheckJob.Answer, of job: CheckJob, isEarly: Bool) {
        open.remove(job.key)
        switch answer {
        case .scan(let scan, let values):
            scans.add(isEarly ? values.filter { !$0.value.isFailure } : values, for: scan.table)
        case .probe(let findings):
            if isEarly, findings.contains(where: { $0.status != .passed }) { return }
            probes[job.key] = ProbeAnswer(findings: findings, bytes: sizes[job.key] ?? 0)
        }
    }
}

extension RestoreProgress {
    /// Whether what a question needs is there, and asking it stands in nobody's way.
    fileprivate func allows(_ needs: Needs, in catalogue: Catalogue) -> Bool {
        guard let tables = needs.tables else { return false }
        return tables.flatMap { [$0] + catalogue.leaves(of: $0) }.allSatisfy { table in
            if case .locking = needs { return canLock(schema: table.name.schema, table: table.name.name) }
            return canRead(schema: table.name.schema, table: table.name.name)
        }
    }
}
