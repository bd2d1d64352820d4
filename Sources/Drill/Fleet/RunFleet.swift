import Evidence
import Findings
import Foundation
import Processes
import Report
import SystemPackage

/// Drills of many plans on one machine.
package struct FleetRequest: Sendable {
    package var plans: [FleetPlan]
    /// How many drills run at the same time.
    package var jobs: Int
    /// The program that drills one plan: this one.
    package var program: FilePath
    /// Options of each drill.
    package var options: [String]
    /// Replaces the plans' directories.
    package var reports: FilePath?
    /// Of one drill.
    package var deadline: Duration

    package init(
        plans: [FleetPlan], jobs: Int, program: FilePath, options: [String], reports: FilePath?, deadline: Duration
    ) {
        self.plans = plans
        self.jobs = jobs
        self.program = program
        self.options = options
        self.reports = reports
        self.deadline = deadline
    }
}

package enum FleetEvent: Sendable {
    case began(plan: String)
    /// A line of what a drill says on standard error.
    case said(plan: String, line: String)
    case ended(FleetResult)
    /// It could not tell beside others, and is drilled again alone.
    case again(plan: String)
}

/// Drills each plan, in a process of its own, so that one that is killed takes no other with it.
/// - Returns: in the order of the plans.
/// - Throws: `CancellationError`, once every drill has stopped and removed what it made.
package func runFleet(
    _ request: FleetRequest, emit: @escaping @Sendable (FleetEvent) -> Void
) async throws -> [FleetResult] {
    var results: [Int: FleetResult] = [:]
    try await withThrowingTaskGroup(of: (Int, FleetResult).self) { group in
        for (index, plan) in request.plans.enumerated() {
            if index >= request.jobs, let (done, result) = try await group.next() { results[done] = result }
            group.addTask { (index, try await drill(plan, request, emit)) }
        }
        for try await (done, result) in group { results[done] = result }
    }
    // What lacked memory or disk beside others may have enough alone.
    if request.jobs > 1 {
        for (index, result) in results.sorted(by: { $0.key < $1.key }) where result.deservesAnotherTry {
            emit(.again(plan: result.plan))
            results[index] = try await drill(request.plans[index], request, emit)
        }
    }
    return results.sorted { $0.key < $1.key }.map(\.value)
}

private func drill(
    _ plan: FleetPlan, _ request: FleetRequest, _ emit: @escaping @Sendable (FleetEvent) -> Void
) async throws -> FleetResult {
    let began = ContinuousClock.now
    let outcome = try await outcome(of: plan, request, emit)
    let result = FleetResult(plan: plan.name, outcome: outcome, seconds: (.now - began) / .seconds(1))
    emit(.ended(result))
    return result
}

/// The largest report that is read from a drill, in bytes.
private let largestReport = 256 << 20

private func outcome(
    of plan: FleetPlan, _ request: FleetRequest, _ emit: @escaping @Sendable (FleetEvent) -> Void
) async throws -> FleetResult.Outcome {
    if let mistake = plan.mistake { return .mistake(mistake) }
    let reports = request.reports ?? plan.reports ?? "pgassay-reports"
    let lock: PlanLock?
    do {
        lock = try PlanLock.take(plan.file)
    } catch {
        return .noReport("\(plan.file) cannot be locked: \(error)")
    }
    guard let lock else { return .skipped }
    emit(.began(plan: plan.name))
    var statement: [UInt8] = []
    let command = Command(
        request.program,
        ["drill", plan.file.string, "--reports", reports.string, "--format", "json"] + request.options,
        environment: ProcessInfo.processInfo.environment)
    let ended = try await command.filter(
        deadline: request.deadline, onErrorLine: { emit(.said(plan: plan.name, line: $0)) }, input: { _ in },
        output: { bytes in
            guard statement.count + bytes.count <= largestReport else {
                throw FleetError.reportTooLarge(plan: plan.name)
            }
            statement += bytes
        })
    _ = lock
    if ended.timedOut {
        return .noReport("it was stopped after \(HumanUnits.duration(request.deadline / .seconds(1)))")
    }
    if !statement.isEmpty {
        do {
            let report = try StatementJSON.decode(Statement.self, from: statement).report
            // A drill that passed and does not end with 0 could not write the ledger.
            let isUnrecorded = report.verdict == .passed && ended.exitCode != 0
            return .ended(
                report.verdict, report.cause, report: ReportStore.fileName(for: report),
                unrecorded: isUnrecorded ? lastLines(of: ended.errorOutput) : nil)
        } catch {
            return .noReport("what it wrote is no report: \(error)")
        }
    }
    return ended.exitCode == 2 ? .mistake(lastLines(of: ended.errorOutput)) : .noReport(ended.failure)
}

private func lastLines(of words: String) -> String {
    words.split(whereSeparator: \.isNewline).suffix(3).joined(separator: " ")
}

package enum FleetError: Error, Sendable, CustomStringConvertible {
    case reportTooLarge(plan: String)

    package var description: String {
        switch self {
        case .reportTooLarge(let plan): "the report of \(plan) has more than \(largestReport >> 20) MiB"
        }
    }
}
