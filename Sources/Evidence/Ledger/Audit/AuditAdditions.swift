import Evidence
import Files
import Findings
import Report
import SystemPackage

extension LogAudit {
    /// Compares approvals and annotations with their entries, and tells which of them do not count, and who is still to approve.
    /// - Parameter names: of the files of the directory.
    /// - Throws: ``Files/FileError`` when the directory cannot be listed.
    mutating func additions(
        _ directory: FilePath, _ names: Set<String>, _ reports: [SignedReport], _ request: AuditRequest
    ) throws {
        let ring = request.ring
        // In a copy, only those of its reports are there.
        let packed = Set(reports.map(\.sha256))
        let own = entries.filter { $0.isOfAddition && (!request.isCopy || packed.contains($0.entry.report ?? "")) }
        let byDigest = Dictionary(own.map { ($0.entry.envelope!, $0) }, uniquingKeysWith: { $1 })
        let byName = Dictionary(
            own.compactMap { entry in entry.entry.file.map { ($0, entry) } }, uniquingKeysWith: { $1 })
        let stored = try StoredAdditions(in: directory)
        var (found, changed): (Set<String>, Set<Int64>) = ([], [])
        for refusal in stored.refusals {
            let name = refusal.name.split(separator: "/").last.map(String.init) ?? ""
            if let entry = byName[name] { changed.insert(entry.index) }
            damaged("\(name) is no approval and no annotation: \(refusal)", entry: byName[name]?.index)
        }
        for addition in stored.all {
            let name = addition.name
            if let entry = byName[name], entry.entry.envelope != addition.sha256 {
                changed.insert(entry.index)
                damaged(
                    "\(name) is not the file of entry \(entry.index): it was changed, or exchanged", entry: entry.index)
                if byDigest[addition.sha256] != nil { found.insert(addition.sha256) }
            } else if let entry = byDigest[addition.sha256] {
                found.insert(addition.sha256)
                requireProof(of: name, entry, among: names)
            } else {
                note("\(name) has no entry yet: whoever holds the ledger's key enters it with pgassay ledger enter")
            }
        }
        for entry in own where !found.contains(entry.entry.envelope!) && !changed.contains(entry.index) {
            unexplained(
                "\(entry.entry.file ?? ""), which entry \(entry.index) is about, is gone", entry: entry.index)
        }
        goodAdditions = found.count
        let byReport = stored.byReport()
        for report in reports {
            let beside = byReport[report.name] ?? StoredAdditions()
            guard !beside.all.isEmpty || report.report.approval != nil else { continue }
            let approvals = Approvals(
                of: report.report, signedBy: report.signer, sha256: report.sha256, beside, ring)
            for refusal in approvals.refused { note("\(refusal.file) does not count: it \(refusal.reason)") }
            if !approvals.isComplete {
                note("\(report.name) waits for approval by: \(approvals.missing.joined(separator: ", "))")
            }
            let actions = CorrectiveActions(
                beside, reports: [(file: report.name, sha256: report.sha256, report: report.report)], ring)
            for refusal in actions.refused { note("\(refusal.file) does not count: it \(refusal.reason)") }
        }
        let present = Set(reports.map(\.name))
        for addition in stored.all {
            let name = addition.name
            guard let report = StoredAddition.reportName(ofAddition: name), !present.contains(report) else { continue }
            note("\(name) is about a report that is not here, or that does not count")
        }
    }
}
