import Causes
import Findings
import Physical

extension PhysicalBackup {
    /// Reads every file where it lies, and the log record after record: what a drill finds while it lays the files out, and what
    /// ends a recovery.
    package mutating func inspectAlone(_ setting: InspectionSetting) async throws -> [Finding] {
        try await inspectAlone(setting, followsLog: true)
    }

    /// - Parameter followsLog: false for a backup that others build on: no recovery begins with its log.
    func inspectAlone(_ setting: InspectionSetting, followsLog: Bool) async throws -> [Finding] {
        var findings = try inspect { _ in }
        let control: ControlFile
        do {
            control = try readControlFile()
        } catch let error as FlawedBackup {
            return findings + error.findings
        }
        let (log, need) = (log(control, archive: setting.logArchive), need(control))
        let missing = followsLog ? try log.flaws(for: need).map { Finding($0) } : []
        let broken = originFindings(control) + missing
        let reading = try await directory.read(
            control, log: followsLog && broken.isEmpty ? (log, need) : nil, digests: setting.digests,
            reads: setting.reads, workers: setting.workers, progress: setting.progress)
        findings += broken
        let torn = reading.flaws.contains { $0.relation != nil }
        if broken.isEmpty, !torn { findings += momentFinding(control, isStated: setting.isSnapshot).map { [$0] } ?? [] }
        findings += reading.findings(besides: findings, control, hasManifest: directory.manifest != nil)
        return findings
    }
}

extension PhysicalReading {
    /// - Parameters:
    ///   - others: what is said already.
    ///   - control: nil where it could not be read.
    func findings(besides others: [Finding], _ control: ControlFile?, hasManifest: Bool) -> [Finding] {
        let told = Set(others.lazy.filter { $0.status == .failed }.map(\.subject))
        var findings = flaws.filter { !told.contains($0.path) }.map { Finding($0) }
        if control?.hasChecksums == true {
            if !flaws.contains(where: { $0.relation != nil }) {
                findings.append(
                    Finding(
                        id: .archive, subject: "pages", status: .passed, basis: .archive,
                        expected: "the checksum that each page has", observed: "every page has it"))
            }
        } else if control != nil {
            findings.append(
                Finding(
                    id: .archive, subject: "pages", status: .notRun,
                    reason: hasManifest
                        ? "the source wrote no data checksums: what was wrong in a page before it was copied is not noticed"
                        : "the source wrote no data checksums, and there is no manifest: a changed byte in a page is not noticed"
                ))
        }
        if let log { findings += log.findings }
        return findings
    }
}

extension LogExtent {
    /// How far a recovery would come, where nothing is wrong with the log.
    var findings: [Finding] {
        guard flaws.isEmpty else { return [] }
        guard !isOutOfOrder else {
            return [
                Finding(
                    id: .recovery, subject: "log", status: .notRun,
                    reason:
                        "the segments lie in the tar file in another order than that of the log: a drill replays them")
            ]
        }
        return [
            Finding(
                id: .recovery, subject: "log", status: .passed, basis: .rule,
                expected: "the log from the start of the backup on",
                observed: "every record to \(end) is whole", reason: stop.map { "the log goes no further: \($0)" })
        ]
    }
}
