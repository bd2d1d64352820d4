import Files
import Findings
import Report

/// Findings of earlier reports of the plan that somebody has annotated, that are open, and that this drill has looked at again.
///
/// An annotation only says which finding to link: whoever wrote one changes no result, so nobody's key is asked for here.
/// - Returns: nil if there are none. What cannot be read is told, and is no reason to stop.
func followUps(of drill: DrillContext, _ findings: [Finding]) -> [Report.FollowUp]? {
    let directory = drill.request.reports
    do throws(FileError) {
        let additions = try StoredAdditions(in: directory)
        guard !additions.all.isEmpty else { return nil }
        let catalogue = try ReportCatalogue(of: directory, drill.request.ring)
        let reports = catalogue.entries.map {
            (file: $0.file.lastComponent?.string ?? "", sha256: $0.digest, report: $0.report)
        }
        let actions = CorrectiveActions(additions, reports: reports, nil)
        let followUps = actions.followUps(in: findings, of: drill.plan.name)
        return followUps.isEmpty ? nil : followUps
    } catch {
        drill.emit(.note("annotations: they are not followed up: \(error)"))
        return nil
    }
}
