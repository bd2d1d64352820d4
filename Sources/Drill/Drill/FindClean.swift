import Backup
import Checks
import Files
import Findings
import Report
import SystemPackage

/// What a drill of one of them said.
package struct TriedBackup: Sendable {
    package let backup: FoundBackup
    package let report: Report
    /// The envelope around the report.
    package let file: FilePath
    /// A report of an earlier search was found, and nothing was drilled again.
    package let isKnown: Bool

    /// An older backup misses objectives because it is older, and may be the one that is wanted.
    private var judgement: Judgement {
        Judgement(report.checks.filter { $0.id != .objectives }, interrupted: report.cause == .interrupted)
    }

    package var isClean: Bool { judgement.verdict == .passed }

    /// True only for a failed drill, not for an inconclusive one.
    var isBad: Bool { judgement.verdict == .failed }

    /// What did not pass, in words for people.
    package var complaints: [String] {
        report.checks.filter { $0.status == .failed || $0.status == .inconclusive }.map { finding in
            "\(finding.id) \(finding.place): \(finding.observed ?? finding.reason ?? finding.status.rawValue)"
        }
    }
}

/// What a search came to.
package struct FindCleanResult: Sendable {
    /// The newest first; those that nothing was asked of are not among them.
    package let tried: [TriedBackup]
    /// What lies among them and is no backup; nothing was asked of it.
    package let notBackups: [NotABackup]
    /// The newest that passes.
    package var clean: TriedBackup? { tried.first(where: \.isClean) }
    /// It was stopped before it had an answer.
    package let interrupted: Bool
    /// A question of the command that makes no sense; the search ended there, and blames no backup.
    package let mistake: QuestionMistake?

    /// `inconclusive` if none passes, and the result for some is.
    package var verdict: Verdict {
        if clean != nil { return .passed }
        return tried.contains { $0.report.verdict == .inconclusive } ? .inconclusive : .failed
    }
}

/// Drills backups until the newest that passes is known. Each drill writes its report; a search that is started again
/// reads those, and drills only what none of them tells of.
///
/// What is no backup is passed over and told, unless there is nothing else.
///
/// It ends at the first backup that could be asked if a question of the command makes no sense there: it would make none
/// of the others.
/// - Parameters:
///   - backups: the newest first.
///   - request: how each of them is drilled.
///   - onTried: is told of each backup as soon as it is known.
/// - Throws: ``Backup/Mistake``, ``UnstoredReport``; what keeps a report from being encoded.
package func findClean(
    among backups: [FoundBackup], _ request: DrillRequest, emit: @escaping DrillEventSink,
    onTried: (TriedBackup) -> Void
) async throws -> FindCleanResult {
    let known = try KnownReports(of: request)
    var tried: [Int: TriedBackup] = [:]
    var notBackups: [Int: NotABackup] = [:]
    var wasAsked = false
    var mistake: QuestionMistake?
    func isClean(_ index: Int) async throws -> Bool {
        try Task.checkCancellation()
        var drill = request
        drill.backup = backups[index]
        let one: TriedBackup
        if let earlier = try await known.report(on: drill.backup) {
            one = TriedBackup(backup: drill.backup, report: earlier.report, file: earlier.file, isKnown: true)
        } else {
            let result: DrillResult
            do {
                result = try await runDrill(drill, emit: emit)
            } catch let other as NotABackup {
                notBackups[index] = other
                return false
            }
            one = TriedBackup(backup: drill.backup, report: result.report, file: result.file, isKnown: false)
        }
        tried[index] = one
        let answers = one.report.answers(to: request.plan.checks.sql.filter(\.isOfCommand))
        if !wasAsked, let senseless = answers.first(where: \.isOfSenselessQuestion) {
            throw QuestionMistake(senseless, one.report)
        }
        wasAsked = wasAsked || answers.contains { $0.status == .passed || $0.status == .failed }
        onTried(one)
        return one.isClean
    }
    do {
        if request.plan.backup?.damagePersists == true {
            // All before `bad` are bad, and all from `good` on are good.
            var (bad, good) = (-1, backups.count)
            while good - bad > 1 {
                let middle = bad == -1 ? 0 : (bad + good) / 2
                if try await isClean(middle) {
                    good = middle
                } else if tried[middle]?.isBad == true {
                    bad = middle
                } else {
                    // An inconclusive result rules nothing out: from here on, one backup after the other is drilled.
                    for index in (bad + 1)..<good where tried[index] == nil && notBackups[index] == nil {
                        if try await isClean(index) { break }
                    }
                    break
                }
            }
        } else {
            for index in backups.indices where try await isClean(index) { break }
        }
    } catch let found as QuestionMistake {
        mistake = found
    } catch is CancellationError {
        // What is known until then is told below.
    }
    if tried.isEmpty, !Task.isCancelled, let other = notBackups.min(by: { $0.key < $1.key }) { throw other.value }
    return FindCleanResult(
        tried: tried.sorted { $0.key < $1.key }.map(\.value),
        notBackups: notBackups.sorted { $0.key < $1.key }.map(\.value), interrupted: Task.isCancelled, mistake: mistake)
}
