import Foundation
import TestSupport
import Testing

/// What AWS Backup has restored in a restore test: it is drilled where it is, and AWS Backup is told the result.
@Suite struct RestoreJobTests {
    private static let exactly = "checks: { row-counts: { plots: { exactly: 300 } } }"

    @Test func thatPasses() async throws {
        try await RestoredServer.with(SnapshotTests.good) { server in
            try await RestoreTesting.with { test in
                try test.makeJob()
                let plan = try test.cloud.plan(
                    server.address, Self.exactly + "\nobjectives: { recoveryTime: 10m }")
                let drilled = try await test.drill(plan)
                #expect(drilled.exitCode == 0, "\(drilled.complaints) \(drilled.outcome.errors)")
                let report = drilled.report
                #expect(report.backup.location.hasSuffix(":snapshot:saturday"))
                #expect(report.backup.whyThisOne.contains("the restore job \(RestoreTesting.job) of AWS Backup"))
                #expect(report.backup.digest == ["sha256": try await test.cloud.digest(of: "saturday")])
                #expect(report.options == ["--restore-job \(RestoreTesting.job)"])
                #expect(report.environment.isolation.contains { $0.contains("AWS Backup made and deletes") })
                // Of the job: seven minutes.
                let time = try #require(report.objectives.recoveryTime)
                #expect(try #require(time.measured) >= 420 && time.met == true)
                #expect(time.note?.contains("7 m of the restore job") == true)
                // Nothing was made, and nothing is removed.
                #expect(report.cleanup.isEmpty)
                #expect(try await test.cloud.left() == [RestoreTesting.restored])
                let results = try test.results()
                #expect(results.map(\.status) == ["SUCCESSFUL"])
                let message = try #require(results.first?.message)
                #expect(message.hasPrefix("pgassay: passed, ") && message.contains(".dsse.json, SHA-256 "))
                #expect(drilled.outcome.errors.contains("AWS Backup: done"))
            }
        }
    }

