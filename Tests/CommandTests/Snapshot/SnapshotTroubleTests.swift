import Findings
import Foundation
import SystemPackage
import TestSupport
import Testing

/// AWS that fails, is too busy, or says nothing: never the snapshot's fault, and nothing stays that costs money.
@Suite struct SnapshotTroubleTests {
    @Test func anAWSThatIsBusyAtFirst() async throws {
        try await RestoredServer.with(SnapshotTests.good) { server in
            try await Cloud.with { cloud in
                let replaced = try cloud.aws(
                    replacedBy: #"case $2 in *-db-*) test "$count" -lt 1 && \#(refusal("Throttling")) ;; esac"#)
                let drilled = try await server.drill(try cloud.plan(server.address), in: cloud, environment: replaced)
                #expect(drilled.exitCode == 0, "\(drilled.complaints) \(drilled.outcome.errors)")
                #expect(drilled.outcome.errors.contains("AWS asks to wait: Throttling"))
                #expect(try await cloud.left() == [])
            }
        }
    }

    struct Trouble: Sendable, CustomTestStringConvertible {
        let reason: String
        /// Put before the real tool.
        let script: String
        var limits = "{ restore: 2s, start: 1s }"
        /// More of `backup.snapshot`.
        var snapshot = ""
        let says: String
        /// Whether there was something to delete.
        let isMade: Bool

        var testDescription: String { reason }

        static let all = [
            Trouble(
                reason: "it does not say which snapshots there are",
                script: "case $2 in describe-db-snapshots) \(refusal("AccessDenied")) ;; esac", says: "AccessDenied",
                isMade: false),
            Trouble(
                reason: "it says nothing at all", script: "exec sleep 3600", snapshot: "patience: 1s",
                says: "did not answer within 1 s", isMade: false),
            Trouble(
                reason: "it refuses to restore",
                script: "case $2 in restore-*) \(refusal("AccessDenied")) ;; esac", says: "AccessDenied", isMade: false),
            Trouble(
                reason: "it is too busy for as long as the plan allows",
                script: "case $2 in restore-*) \(refusal("RequestLimitExceeded")) ;; esac",
                says: "RequestLimitExceeded",
                isMade: false),
            Trouble(
                reason: "there is no network after the order",
                script: """
                    case $2 in describe-db-instances)
                        test "$count" -lt 3 && { echo 'Could not connect to the endpoint URL: "x"' >&2; exit 255; } ;;
                    esac
                    """, says: "Could not connect", isMade: true),
            Trouble(
                reason: "what it makes is never ready",
                script: telling("s/available/creating/"),
                says: "its status was creating", isMade: true),
            Trouble(
                reason: "it gives up what it makes",
                script: telling("s/available/incompatible-network/"),
                says: "incompatible-network", isMade: true),
            Trouble(
                reason: "everybody can reach what it makes",
                script: telling(#"'s/"isPublic": null/"isPublic": true/'"#),
                says: "from the internet", isMade: true),
            Trouble(
                reason: "its answer is no JSON",
                script: "case $2 in describe-db-instances) test $count = 0 && { echo '<html>'; exit 0; } ;; esac",
                says: "cannot be read", isMade: true),
            Trouble(reason: "nobody can connect", script: "", says: "Nobody could connect", isMade: true),
        ]
    }

    @Test(arguments: Trouble.all)
    func nothingIsKnownOfTheSnapshot(_ trouble: Trouble) async throws {
        try await Cloud.with { cloud in
            let plan = try cloud.plan(
                "address: '/nowhere:5432'\n    \(trouble.snapshot)", "limits: \(trouble.limits)")
            let drilled = try await cloud.drill(plan, environment: try cloud.aws(replacedBy: trouble.script))
            #expect(drilled.exitCode == 3, "\(drilled.complaints)")
            #expect(drilled.report.cause == .environment)
            #expect(
                drilled.findings("drill").contains { $0.reason?.contains(trouble.says) == true },
                "\(drilled.complaints)")
            #expect(drilled.report.cleanup.count == (trouble.isMade ? 1 : 0))
            #expect(drilled.report.cleanup.allSatisfy { $0.removed })
            #expect(try await cloud.left() == [])
        }
    }

    /// The tool never ends, and has done nothing.
    @Test func anOrderWithoutAnAnswer() async throws {
        try await Cloud.with { cloud in
            // All but the order is answered at once, however busy this machine is.
            let plan = try cloud.plan("patience: 20s")
            let snapshots = try await cloud.aws([
                "rds", "describe-db-snapshots", "--output=json",
                """
                --query=DBSnapshots[].{identifier:DBSnapshotIdentifier,arn:DBSnapshotArn,source:DBInstanceIdentifier,\
                created:SnapshotCreateTime,engine:Engine,engineVersion:EngineVersion,gibibytes:AllocatedStorage,\
                status:Status,type:SnapshotType}
                """,
            ])
            _ = try cloud.desk.file("snapshots.json", snapshots)
            let impatient = try String(contentsOfFile: plan.string, encoding: .utf8).replacing("20s", with: "2s")
            let drilled = try await cloud.drill(
                try cloud.desk.file("plan.yaml", impatient),
                environment: try cloud.aws(
                    replacedBy: """
                        case $2 in
                            describe-db-snapshots) exec cat '\(cloud.desk.root)/snapshots.json' ;;
                            restore-*) exec sleep 3600 ;;
                            describe-db-instances) \(refusal("DBInstanceNotFound")) ;;
                        esac
                        """))
            #expect(drilled.exitCode == 3)
            #expect(drilled.complaints.contains("aws was stopped after 2 s"), "\(drilled.complaints)")
            // Nobody can know that nothing was made; so it was looked for.
            #expect(drilled.report.cleanup.map(\.removed) == [true])
            #expect(try cloud.calls().count { $0 == "restore-db-instance-from-db-snapshot" } == 3)
            #expect(try cloud.calls().count { $0 == "describe-db-instances" } == 3)
        }
    }

    /// The order was carried out, and its answer was lost.
    @Test func anAnswerThatIsLost() async throws {
        try await RestoredServer.with(SnapshotTests.good) { server in
            try await Cloud.with { cloud in
                let lost = try cloud.aws(
                    replacedBy: """
                        case $2 in restore-*)
                            test "$count" = 0 && { "$real" "$@" >/dev/null; echo 'Read timeout on endpoint URL' >&2; exit 255; } ;;
                        esac
                        """)
                let drilled = try await server.drill(try cloud.plan(server.address), in: cloud, environment: lost)
                #expect(drilled.exitCode == 0, "\(drilled.complaints) \(drilled.outcome.errors)")
                #expect(try cloud.calls().count { $0 == "restore-db-instance-from-db-snapshot" } == 2)
                #expect(try await cloud.left() == [])
            }
        }
    }

    /// What cannot be deleted is told with its name, and `clean` deletes it later.
    @Test(arguments: [false, true])
    func whatCannotBeDeleted(cluster isCluster: Bool) async throws {
        try await Cloud.with(cluster: isCluster) { cloud in
            let plan = try cloud.plan("address: '/nowhere:5432'", "limits: { start: 1s, remove: 2s }")
            let replaced = try cloud.aws(replacedBy: "case $2 in delete-*) \(refusal("AccessDenied")) ;; esac")
            let drilled = try await cloud.drill(plan, environment: replaced)
            #expect(drilled.exitCode == 3)
            let left = try await cloud.left()
            #expect(left.count == (isCluster ? 2 : 1))
            let told = drilled.findings("drill").filter { $0.subject.hasPrefix("RDS ") }
            #expect(
                told.map(\.subject).sorted()
                    == (isCluster
                        ? ["RDS cluster \(left[0])", "RDS instance \(left[1])"] : ["RDS instance \(left[0])"]))
            let instance = try #require(left.last)
            #expect(
                told[0].observed?.contains(
                    "aws rds delete-db-instance --db-instance-identifier=\(instance) --skip-final-snapshot") == true)
            let without = try await cloud.desk.pgassay(["clean"])
            #expect(without.output.contains("pgassay clean --aws"))
            let clean = try await cloud.desk.pgassay(["clean", "--aws"], environment: cloud.environment)
            #expect(clean.exitCode == 0, "\(clean.errors)")
            #expect(clean.output.contains("removed  RDS instance \(instance)"))
            #expect(try await cloud.left() == [])
        }
    }

    /// A tunnel of yesterday may lead to production: then nothing must be said of the snapshot.
    @Test func anotherServerAtTheAddress() async throws {
        try await RestoredServer.with(SnapshotTests.good) { server in
            try await Cloud.with { cloud in
                let drilled = try await cloud.drill(try cloud.plan(server.address))
                #expect(drilled.exitCode == 3)
                #expect(drilled.report.cause == .environment)
                #expect(drilled.complaints.contains("is not what was restored"), "\(drilled.complaints)")
                #expect(drilled.report.tables.isEmpty)
                #expect(try await cloud.left() == [])
            }
        }
    }

    @Test func aDrillThatOutlivesItsInstance() async throws {
        try await RestoredServer.with(SnapshotTests.good) { server in
            try await Cloud.with { cloud in
                let plan = try cloud.plan(
                    "\(server.address)\n    timeToLive: 30s",
                    "checks: { sql: { nap: { query: SELECT pg_sleep(3600), rows: { exactly: 1 } } } }")
                let drilled = try await server.drill(plan, in: cloud)
                #expect(drilled.exitCode == 3)
                #expect(drilled.complaints.contains("backup.snapshot.timeToLive"), "\(drilled.complaints)")
                #expect(try await cloud.left() == [])
            }
        }
    }
}
