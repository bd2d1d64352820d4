import Evidence
import Findings
import FoundationEssentials
import Report

extension ReportPage {
    /// - Parameter content: as it was opened; `source` says whether anybody verified it.
    package init(_ content: AnyReport, _ source: PageSource) {
        let report = content.report
        isDrill = content.kind == .drill
        kind = isDrill ? "Drill" : "Inspection"
        plan = report.plan
        id = report.id
        title = "\(report.plan), \(Timestamp.plain(report.started))"
        result = Result(report, isDrill: isDrill)
        lead = Self.lead(report, isDrill: isDrill)
        warnings = Self.warnings(report, isDrill: isDrill)
        signature = Signature(source.signature)
        objectives = Self.objectives(report.objectives)
        databases = DatabaseOutcome.all(of: report)
        let checks = Self.checks(report.checks)
        self.checks = checks
        attention = Self.attention(report.checks, checks)
        notAsked = Self.notAsked(report.checks)
        notRun = Self.notRun(report.checks)
        timeline = Timeline(report)
        history = isDrill ? source.history.map { History($0, of: report) } : nil
        tables = TableList(report.tables, isDrill: isDrill)
        backup = Self.backup(report.backup)
        run = Self.run(report, isDrill: isDrill)
        environment = Self.environment(report.environment, isDrill: isDrill)
        cleanup = report.cleanup.map(Cleaned.init)
        people = People(report, source)
        verification = Verification(report, source)
        times = Times(
            started: Timestamp.plain(report.started), startedMachine: Timestamp.machine(report.started),
            startedSecond: String(Timestamp.machine(report.started).prefix(19)),
            finished: Timestamp.plain(report.finished),
            seconds: Numeral.text(report.finished.timeIntervalSince(report.started), places: 3))
    }

    // MARK: What it says first

    private static func lead(_ report: Report, isDrill: Bool) -> String {
        let made = report.backup.created.map { ", made \(Timestamp.plain($0))" } ?? ""
        let took = HumanUnits.duration(report.finished.timeIntervalSince(report.started))
        return "\(report.backup.nameAndSize)\(made). "
            + "The \(isDrill ? "drill" : "inspection") took \(took)."
    }

    private static func warnings(_ report: Report, isDrill: Bool) -> [String] {
        var warnings = report.environment.isolation.prefix(1).filter { $0.hasPrefix("NO WALLS") }.map { $0 }
        if !isDrill {
            warnings.append(
                "This is an inspection: the backup was read, and not restored. It proves nothing of a restore.")
        } else if report.verdict == .passed, report.tables.isEmpty {
            warnings.append(ReportText.holdsNoTables)
        }
        return warnings
    }

    private static func objectives(_ objectives: Report.Objectives) -> [Objective] {
        ReportText.named(objectives).map { Objective($0.name, $0.objective) }
    }

    // MARK: Facts

    private static func backup(_ backup: Report.Backup) -> [Fact] {
        ReportText.rows(of: backup).map {
            Fact(name: $0[0], value: $0[1], isCode: backup.digest[$0[0]] != nil || $0[0] == "location")
        }
    }

    private static func run(_ report: Report, isDrill: Bool) -> [Fact] {
        (isDrill ? ReportText.rows(ofDrill: report) : ReportText.rows(ofInspection: report))
            .map { Fact(name: $0[0], value: $0[1], isCode: $0[0] == "id" || $0[0] == "option") }
            + ReportText.rows(ofRecovery: report).map { Fact(name: "recovery: \($0[0])", value: $0[1]) }
    }

    private static func environment(_ environment: Report.Environment, isDrill: Bool) -> [Fact] {
        isDrill ? ReportText.rows(of: environment).map { Fact(name: $0[0], value: $0[1]) } : []
    }
}

extension ReportPage.Result {
    init(_ report: Report, isDrill: Bool) {
        let words =
            isDrill
            ? VerdictWords(report.verdict, report.cause, checks: report.checks)
            : VerdictWords(ofInspection: report.verdict, report.cause)
        mark = Mark(report.verdict, report.cause)
        word = words.word
        limit = words.limit.isEmpty ? nil : words.limit
        let text = words.sentence
        sentence = text.prefix(1).uppercased() + text.dropFirst()
        cause = report.cause?.rawValue
        isGood = report.verdict == .passed
        isBad = report.verdict == .failed
        isUnsure = report.verdict == .inconclusive
    }
}

extension ReportPage.Objective {
    init(_ name: String, _ objective: Report.Objective) {
        self.name = name
        target = objective.target.map { "at most \(HumanUnits.duration($0))" }
        measured = objective.measured.map(HumanUnits.duration) ?? "not measured"
        mark =
            switch objective.met {
            case true?: .good("met")
            case false?: .bad("missed")
            case nil: objective.target == nil ? .plain("no target") : .unsure("not known")
            }
        words = [objective.reason, objective.note].compactMap { $0 }
        gauge = ReportPage.Gauge(objective)
    }
}

extension ReportPage.Gauge {
    init?(_ objective: Report.Objective) {
        guard let target = objective.target, let measured = objective.measured, let met = objective.met, target > 0,
            measured.isFinite, target.isFinite
        else { return nil }
        let share = max(0, measured / target)
        // Within the target, its end is the end of the bar; beyond, the target moves to the left.
        let scale = share <= 1 ? 1 : min(share, 10)
        width = Numeral.text(max(0.5, min(100, share / scale * 100)), places: 2)
        self.target = Numeral.text(100 / scale, places: 2)
        look = met ? "good" : "bad"
        let percent = share * 100
        words =
            percent < 0.1
            ? "less than 0.1 % of the target"
            : share <= 1
                ? "\(Numeral.text(percent, places: percent < 10 ? 1 : 0)) % of the target"
                : "\(Numeral.text(share, places: 1)) times the target"
    }
}

extension ReportPage.TableList {
    /// More tables than this are only counted.
    static let most = 5000

    init?(_ tables: [Report.Table], isDrill: Bool) {
        guard !tables.isEmpty else { return nil }
        heading = isDrill ? "Tables that came back" : "Tables that the backup holds"
        rows = tables.prefix(Self.most).map { table in
            ReportPage.TableRow(
                name: table.place, kind: table.partition == true ? "partition" : table.kind,
                rows: table.rows.map(Numeral.grouped) ?? "not counted", digest: table.digest, newest: table.newest)
        }
        more = tables.count > Self.most ? "and \(tables.count - Self.most) more tables, which the report has" : nil
        hasNewest = tables.contains { $0.newest != nil }
    }
}

extension ReportPage.Cleaned {
    init(_ cleanup: Report.Cleanup) {
        mark = cleanup.removed ? .good("removed") : cleanup.isKept ? .unsure("kept") : .bad("left behind")
        what = cleanup.what
        verified = cleanup.verified
    }
}
