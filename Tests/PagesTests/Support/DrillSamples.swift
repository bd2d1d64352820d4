import Evidence
import Findings
import Foundation
import Pages
import Report

/// Names as a hostile backup may have them.
enum Hostile {
    static let table = "<script>alert(1)</script>"
    static let attribute = "\" onload=\"alert(1)\" x='"
    static let direction = "right\u{202e}left\u{2066}"
    static let control = "bell\u{7}escape\u{1b}[31m\nline\r\u{0}"
    static let markdown =
        "](javascript:x) | `x` ![p](http://evil.test/p.png) **b** _i_ <b> https://evil.test www.evil.test a@evil.test &lt; \\"
    static let entity = "&amp;&lt;b&gt;]]>"
    static let all = [table, attribute, direction, control, markdown, entity, "{{#checks}}{{{id}}}", "–é漢字"]
}

extension Report {
    /// - Parameter number: drills of a plan follow each other, a day apart.
    static func drill(
        plan: String = "shop-weekly", number: Int = 0, verdict: Verdict = .passed, cause: Cause? = nil,
        signed: Bool = true, recovery: Double = 252, checks: [Finding] = .passing
    ) -> Report {
        let started = Date(timeIntervalSince1970: 1_795_407_127.25 + Double(number) * 86_400)
        func after(_ seconds: Double) -> Date { started.addingTimeInterval(seconds) }
        return Report(
            id: "3fa85f64-5717-4562-b3fc-2c963f66af\(String(format: "%02x", number % 256))", plan: plan,
            trigger: Trigger(kind: "systemd", user: "backup", host: "db1"), options: ["--pick newest"],
            verdict: verdict, cause: cause, started: started, finished: after(recovery + 60), signed: signed,
            backup: Backup(
                kind: "dump", format: "custom", compression: "zstd", location: "/backups/shop \(number).dump",
                bytes: 1_234_567_890 + Int64(number) * 10_000_000, created: after(-7200),
                createdBasis: "the archive's header", serverVersion: "16.4", dumpVersion: "16.4", database: "shop",
                whyThisOne: "the newest of 3", digest: ["sha256": String(repeating: "ab", count: 32)]),
            objectives: Objectives(
                recoveryTime: Objective(
                    target: 1800, measured: recovery, met: recovery <= 1800, note: "measured with fsync = off"),
                recoveryPoint: Objective(target: 3600, measured: 300.5, met: true),
                newestRow: Objective(measured: 120), backupAge: Objective(target: 86_400, reason: "not known")),
            phases: [
                Phase(.find, started: started, seconds: 0.01), Phase(.digest, started: after(0.01), seconds: 20),
                Phase(.restore, started: after(1), seconds: recovery - 2),
                Phase(.check, started: after(30), seconds: recovery + 20),
            ],
            environment: Environment(
                postgres: "16.4 (Debian packages)", extensions: ["plpgsql": "1.0"], isolation: ["no network"],
                weakenedSettings: ["fsync": "off"], tool: "pgassay 1.0.0", os: "Debian 12", account: "pgassay"),
            checks: checks,
            tables: [
                Table(
                    schema: "public", name: "farmers", rows: 1_234_567, digest: "00112233445566778899aabbccddeeff",
                    newest: "2026-11-23 01:59:58+00"),
                Table(schema: "public", name: "notes", isPartition: true),
            ],
            cleanup: [Cleanup(what: "/tmp/scratch", removed: true, verified: "the directory no longer exists")])
    }

    /// Of three databases, one of them damaged, one never asked, and one that takes no connections.
    static var severalDatabases: Report {
        var damaged = Finding(
            id: CheckID("row-counts"), subject: "public.farmers", status: .failed, basis: .history,
            expected: "at least 100 rows", observed: "7 rows", reason: "rows are missing", cause: .backup)
        damaged.database = "crm"
        var report = drill(
            verdict: .failed, cause: .backup,
            checks: [
                Finding(id: .recovery, subject: "log", status: .passed, observed: "replayed to 0/3000000"), damaged,
                Finding(id: CheckID("foreign-keys"), subject: "a_fkey", status: .passed, basis: .rule).of("crm"),
                Finding(id: CheckID("foreign-keys"), subject: "a_fkey", status: .passed, basis: .rule).of("shop"),
                Finding(
                    id: CheckID("sequences"), subject: "database", status: .notRun, gap: .stopped, reason: "stopped"
                ).of("erp"),
                Finding(
                    id: .drill, subject: "database", status: .notRun, gap: .closed, reason: "it takes no connections"
                ).of("old"),
            ])
        (report.backup.database, report.backup.databases) = (nil, ["crm", "erp", "shop"])
        for index in report.tables.indices { report.tables[index].database = "crm" }
        return report
    }

