import Findings
import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

/// A night of drills over a directory of plans.
@Suite struct FleetTests {
    /// Twelve plans of which two fail, by two fleets at the same time: each says so by its exit code, and the one ledger of both is
    /// whole.
    @Test func twoFleetsAtOnceDoNoHarm() async throws {
        try await withDesk { desk in
            let good = try desk.script("CREATE TABLE public.t AS SELECT i FROM generate_series(1, 7) i;")
            let bytes = try Data(contentsOf: URL(filePath: good.string))
            let bad = try desk.file("bad.sql", Array(bytes.dropLast(60)))
            let plans = desk.root.appending("plans")
            try FileManager.default.createDirectory(atPath: plans.string, withIntermediateDirectories: false)
            for number in 1...12 {
                let backup = number % 6 == 0 ? bad : good
                _ = try desk.file(
                    "plans/\(number).yaml",
                    "name: plan-\(number)\nbackup: { path: '\(backup)' }\nscratch: { jobs: 1 }\n")
            }
            _ = try await desk.pgassay(["keys", "generate", "--output", "keys"])
            let arguments =
                ["fleet", plans.string, "--reports", desk.reports.string, "--jobs", "2", "--format", "json"]
                + ["--signing-key", "keys/signing-key.pem"]
            let fleets = try (0..<2).map { _ in try desk.start(arguments) }
            var drilled: [String: Int] = [:]
            for fleet in fleets {
                let outcome = try await fleet.outcome()
                let document = try JSONDecoder().decode(Document.self, from: Data(outcome.output.utf8))
                #expect(document.plans.count == 12)
                for plan in document.plans {
                    let fails = ["plan-6", "plan-12"].contains(plan.plan)
                    switch plan.outcome {
                    case "skipped": continue
                    case "ended" where fails: #expect(plan.verdict == .failed && plan.cause == .backup)
                    default: #expect(plan.outcome == "ended" && plan.verdict == .passed, "\(plan)")
                    }
                    drilled[plan.plan, default: 0] += 1
                }
                let hasFailed = document.plans.contains { $0.verdict == .failed }
                #expect(outcome.exitCode == (hasFailed ? 1 : 0))
            }
            #expect(drilled.count == 12)
            let key = ["--public-key", "keys/public-key.pem", "--reports", desk.reports.string]
            let ledger = try await desk.pgassay(["ledger", "verify"] + key)
            #expect(ledger.exitCode == 0, "\(ledger.output)\(ledger.errors)")
            let reports = drilled.values.reduce(0, +)
            #expect(ledger.output.contains("Reports  \(reports) as they were entered"), "\(ledger.output)")
            let status = try await desk.pgassay(["status", "--plans", plans.string] + key)
            #expect(status.exitCode == 1)
            #expect(status.output.hasPrefix("ATTEND NOW: 2 of 12 plans."), "\(status.output)")
        }
    }

    /// A signal stops the drill that runs, which removes its server and reports, and begins no other.
    @Test func aFleetThatIsStoppedLeavesNothing() async throws {
        try await withDesk { desk in
            let slow = try desk.script("SELECT pg_sleep(600);")
            let plans = desk.root.appending("plans")
            try FileManager.default.createDirectory(atPath: plans.string, withIntermediateDirectories: false)
            for name in ["a", "b"] {
                _ = try desk.file("plans/\(name).yaml", "name: \(name)\nbackup: { path: '\(slow)' }\n")
            }
            let fleet = try desk.start(["fleet", plans.string, "--unsigned", "--reports", desk.reports.string])
            try await eventually("the first drill restores") { fleet.errorsSoFar.contains("a: restore") }
            fleet.send(SIGTERM)
            let outcome = try await fleet.outcome()
            #expect(outcome.exitCode == 130, "\(outcome.errors)")
            #expect(!outcome.errors.contains("b: begins"))
            #expect(try desk.reportNames.count == 1)
            try await desk.expectNothingLeft()
        }
    }

    /// config/ has what the command writes for four plans.
    @Test func theExampleForKubernetesIsWhatItWrites() async throws {
        try await withDesk { desk in
            let plans = desk.root.appending("plans")
            try FileManager.default.createDirectory(atPath: plans.string, withIntermediateDirectories: false)
            for number in 1...4 {
                _ = try desk.file("plans/\(number).yaml", "name: p\(number)\nbackup: { path: /b }\n")
            }
            let written = try await desk.pgassay([
                "fleet", "plans", "--kubernetes", "--jobs", "2", "--ledger", "s3://evidence/ledger",
            ])
            let file = URL(filePath: #filePath).deletingLastPathComponent()
                .appending(path: "../../config/kubernetes/pgassay-fleet.yaml")
            #expect(try String(contentsOf: file, encoding: .utf8) == written.output)
        }
    }

    private struct Document: Decodable {
        let plans: [Plan]

        struct Plan: Decodable {
            let plan, outcome: String
            let verdict: Verdict?
            let cause: Cause?
        }
    }
}
