import Checks
import Crypto
import Evidence
import Findings
import Foundation
import SystemPackage

/// A search for the newest backup that passes.
package struct FindCleanRequest: Sendable {
    package var plan: Plan
    /// The newest first.
    package var backups: [FoundBackup]
    /// Damage stays once it is there: what is older than a good one is good, and what is newer than a bad one is bad.
    package var damagePersists: Bool
    package var reports: FilePath
    package var key: SigningKey?
    package var trigger: Report.Trigger
    package var toolVersion: String

    package init(
        plan: Plan, backups: [FoundBackup], damagePersists: Bool, reports: FilePath, key: SigningKey?,
        trigger: Report.Trigger, toolVersion: String
    ) {
        self.plan = plan
        self.backups = backups
        self.damagePersists = damagePersists
        self.reports = reports
        self.key = key
        self.trigger = trigger
        self.toolVersion = toolVersion
    }
}

/// What a drill of one of them said.
package struct TriedBackup: Sendable {
    package let backup: FoundBackup
    package let report: Report
    /// A report of an earlier search was found, and nothing was drilled again.
    package let isKnown: Bool

    package var isClean: Bool { report.verdict == .passed }

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

/// Drills backups until the newest that passes is known. Each drill writes its report; a search that is started again reads
/// those, and drills only what none of them tells of.
/// - Parameter onTried: is told of each backup as soon as it is known.
/// - Throws: ``UnstoredReport``; what keeps a report from being encoded.
package func findClean(
    _ request: FindCleanRequest, emit: @escaping DrillEventSink, onTried: (TriedBackup) -> Void
) async throws -> FindCleanResult {
    let known = KnownReports(of: request)
    var tried: [Int: TriedBackup] = [:]
    func isClean(_ index: Int) async throws -> Bool {
        let backup = request.backups[index]
        let one: TriedBackup
        if let report = try known.report(on: backup.path) {
            one = TriedBackup(backup: backup, report: report, isKnown: true)
        } else {
            let drill = DrillRequest(
                plan: request.plan, backup: backup, reports: request.reports, key: request.key,
                trigger: request.trigger,
                toolVersion: request.toolVersion, keepScratch: false)
            one = TriedBackup(backup: backup, report: try await runDrill(drill, emit: emit).report, isKnown: false)
        }
        tried[index] = one
        onTried(one)
        return one.isClean
    }
    do {
        if request.damagePersists {
            // All before `bad` are bad, and all from `good` on are good.
            var (bad, good) = (-1, request.backups.count)
            while good - bad > 1 {
                try Task.checkCancellation()
                let middle = bad == -1 ? 0 : (bad + good) / 2
                if try await isClean(middle) { good = middle } else { bad = middle }
            }
        } else {
            for index in request.backups.indices {
                try Task.checkCancellation()
                if try await isClean(index) { break }
            }
        }
    } catch is CancellationError {
        return FindCleanResult(tried: tried.sorted { $0.key < $1.key }.map(\.value), interrupted: true)
    }
    return FindCleanResult(tried: tried.sorted { $0.key < $1.key }.map(\.value), interrupted: Task.isCancelled)
}

/// Reports of an earlier search: of the same plan, byte for byte, and signed by the same key where one signs.
private struct KnownReports {
    private var byDigest: [[String: String]: Report] = [:]

    init(of request: FindCleanRequest) {
        let plan = Hex.encode(SHA256.hash(data: Data(request.plan.source.bytes)))
        // A directory that is not there yet has no reports.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: request.reports.string)) ?? []
        for name in names.sorted() where name.hasSuffix(".dsse.json") {
            guard let statement = Self.statement(in: request.reports.appending(name), request.key),
                statement.predicate.configuration.first?.digest?["sha256"] == plan
            else { continue }
            let report = statement.report
            // What could not be told may be told today.
            guard report.verdict != .inconclusive, !report.backup.digest.isEmpty else { continue }
            byDigest[report.backup.digest] = report
        }
    }

    /// One that does not verify tells nothing, and its backup is drilled again.
    private static func statement(in file: FilePath, _ key: SigningKey?) -> Statement? {
        if let key { return try? ReportVerification.verify(file: file, publicKey: key.publicKey) }
        guard let stored = try? StoredReport(contentsOf: file), !stored.isSigned else { return nil }
        return stored.statement
    }

    /// - Throws: `CancellationError`; a backup that cannot be read is left to its drill.
    func report(on backup: FilePath) throws -> Report? {
        guard !byDigest.isEmpty else { return nil }
        do {
            return byDigest[try BackupDigest(of: backup) { _ in }.set]
        } catch is Errno {
            return nil
        }
    }
}

extension Plan {
    /// Adds a question of the day: a query whose single value must be true. The report's configuration has it, too.
    package mutating func expect(_ query: String) {
        let name = "expect-\(checks.sql.count + 1)"
        checks.sql.append(SQLExpectation(name: name, query: query, equals: .truth(true)))
        let words = query.split(whereSeparator: \.isNewline).joined(separator: " ")
        source.bytes += Array("\n# --expect \(name): \(words)\n".utf8)
    }
}
