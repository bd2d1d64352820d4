import Findings
import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

/// Whoever stops a drill of a snapshot leaves nothing behind; and what kill -9 leaves, `pgassay clean --aws` finds by its tags.
@Suite struct SnapshotInterruptionTests {
    struct Moment: Sendable, CustomTestStringConvertible {
        let reason: String
        let script: String
        /// What the drill says then, or the operation that it has called.
        var says: String?
        var calls: String?

        var testDescription: String { reason }

        static let all = [
            Moment(
                reason: "while it is ordered",
                script: #"case $2 in restore-*) sleep 2; "$real" "$@"; exit ;; esac"#,
                calls: "restore-db-instance-from-db-snapshot"),
            Moment(
                reason: "while AWS is too busy", script: "case $2 in restore-*) \(refusal("Throttling")) ;; esac",
                says: "AWS asks to wait"),
            Moment(
                reason: "while it is made",
                script: telling("s/available/creating/"),
                says: ": creating"),
            Moment(reason: "while nobody can connect", script: "", says: "connecting to"),
        ]
    }

    @Test(arguments: Moment.all)
    func beforeThereIsADatabase(_ moment: Moment) async throws {
        try await Cloud.with { cloud in
            let drill = try cloud.start(
                try cloud.plan("address: '/nowhere:5432'"), environment: try cloud.aws(replacedBy: moment.script))
            if let words = moment.says { #expect(try await drill.says(words)) }
            if let operation = moment.calls {
                try await eventually("\(operation) is called") { try cloud.calls().contains(operation) }
            }
            drill.send(SIGINT)
            try await expectInterrupted(drill, during: "restore", in: cloud)
        }
    }

    @Test func duringTheChecks() async throws {
        try await RestoredServer.with(SnapshotTests.good) { server in
            try await Cloud.with { cloud in
                let plan = try cloud.plan(
                    server.address, "checks: { sql: { nap: { query: SELECT pg_sleep(3600), rows: { exactly: 1 } } } }")
                try await server.cluster.stop()
                let drill = try cloud.start(plan)
                #expect(try await drill.says("connecting to"))
                try await server.cluster.start()
                #expect(try await drill.says("check\n"))
                drill.send(SIGTERM)
                try await expectInterrupted(drill, during: "check", in: cloud)
            }
        }
    }

    private func expectInterrupted(_ drill: RunningProgram, during phase: String, in cloud: Cloud) async throws {
        let outcome = try await drill.outcome()
        #expect(outcome.exitCode == 130, "\(outcome.errors)")
        let report = try cloud.desk.onlyReport()
        #expect(report.cause == .interrupted)
        #expect(report.phases.last?.name == phase)
        #expect(report.cleanup.allSatisfy { $0.removed })
        #expect(try await cloud.left() == [])
    }

    @Test(arguments: [false, true])
    func killed(cluster isCluster: Bool) async throws {
        try await Cloud.with(cluster: isCluster) { cloud in
            let never = try cloud.aws(
                replacedBy: telling("s/available/creating/")
            )
            let plan = try cloud.plan("address: '/nowhere:5432'")
            let state = isCluster ? "-1: creating" : ": creating"
            let killed = try cloud.start(plan, environment: never)
            #expect(try await killed.says(state))
            killed.send(SIGKILL)
            #expect(try await killed.outcome().exitCode == nil)
            let dead = try await cloud.left()
            #expect(dead.count == (isCluster ? 2 : 1))

            let running = try cloud.start(plan, environment: never)
            #expect(try await running.says(state))
            let used = try await cloud.left().filter { !dead.contains($0) }
            let (past, future) = ("2001-01-01T00:00:00Z", "2099-01-01T00:00:00Z")
            let ours = ["pgassay": "drill", "pgassay-host": "elsewhere"]
            let others: [(String, [String: String])] = [
                ("pgassay-00000001", [:]), ("pgassay-00000002", ["pgassay": "drill"]),
                ("pgassay-00000003", ["pgassay": "report", "pgassay-expires": past]),
                ("pgassay-production", ours.merging(["pgassay-expires": past]) { $1 }),
                ("pgassay-00000004", ours.merging(["pgassay-expires": future]) { $1 }),
            ]
            for (name, tags) in others { try await cloud.makeInstance(name, tags: tags) }
            try await cloud.makeInstance("pgassay-00000005", tags: ours.merging(["pgassay-expires": past]) { $1 })

            // Nobody has said that AWS is to be asked.
            let before = try cloud.calls().count { $0 == "describe-db-clusters" }
            let plain = try await cloud.desk.pgassay(["clean"], environment: cloud.environment.merging(never) { $1 })
            #expect(plain.exitCode == 0)
            #expect(try cloud.calls().count { $0 == "describe-db-clusters" } == before || isCluster)

            let clean = try await cloud.desk.pgassay(["clean", "--aws"], environment: cloud.environment)
            #expect(clean.exitCode == 0, "\(clean.errors)")
            for name in dead { #expect(clean.output.contains(" \(name)\n"), "\(clean.output)") }
            #expect(clean.output.contains("removed  RDS instance pgassay-00000005\n"))
            #expect(clean.output.contains("in use   RDS instance pgassay-00000004  (by a drill on elsewhere"))
            for name in used {
                #expect(clean.output.contains("\(name)  (its drill runs on this machine)"), "\(clean.output)")
            }
            #expect(try await cloud.left() == (used + others.map(\.0)).sorted())
            running.send(SIGINT)
            #expect(try await running.outcome().exitCode == 130)
            #expect(try await cloud.left() == others.map(\.0).sorted())
        }
    }
}
