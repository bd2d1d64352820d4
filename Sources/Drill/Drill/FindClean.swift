import Archive
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
            "\(finding.id) \(finding.subject): \(finding.observed ?? finding.reason ?? finding.status.rawValue)"
        }
    }
}

/// What a search came to.
package struct FindCleanResult: Sendable {
    /// The newest first; those that nothing was asked of are not among them.
    package let tried: [TriedBackup]
    /// The newest that passes.
    package var clean: TriedBackup? { tried.first(where: \.isClean) }
    /// It was stopped before it had an answer.
    package let interrupted: Bool
}

/// Drills backups until the newest that passes is known. Each drill writes its report; a search that is started again
/// reads those, and drills only what none of them tells of.
/// - Parameters:
///   - backups: the newest first.
///   - request: how each of them is drilled.
///   - onTried: is told of each backup as soon as it is known.
/// - Throws: ``UnstoredReport``; what keeps a report from being encoded.
package func findClean(
    among backups: [FoundBackup], _ request: DrillRequest, emit: @escaping DrillEventSink,
    onTried: (TriedBackup) -> Void
) async throws -> FindCleanResult {
    let known = try KnownReports(of: request)
    var tried: [Int: TriedBackup] = [:]
    func isClean(_ index: Int) async throws -> Bool {
        try Task.checkCancellation()
        var drill = request
        drill.backup = backups[index]
        let earlier = try await known.report(on: drill.backup)
        let report = if let earlier { earlier } else { try await runDrill(drill, emit: emit).report }
        let one = TriedBackup(backup: drill.backup, report: report, isKnown: earlier != nil)
        tried[index] = one
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
                    for index in (bad + 1)..<good where tried[index] == nil {
                        if try await isClean(index) { break }
                    }
                    break
                }
            }
        } else {
            for index in backups.indices where try await isClean(index) { break }
        }
    } catch is CancellationError {
        // What is known until then is told below.
    }
    return FindCleanResult(tried: tried.sorted { $0.key < $1.key }.map(\.value), interrupted: Task.isCancelled)
}

/// Reports of an earlier search that answer for a backup: of the same plan, byte for byte, made by the same version of
/// pgassay (another one may check more), and signed by the same key if one signs.
private struct KnownReports {
    private var byDigest: [[String: String]: Report] = [:]
    /// For repositories in which a name always means the same backup.
    private var byLocation: [String: Report] = [:]

    /// A file that is not a report of this signer answers nothing: its backup is drilled again.
    /// - Throws: ``Files/FileError`` when the directory cannot be listed.
    init(of request: DrillRequest) throws {
        let plan = request.plan.source.sha256
        // The later report of two answers.
        for entry in try ReportCatalogue(of: request.reports, publicKey: request.signer?.publicKey).entries {
            let report = entry.report
            // An inconclusive drill may have a result today.
            guard entry.statement.predicate.configuration.first?.digest?["sha256"] == plan,
                report.environment.tool == request.tool, report.verdict != .inconclusive, !report.backup.digest.isEmpty
            else { continue }
            byDigest[report.backup.digest] = report
            byLocation[report.backup.location] = report
        }
    }

    /// - Throws: `CancellationError`; a backup that cannot be read is left to its drill.
    func report(on backup: FoundBackup) async throws -> Report? {
        guard !byDigest.isEmpty else { return nil }
        switch backup.origin {
        case .files(let path):
            do {
                return byDigest[try await BackupDigest(of: .ofBackup(at: path)) { _ in }.set]
            } catch let error where error is ArchiveError || error is FileError {
                return nil
            }
        case .unlisted: return nil
        case .repository(let repository, _):
            return repository.namesAreFinal ? byLocation[backup.location] : nil
        case .snapshot(let snapshot):
            return byDigest[try snapshot.digest]
        }
    }
}

extension Plan {
    /// Adds a question of the day: a query whose single value must be true. The report's configuration has it, too.
    package mutating func expect(_ query: String) {
        let name = "expect-\(checks.sql.count + 1)"
        checks.sql.append(SQLExpectation(name: name, query: query, equals: .truth(true)))
        let words = query.split(whereSeparator: \.isNewline).joined(separator: " ")
        note("--expect \(name): \(words)")
    }

    /// Writes into the report's configuration what the command changed of the plan.
    package mutating func note(_ words: String) { source.bytes += Array("\n# \(words)\n".utf8) }
}
