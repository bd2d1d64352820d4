import Findings
import Foundation
import Pages
import Report
import Testing

/// What a person reads at three in the morning.
struct ReportTextTests {
    private static let failed: Report = {
        var report = Report.sample(
            verdict: .failed, cause: .backup,
            checks: [
                .sample(.passed), .sample(.failed, subject: "public.fields", cause: .backup),
                Finding(
                    id: .restore, subject: "avaolo.dump", status: .inconclusive, reason: "line 1\nline 2",
                    cause: .environment),
                Finding(
                    id: CheckID("amcheck"), subject: "all indexes", status: .notRun,
                    reason: "the extension amcheck is not installed here"),
                Finding(
                    id: CheckID("sequences"), subject: "public.s", status: .passed, basis: .rule,
                    expected: "not behind",
                    observed: "behind by 7", reason: "a few rows are far ahead of it"),
            ])
        report.objectives.backupAge = Report.Objective(
            target: 86_400, measured: 187_200, met: false, reason: "no newer backup")
        report.cleanup[0].removed = false
        report.cleanup[0].verified = "directory is still there"
        return report
    }()

    @Test func tellsAFailedDrillFromTheTopDown() {
        #expect(
            ReportText.render(Self.failed).written(color: false) == """
                FAILED: the backup is bad. Do not rely on it. Of 4 checks: 1 failed, 1 inconclusive.
                avaolo.dump, 1.2 GB, made 2026-11-23 02:00:00 UTC. The drill took 4 m 12 s.

                Failed
                  row-counts
                    public.fields: expected 10000 (manifest), found 9998
                      2 rows are missing

                Inconclusive
                  restore
                    avaolo.dump
                      line 1
                      line 2

                Worth knowing
                  sequences
                    public.s: expected not behind (rule), found behind by 7
                      a few rows are far ahead of it

                Checks
                  row-counts  1 passed, 1 failed
                  restore     1 inconclusive
                  sequences   1 passed

                Not run: does not apply
                  amcheck
                    all indexes: the extension amcheck is not installed here

                Objectives
                  recovery time                 4 m 12 s (at most 30 m): met; measured with fsync = off
                  recovery point                5 m 1 s (at most 1 h): met
                  newest row before the backup  2 m
                  backup age                    2 d 4 h (at most 1 d): MISSED; no newer backup

                Phases
                  restore  3 m 20 s
                  check    50.0 s

                Backup
                  location  /backups/avaolo.dump
                  kind      dump, custom, zstd
                  database  avaolo on PostgreSQL 16.4
                  made      2026-11-23 02:00:00 UTC (modification time)
                  chosen    the newest of 3
                  sha256    abababababababababababababababababababababababababababababababab

                Drill
                  plan        avaolo-weekly
                  id          3fa85f64-5717-4562-b3fc-2c963f66afa6
                  started     2026-11-23 04:12:07 UTC
                  started by  backup on db1 (scheduled)
                  option      --pick newest
                  restored    1 table
                  signed      yes; `pgassay report verify` checks it

                Environment
                  PostgreSQL  16.4 (Debian packages)
                  account     pgassay
                  files       copy
                  isolation   no network
                  weakened    fsync = off
                  extensions  plpgsql 1.0
                  tool        pgassay 1.0.0
                  system      Debian 12

                Cleanup
                  LEFT BEHIND  /tmp/scratch  directory is still there

                """)
    }

    @Test func namesTheCauseInTheFirstLine() {
        let rows: [(Verdict, Cause?, String)] = [
            (.passed, nil, "PASSED: all checks that apply succeeded."),
            (.failed, .backup, "FAILED: the backup is bad. Do not rely on it."),
            (.failed, .objective, "FAILED: an objective was missed. Nothing wrong was found in the backup."),
            (.inconclusive, .interrupted, "INTERRUPTED: the drill was stopped before it had a result."),
            (
                .inconclusive, .environment,
                "INCONCLUSIVE: a problem on this machine prevented a result. The backup may be good or bad."
            ),
        ]
        for (verdict, cause, line) in rows {
            #expect(ReportText.verdict(verdict, cause).written(color: false) == line + "\n")
        }
    }

    private static func notRun(_ id: String, _ gap: Gap?, _ reason: String) -> Finding {
        Finding(id: CheckID(id), subject: "database", status: .notRun, gap: gap, reason: reason)
    }

    @Test("What the plan skips shows in the line that says passed; what does not apply does not") func passedCounts() {
        func line(_ more: [Finding]) -> String {
            ReportText.render(.sample(checks: [.sample(.passed), .sample(.passed)] + more)).written(color: false)
                .split(separator: "\n").first.map(String.init) ?? ""
        }
        #expect(line([]) == "PASSED: all 2 checks that apply succeeded.")
        #expect(
            line([Self.notRun("jsonb", .doesNotApply, "r"), Self.notRun("sql", .notConfigured, "r")])
                == "PASSED: all 2 checks that apply succeeded.")
        #expect(
            line([Self.notRun("jsonb", .skipped, "r"), Self.notRun("indexes", .lacking, "r")])
                == "PASSED: all 2 checks that apply succeeded. The plan skips 1 check. This machine cannot ask 1 check."
        )
    }

    @Test func whatWasNotRunIsToldByItsReason() {
        let checks = [
            Self.notRun("values", nil, "of an old report"), Self.notRun("files", .doesNotApply, "a dump"),
            Self.notRun("sql", .notConfigured, "the plan has none"), Self.notRun("encoding", .stopped, "stopped"),
            Self.notRun("security", .stopped, "stopped"), Self.notRun("indexes", .lacking, "no amcheck"),
            Self.notRun("jsonb", .skipped, "the plan skips it: known since May"), .sample(.passed),
        ]
        #expect(
            ReportText.render(checks: checks).written(color: false) == """
                Not run: skipped by the plan
                  jsonb: the plan skips it: known since May

                Not run: this machine lacks something
                  indexes: no amcheck

                Not run: the drill stopped earlier
                  encoding, security

                Checks
                  row-counts  1 passed

                Not run: not configured
                  sql: the plan has none

                Not run: does not apply
                  values: of an old report
                  files: a dump

                """)
    }

    @Test func allShowsWhatPassed() {
        let report = Report.sample(checks: (1...30).map { .sample(.passed, subject: "t\($0)") })
        let text = ReportText.render(report, all: true).written(color: false)
        #expect(text.contains("\nPassed\n  row-counts\n    t1: expected 10000 (manifest), found 9998\n    t2: "))
        #expect(text.contains("    t30: expected"))
        #expect(!ReportText.render(report).written(color: false).contains("t1:"))
    }

    @Test func theRecoveryIsAlwaysTold() {
        var report = Report.sample(checks: [
            Finding(
                id: .recovery, subject: "log", status: .passed, basis: .plan,
                expected: "the time 2026-11-23 01:00:00+00",
                observed: "replayed to 0/3000000, last commit 2026-11-23T00:59:58Z")
        ])
        report.backup.database = "shop"
        #expect(
            ReportText.render(report).written(color: false).contains(
                """

                Recovery
                  target    the time 2026-11-23 01:00:00+00
                  log       replayed to 0/3000000, last commit 2026-11-23T00:59:58Z
                  database  shop

                """))
    }

    @Test func sectionsWithNothingToSayAreAbsent() {
        var report = Report.sample()
        (report.phases, report.cleanup, report.objectives) = ([], [], Report.Objectives())
        let text = ReportText.render(report).written(color: false)
        for title in [
            "Failed", "Inconclusive", "Worth knowing", "Passed", "Recovery", "Phases", "Cleanup", "Objectives",
        ] {
            #expect(!text.contains("\n\(title)\n"))
        }
        #expect(!text.contains("Not run"))
        #expect(text.contains("\nChecks\n  row-counts    1 passed\n  foreign-keys  1 passed\n\nBackup\n"))
    }

    @Test func longListsAreCounted() {
        let findings = (1...23).map { number in
            var finding = Finding.sample(.failed, subject: "t\(number)", cause: .backup)
            finding.observed = "\(number)"
            return finding
        }
        let text = ReportText.render(checks: findings + [.sample(.passed)]).written(color: false)
        #expect(text.contains("    t20: expected"))
        #expect(!text.contains("t21"))
        #expect(text.contains("\n    … and 3 more\n"))
        #expect(text.contains("row-counts  1 passed, 23 failed"))
        #expect(!ReportText.render(checks: Array(findings.prefix(20))).written(color: false).contains("more"))
    }

    @Test func whatIsAlikeIsOneLine() {
        let findings = (1...23).map { Finding.sample(.failed, subject: "t\($0)", cause: .backup) }
        let text = ReportText.render(checks: findings).written(color: false)
        #expect(text.contains("    t1 … t23 (23): expected 10000 (manifest), found 9998\n      2 rows are missing\n"))
        #expect(
            ReportText.render(checks: Array(findings.prefix(2))).written(color: false).contains("    t1, t2: expected"))
    }

    @Test func colorsOnlyWhatIsOurs() {
        let text = ReportText.render(Self.failed).written(color: true)
        #expect(text.hasPrefix("\u{1b}[1;31mFAILED: the backup is bad. Do not rely on it. Of 4 checks"))
        #expect(text.contains("\n\u{1b}[1;31mFailed\u{1b}[0m\n"))
        let plain = text.replacing(/\u{1b}\[[0-9;]+m/, with: "")
        #expect(plain == ReportText.render(Self.failed).written(color: false))
    }

    @Test("A name from the backup cannot steer the terminal, hide text or start a line") func namesAreHarmless() {
        let hostile = "a\u{1b}[2J\u{9b}31m\u{202e}b\nPASSED: x\r\u{7}\u{2028}"
        var report = Report.sample(
            plan: hostile, verdict: .failed, cause: .backup,
            checks: CheckStatus.allCases.map { status in
                Finding(
                    id: CheckID(hostile), subject: hostile, status: status, basis: .archive, expected: hostile,
                    observed: hostile, reason: hostile)
            })
        report.backup = Report.Backup(
            kind: hostile, format: hostile, compression: hostile, location: hostile, bytes: 1,
            created: report.started, createdBasis: hostile, serverVersion: hostile, dumpVersion: hostile,
            database: hostile, whyThisOne: hostile, digest: [hostile: hostile])
        report.trigger = Report.Trigger(kind: hostile, user: hostile, host: hostile)
        report.objectives.backupAge?.reason = hostile
        report.phases[0].name = hostile
        report.environment = Report.Environment(
            postgres: hostile, extensions: [hostile: hostile], files: hostile, isolation: [hostile],
            weakenedSettings: [hostile: hostile], tool: hostile, os: hostile, account: hostile)
        report.cleanup = [Report.Cleanup(what: hostile, removed: true, verified: hostile)]
        let text = ReportText.render(report).written(color: false)
        let harmful = text.unicodeScalars.filter {
            $0 != "\n" && [.control, .format, .lineSeparator].contains($0.properties.generalCategory)
        }
        #expect(harmful.isEmpty)
        #expect(text.contains("a\\u{1b}[2J\\u{9b}31m\\u{202e}b\\u{a}PASSED"))
        #expect(!text.split(separator: "\n").contains { $0.hasPrefix("PASSED") })
    }

    @Test func aSizeThatNobodySawIsNotShown() throws {
        var report = Report.sample()
        report.backup.bytes = nil
        let text = ReportText.render(report).written(color: false)
        #expect(text.contains("\navaolo.dump, made ") && !text.contains(" 0 B"), "\(text)")
        report.backup.created = nil
        #expect(ReportText.render(report).written(color: false).contains("\navaolo.dump. The drill took "))
        let encoded = String(decoding: try JSONEncoder().encode(report.backup), as: UTF8.self)
        #expect(!encoded.contains("\"bytes\""), "\(encoded)")
    }

    @Test func totalsThatDoNotFitDoNotCrash() {
        var report = Report.sample()
        report.tables = Array(repeating: Report.Table(schema: "s", name: "t", rows: .max), count: 2)
        report.backup.bytes = .min
        #expect(ReportText.render(report).written(color: false).contains("2 tables"))
    }
}