    @Test func thatFails() async throws {
        try await RestoredServer.with(SnapshotTests.good) { server in
            try await RestoreTesting.with { test in
                try test.makeJob()
                let drilled = try await test.drill(
                    try test.cloud.plan(server.address, "checks: { row-counts: { plots: { exactly: 301 } } }"))
                #expect(drilled.exitCode == 1)
                let results = try test.results()
                #expect(results.map(\.status) == ["FAILED"])
                #expect(
                    results.first?.message
                        .hasPrefix("pgassay: failed (expectation), failed: row-counts; report ") == true)
                #expect(try await test.cloud.left() == [RestoreTesting.restored])
            }
        }
    }

    /// A drill that could not tell leaves the test open.
    @Test func thatNobodyCanConnectTo() async throws {
        try await RestoreTesting.with { test in
            try test.makeJob()
            let drilled = try await test.drill(
                try test.cloud.plan("address: '/nowhere:5432'", "limits: { start: 1s }"))
            #expect(drilled.exitCode == 3)
            #expect(try test.results().map(\.status) == ["VALIDATING"])
            #expect(drilled.report.cleanup.isEmpty)
        }
    }

    /// The verdict stands, whatever AWS Backup says to it.
    @Test func ofWhichNobodyIsTold() async throws {
        try await RestoredServer.with(SnapshotTests.good) { server in
            try await RestoreTesting.with { test in
                try test.makeJob()
                try test.refuse()
                let drilled = try await test.drill(try test.cloud.plan(server.address))
                #expect(drilled.exitCode == 0, "\(drilled.complaints) \(drilled.outcome.errors)")
                #expect(drilled.outcome.errors.contains("AWS Backup: failed: "))
                #expect(drilled.outcome.errors.contains("InvalidRequestException"))
                #expect(try test.results().isEmpty)
            }
        }
    }

    /// A server that ran before the job began is not what the job has restored.
    @Test func whoseAddressLeadsElsewhere() async throws {
        try await RestoredServer.with(SnapshotTests.good) { server in
            try await RestoreTesting.with { test in
                try test.makeJob(began: -60)
                let drilled = try await test.drill(try test.cloud.plan(server.address))
                #expect(drilled.exitCode == 3)
                #expect(drilled.complaints.contains("is not what was restored"), "\(drilled.complaints)")
                #expect(try test.results().map(\.status) == ["VALIDATING"])
            }
        }
    }

    @Test func whoseInstanceIsNotOfATest() async throws {
        try await RestoreTesting.with(tags: ["owner": "somebody"]) { test in
            try test.makeJob()
            let drilled = try await test.drill(try test.cloud.plan("address: '/nowhere:5432'"))
            #expect(drilled.exitCode == 3)
            #expect(drilled.complaints.contains("it has no tag awsbackup-restore-test"), "\(drilled.complaints)")
        }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let what: String
        var more: [String: String?] = [:]
        var job = RestoreTesting.job
        let words: String

        var testDescription: String { what }
    }

    @Test(arguments: [
        Refusal(what: "one that there is not", job: "0A1B", words: "AWS Backup has no restore job 0A1B"),
        Refusal(
            what: "one that runs", more: ["Status": "RUNNING"], words: "is RUNNING: there is something to drill when"),
        Refusal(
            what: "one that failed", more: ["Status": "FAILED", "StatusMessage": "no subnet"],
            words: "is FAILED (no subnet)"),
        Refusal(what: "one of a person", more: ["CreatedBy": nil], words: "is of no restore testing plan"),
        Refusal(
            what: "one of a continuous backup",
            more: ["RecoveryPointArn": "arn:aws:rds:eu-central-1:1:auto-backup:ab-1"], words: "which is no snapshot"),
        Refusal(
            what: "one of a snapshot that is gone",
            more: ["RecoveryPointArn": "arn:aws:rds:eu-central-1:1:snapshot:friday"], words: "is not there any more"),
        Refusal(what: "no id", job: "a b", words: "--restore-job takes the id"),
    ])
    func thatIsRefused(_ refusal: Refusal) async throws {
        try await RestoreTesting.with { test in
            try test.makeJob(refusal.more)
            let desk = test.cloud.desk
            let outcome = try await desk.pgassay(
                desk.drilling(try test.cloud.plan(), ["--restore-job", refusal.job]),
                environment: test.cloud.environment.merging(test.environment) { $1 })
            #expect(outcome.exitCode == 2, "\(outcome.errors)")
            #expect(outcome.errors.contains(refusal.words), "\(outcome.errors)")
            #expect(try desk.names(in: desk.reports).isEmpty)
            #expect(try test.results().isEmpty)
        }
    }

    @Test func ofAnotherInstance() async throws {
        try await RestoreTesting.with { test in
            try await test.cloud.makeInstance("meadow", tags: [:])
            try await test.cloud.aws([
                "rds", "create-db-snapshot", "--db-instance-identifier=meadow", "--db-snapshot-identifier=monday",
            ])
            try test.makeJob(of: "monday")
            let desk = test.cloud.desk
            let outcome = try await desk.pgassay(
                desk.drilling(try test.cloud.plan(), ["--restore-job", RestoreTesting.job]),
                environment: test.cloud.environment.merging(test.environment) { $1 })
            #expect(outcome.exitCode == 2)
            #expect(
                outcome.errors.contains("of the RDS instance meadow (postgres), and the plan is of the RDS instance"))
        }
    }

    @Test func aDryRunSaysWhatIsDrilled() async throws {
        try await RestoreTesting.with { test in
            try test.makeJob()
            let desk = test.cloud.desk
            let outcome = try await desk.pgassay(
                ["drill", try test.cloud.plan().string, "--restore-job", RestoreTesting.job, "--dry-run"],
                environment: test.cloud.environment.merging(test.environment) { $1 })
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            #expect(outcome.output.contains("find RDS instance \(RestoreTesting.restored)"))
            #expect(outcome.output.contains("tell AWS Backup the result"))
            #expect(!outcome.output.contains("delete the instance without"))
            #expect(try test.results().isEmpty)
        }
    }
}
