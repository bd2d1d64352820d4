import Foundation
import SystemPackage
import TestSupport
import Testing

/// Which snapshot is taken, and what is said of it before anything is made.
@Suite struct SnapshotChoiceTests {
    @Test func byEachWord() async throws {
        try await Cloud.with(snapshots: ["friday", "saturday", "sunday"]) { cloud in
            let plan = try cloud.plan()
            for (pick, taken) in [("newest", "sunday"), ("oldest", "friday"), ("saturday", "saturday")] {
                let outcome = try await dryRun(plan, ["--pick", pick], in: cloud)
                #expect(outcome.exitCode == 0, "\(outcome.errors)")
                #expect(outcome.output.contains("snapshot:\(taken): "), "\(outcome.output)")
            }
            let unknown = try await dryRun(plan, ["--pick", "monday"], in: cloud)
            #expect(unknown.exitCode == 2)
            #expect(unknown.errors.contains("No backup is named monday; there are: friday, saturday, sunday."))
            #expect(try await cloud.left() == [])
        }
    }

    @Test func whereThereIsNone() async throws {
        try await Cloud.with(snapshots: []) { cloud in
            let outcome = try await dryRun(try cloud.plan(), in: cloud)
            #expect(outcome.exitCode == 2)
            #expect(outcome.errors.contains("There is no snapshot of the RDS instance orchard."), "\(outcome.errors)")
            let kept = try await cloud.desk.pgassay(
                cloud.desk.drilling(try cloud.plan(), ["--keep-scratch"]), environment: cloud.environment)
            #expect(kept.exitCode == 2)
            #expect(kept.errors.contains("costs money"))
            let without = try await cloud.desk.pgassay(cloud.desk.drilling(try cloud.plan()))
            #expect(without.exitCode == 3, "there is no aws")
            #expect(without.output.contains("The program aws is missing"), "\(without.output)")
        }
    }

    @Test func whatItCosts() async throws {
        try await Cloud.with { cloud in
            let unknown = try await dryRun(try cloud.plan(), in: cloud)
            #expect(unknown.exitCode == 0)
            for words in [
                "Nothing was done", "the price is not known here", "db.t4g.medium", "20 GiB", "for 6 h at most", "15.4",
                "delete the instance without a final snapshot",
            ] {
                #expect(unknown.output.contains(words), "\(words) in \(unknown.output)")
            }
            let priced = try await dryRun(
                try cloud.plan("timeToLive: 90m\n    hourlyPrice: 0.082 USD"), ["--format", "json"], in: cloud)
            let json = try #require(
                try JSONSerialization.jsonObject(with: Data(priced.output.utf8)) as? [String: Any])
            #expect(
                (json["cost"] as? String)?.hasPrefix("at most 2 h × 0.082 USD = 0.164 USD for the instance") == true)
            #expect(json["instanceClass"] as? String == "db.t4g.medium")
            #expect(json["timeToLive"] as? Double == 5400)
            #expect(try await cloud.left() == [])
        }
    }

    private func dryRun(
        _ plan: FilePath, _ more: [String] = [], in cloud: Cloud
    ) async throws -> Program.Outcome {
        try await cloud.desk.pgassay(["drill", plan.string, "--dry-run"] + more, environment: cloud.environment)
    }
}
