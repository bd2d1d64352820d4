import Findings
import Foundation
import Report
import Status
import Testing

/// What monitors read: Nagios' rules by hand, those of Prometheus by its own program.
@Suite struct MonitorTests {
    @Test("Nagios: exit codes, the most urgent first, and numbers")
    func nagios() throws {
        var watched = Watched()
        #expect(NagiosOutput(try watched.overview(0)).exitCode == 3)
        watched.drill(0, within: 86_400) {
            $0.objectives.recoveryTime = Report.Objective(target: 900, measured: 12.5)
        }
        let good = NagiosOutput(try watched.overview(0.5))
        #expect(good.exitCode == 0)
        #expect(
            good.text
                == "PGASSAY OK - 1 plan, nothing to attend to | 'shop last pass'=43200s;;86400 'shop recovery time'=12.500s;;900\n"
        )
        watched.drill(0.6, plan: "b|ad\n'=", .failed, cause: .backup)
        let bad = NagiosOutput(try watched.overview(2))
        #expect(bad.exitCode == 2)
        let lines = bad.text.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines[0].hasPrefix("PGASSAY CRITICAL - b/ad '=: its last drill, "))
        #expect(lines[0].contains("(and 1 more) | 'shop last pass'="))
        #expect(lines[0].count { $0 == "|" } == 1)
        #expect(lines[1].hasPrefix("shop: its last drill that passed began 2 d ago"))
    }

    @Test("Prometheus: names of plans are escaped, and every kind has a sample")
    func prometheus() throws {
        var watched = Watched()
        watched.drill(0, plan: "a\"b\\c\nd", .failed, cause: .backup)
        let text = PrometheusMetrics(try watched.overview(1)).text
        #expect(text.contains("pgassay_last_verdict{plan=\"a\\\"b\\\\c\\nd\",verdict=\"failed\"} 1\n"))
        #expect(text.contains("kind=\"failing\"} 2\n"))
        #expect(!text.contains("pgassay_last_pass_timestamp_seconds"))
        #expect(try promtool(["check", "metrics"], input: text) == "")
        for kind in Concern.Kind.allCases {
            #expect(text.components(separatedBy: "kind=\"\(kind.rawValue)\"").count == 3)
        }
    }

    @Test func theAlertRulesSayWhatTheyMustSay() throws {
        let directory = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../config/prometheus")
        let rules = directory.appending(path: "pgassay-rules.yml").path
        #expect(try promtool(["check", "rules", "--lint=all", "--lint-fatal", rules]).contains("SUCCESS"))
        #expect(
            try promtool(["test", "rules", directory.appending(path: "pgassay-rules-test.yml").path])
                .contains("SUCCESS"))
    }

    @Test("The dashboard and the rules show metrics that there are")
    func dashboard() throws {
        var watched = Watched()
        watched.drill(0, within: 86_400) { report in
            let objective = Report.Objective(target: 1, measured: 2, met: false)
            (report.backup.created, report.backup.createdBasis) = (Watched.time(-1), "the archive")
            report.objectives = Report.Objectives(
                recoveryTime: objective, recoveryPoint: objective, backupAge: objective)
        }
        let text = PrometheusMetrics(try watched.overview(1)).text
        let written = Set(text.matches(of: /# TYPE ([a-z_]+)/).map { String($0.1) })
        for file in ["config/grafana/pgassay-dashboard.json", "config/prometheus/pgassay-rules.yml", "docs/status.md"] {
            let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../\(file)")
            let named = Set(
                try String(contentsOf: path, encoding: .utf8).matches(of: /pgassay_[a-z_]+/).map { String($0.0) })
            #expect(!named.isEmpty && named.subtracting(written) == [], "\(file)")
        }
    }

    /// Runs Prometheus' own checker, and expects that it is content.
    private func promtool(_ arguments: [String], input: String = "") throws -> String {
        let program = try #require(
            ProcessInfo.processInfo.environment["PGASSAY_PROMTOOL"], "tools/install-test-tools.sh installs promtool")
        let (process, stdin, stdout) = (Process(), Pipe(), Pipe())
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        (process.standardInput, process.standardOutput, process.standardError) = (stdin, stdout, stdout)
        try process.run()
        try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try stdin.fileHandleForWriting.close()
        let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        let text = String(decoding: output, as: UTF8.self)
        #expect(process.terminationStatus == 0, "\(text)")
        return text
    }
}
