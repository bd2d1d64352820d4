import Report
import SystemPackage

/// A report that is signed (unless the drill was asked not to) and stored.
package struct FinishedReport: Sendable {
    package let report: Report
    /// The bytes that were signed.
    package let statement: [UInt8]
    /// The envelope around them.
    package let file: FilePath
    /// Of that file, as it was written; lowercase hex.
    package let sha256: String
}

/// Something that is done with a report once it is stored: an entry in a ledger, a message, a page.
///
/// What becomes of a step never changes the verdict, the report, or what becomes of the steps after it.
package protocol ReportStep: Sendable {
    /// For people: `ledger`.
    var name: String { get }

    /// Is called once for each drill, also for one that failed or was interrupted. It is never cancelled, so it must
    /// end by itself after a limited time.
    /// - Throws: why it could not be done.
    func perform(on finished: FinishedReport) async throws
}

/// What became of a ``ReportStep``.
package struct ReportStepResult: Sendable, Equatable {
    package enum Outcome: Sendable, Equatable {
        case done
        case failed(reason: String)
    }

    /// The ``ReportStep/name``.
    package let step: String
    package let outcome: Outcome

    package init(step: String, outcome: Outcome) { (self.step, self.outcome) = (step, outcome) }

    /// For people.
    package var words: String {
        switch outcome {
        case .done: "\(step): done"
        case .failed(let reason):
            "\(step): failed: \(reason). The report is stored, and its verdict is not changed by this."
        }
    }
}

/// Performs steps, one after the other, and tells what became of each.
func handOn(
    _ finished: FinishedReport, _ drill: DrillContext, to steps: [any ReportStep]
) async -> [ReportStepResult] {
    var results: [ReportStepResult] = []
    for step in steps {
        let outcome: ReportStepResult.Outcome
        do {
            try await step.perform(on: finished)
            outcome = .done
        } catch {
            outcome = .failed(reason: "\(error)")
        }
        let result = ReportStepResult(step: step.name, outcome: outcome)
        drill.emit(.note(result.words))
        results.append(result)
    }
    return results
}
