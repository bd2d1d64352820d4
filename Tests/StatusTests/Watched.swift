import Evidence
import Findings
import Foundation
import Ledger
import Report
import Status

/// What `status` is given of made-up drills. A day is counted from the first one.
struct Watched {
    private static let start = Date(timeIntervalSince1970: 1_798_761_600)  // 2027-01-01

    var reports: [StatusFacts.StoredReport] = []
    var entries: [LedgerEntry] = []

    static func time(_ day: Double) -> Date { start + day * 86_400 }

    /// A drill that took a minute, with its report and its entries.
    mutating func drill(
        _ day: Double, plan: String = "shop", _ verdict: Verdict = .passed, cause: Cause? = nil, within: Int64? = nil,
        change: (inout Report) -> Void = { _ in }
    ) {
        let id = "\(plan)-\(day)"
        var report = Report(
            id: id, plan: plan, trigger: Report.Trigger(kind: "manual", user: "test", host: "test"), verdict: verdict,
            cause: cause, started: Self.time(day), finished: Self.time(day) + 60, signed: true,
            backup: Report.Backup(
                kind: "dump", format: "custom", location: "/b/\(plan).dump", bytes: 10, whyThisOne: "the only one"),
            environment: Report.Environment(tool: "pgassay 1", os: "Linux", account: "test"))
        change(&report)
        reports.append((file: "\(id).dsse.json", sha256: id, report: report))
        begin(day, plan: plan, within: within)
        var end = LedgerEntry(.finished, time: report.finished)
        (end.plan, end.run, end.verdict, end.envelope, end.file) = (plan, id, verdict, id, "\(id).dsse.json")
        end.approval = report.approval
        entries.append(end)
    }

    /// A drill that has no end.
    mutating func begin(_ day: Double, plan: String = "shop", within: Int64? = nil) {
        var begin = LedgerEntry(.started, time: Self.time(day))
        (begin.plan, begin.run, begin.nextWithin) = (plan, "\(plan)-\(day)", within)
        entries.append(begin)
    }

    /// Enters an approval of a report.
    /// - Parameters:
    ///   - report: its SHA-256.
    ///   - file: the SHA-256 of the approval's file.
    mutating func approve(_ day: Double, _ report: String, as role: String, file: String) {
        var approval = LedgerEntry(.countersigned, time: Self.time(day))
        (approval.report, approval.role, approval.envelope) = (report, role, file)
        entries.append(approval)
    }

    func facts(
        _ day: Double, plans: [StatusFacts.WatchedPlan] = [], unreadable: [String] = []
    ) throws -> StatusFacts {
        StatusFacts(
            reports: reports, unreadable: unreadable,
            entries: try entries.enumerated().map { try NumberedEntry(Int64($0), $1.encoded()) },
            actions: CorrectiveActions(
                StoredAdditions([] as [(name: String, bytes: [UInt8])]), reports: reports, nil), plans: plans,
            now: Self.time(day))
    }

    func overview(_ day: Double, plans: [StatusFacts.WatchedPlan] = []) throws -> StatusOverview {
        StatusOverview(try facts(day, plans: plans))
    }

    /// The kinds of what there is to attend to in the plan `shop`, the most urgent first.
    func kinds(_ day: Double) throws -> [Concern.Kind] {
        try overview(day).plans.first { $0.plan == "shop" }?.concerns.map(\.kind) ?? []
    }
}