    /// Every text in it is hostile.
    static func hostile(plan: String = Hostile.table) -> Report {
        var report = drill(
            plan: plan, verdict: .failed, cause: .backup,
            checks: Hostile.all.flatMap { text in
                CheckStatus.allCases.map { status in
                    Finding(
                        id: CheckID(text), subject: text, status: status, basis: .archive, expected: text,
                        observed: text, gap: status == .notRun ? .skipped : nil,
                        reason: status == .passed ? nil : text, cause: status == .failed ? .backup : nil
                    ).of(status == .inconclusive ? nil : text)
                }
            })
        (report.backup.database, report.backup.databases) = (nil, Hostile.all)
        report.backup.location = "/backups/\(Hostile.attribute)"
        report.backup.whyThisOne = Hostile.control
        report.trigger = Trigger(kind: Hostile.table, user: Hostile.attribute, host: Hostile.direction)
        report.options = Hostile.all
        report.phases[0].name = Hostile.attribute
        report.tables = Hostile.all.map { Table(schema: $0, name: $0, rows: 1, digest: $0, newest: $0) }
        for (index, text) in Hostile.all.enumerated() { report.tables[index].database = text }
        report.cleanup = Hostile.all.map { Cleanup(what: $0, removed: false, verified: $0) }
        report.environment.isolation = Hostile.all
        report.environment.postgres = Hostile.table
        report.objectives.recoveryTime?.note = Hostile.table
        return report
    }
}

extension [Finding] {
    static let passing: [Finding] = [
        Finding(
            id: CheckID("row-counts"), subject: "public.farmers", status: .passed, basis: .manifest,
            expected: "1234567", observed: "1234567", seconds: 0.25),
        Finding(id: CheckID("foreign-keys"), subject: "fields_farmer_id_fkey", status: .passed, basis: .rule),
        Finding(
            id: CheckID("visibility-map"), subject: "database", status: .notRun, gap: .doesNotApply,
            reason: "the backup is a dump"),
    ]

    /// One of each kind that a reader meets.
    static let mixed: [Finding] =
        passing + [
            Finding(
                id: CheckID("row-counts"), subject: "public.fields", status: .failed, basis: .manifest,
                expected: "10000", observed: "9998", reason: "2 rows are missing", cause: .backup),
            Finding(
                id: CheckID("indexes"), subject: "public.fields_pkey", status: .inconclusive,
                reason: "line 1\nline 2", cause: .environment),
            .hazard,
            Finding(id: CheckID("upkeep"), subject: "database", status: .notRun, gap: .skipped, reason: "not here"),
        ]
}

extension Finding {
    static let hazard = Finding(
        id: CheckID("sequences"), subject: "public.s", status: .passed, basis: .rule, expected: "not behind",
        observed: "behind by 7", hazard: true, reason: "the source has it as well")
}

/// Signs a report in memory and opens it, as a page wants it.
func opened(_ report: Report, _ key: SigningKey = .generate()) async throws -> AnyReport {
    try AnyReport.open(try await sealed(report, key), name: "a report", KeyRing(operators: [key.publicKey])).content
}

func sealed(_ report: Report, _ key: SigningKey) async throws -> [UInt8] {
    let plan = ResourceDescriptor(name: "plan.yaml", digest: ["sha256": String(repeating: "cd", count: 32)])
    let statement = try Statement(report: report, configuration: [plan]).encoded()
    return try await Envelope(statement: statement, signer: key).encoded()
}

extension PageSource {
    static let unchecked = PageSource(
        file: "shop-weekly.dsse.json", sha256: String(repeating: "12", count: 32), signature: .unchecked)
}
