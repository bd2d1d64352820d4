import Findings
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Snapshots that AWS restores, and what a drill makes of what came back.
@Suite struct SnapshotTests {
    static let good = "CREATE TABLE plots (id int PRIMARY KEY); INSERT INTO plots SELECT generate_series(1, 300)"

    @Test func ofAnInstance() async throws {
        try await RestoredServer.with(Self.good) { server in
            try await Cloud.with(snapshots: ["saturday", "sunday"]) { cloud in
                let digest = try await cloud.digest(of: "sunday")
                let drilled = try await server.drill(
                    try cloud.plan(server.address, "checks: { row-counts: { plots: { exactly: 300 } } }"), in: cloud)
                #expect(drilled.exitCode == 0, "\(drilled.complaints) \(drilled.outcome.errors)")
                let report = drilled.report
                #expect(report.verdict == .passed)
                #expect(report.backup.kind == "snapshot")
                #expect(report.backup.format == "RDS snapshot")
                #expect(report.backup.location == "arn:aws:rds:eu-central-1:\(cloud.account):snapshot:sunday")
                #expect(report.backup.bytes == Int64(20) << 30)
                #expect(report.backup.whyThisOne.hasPrefix("the newest of 2 of the RDS instance orchard"))
                #expect(report.backup.digest == ["sha256": digest])
                #expect(report.backup.created != nil)
                #expect(report.environment.isolation.contains { $0.contains("does not fence it") })
                #expect(report.phases.map(\.name) == ["find", "digest", "restore", "check", "teardown"])
                #expect(drilled.rows["public.plots"] == 300)
                #expect(report.cleanup.map(\.removed) == [true])
                #expect(try await cloud.left() == [])
                for state in ["ordered RDS instance pgassay-", ": available", "deleting RDS instance pgassay-"] {
                    #expect(drilled.outcome.errors.contains(state), "\(drilled.outcome.errors)")
                }
            }
        }
    }

    @Test func ofAClusterOfAurora() async throws {
        try await RestoredServer.with(Self.good) { server in
            try await Cloud.with(cluster: true) { cloud in
                let digest = try await cloud.digest(of: "sunday")
                let drilled = try await server.drill(try cloud.plan(server.address), in: cloud)
                #expect(drilled.exitCode == 0, "\(drilled.complaints) \(drilled.outcome.errors)")
                #expect(drilled.report.backup.format == "Aurora cluster snapshot")
                #expect(drilled.report.backup.digest == ["sha256": digest])
                #expect(drilled.rows["public.plots"] == 300)
                let cleaned = drilled.report.cleanup
                #expect(cleaned.map { $0.what.split(separator: " ")[1] } == ["instance", "cluster"])
                #expect(cleaned.allSatisfy { $0.removed })
                #expect(try await cloud.left() == [])
            }
        }
    }

    @Test func ofADatabaseThatIsBad() async throws {
        try await RestoredServer.with(
            Self.good,
            """
            CREATE TABLE crops (plot int REFERENCES plots);
            SET session_replication_role = replica;
            INSERT INTO crops VALUES (301), (302)
            """
        ) { server in
            try await Cloud.with { cloud in
                let drilled = try await server.drill(try cloud.plan(server.address), in: cloud)
                #expect(drilled.exitCode == 1, "\(drilled.complaints) \(drilled.outcome.errors)")
                #expect(drilled.report.cause == .backup)
                #expect(drilled.findings("foreign-keys").map(\.observed) == ["2 orphans"])
                #expect(try await cloud.left() == [])
            }
        }
    }

    @Test func ofSeveralDatabases() async throws {
        try await RestoredServer.with(Self.good) { server in
            try await server.cluster.execute("CREATE DATABASE shop", "CREATE DATABASE rdsadmin")
            try await server.cluster.execute(
                "CREATE TABLE a (i int PRIMARY KEY)", "CREATE TABLE b (i int REFERENCES a)",
                "SET session_replication_role = replica", "INSERT INTO b VALUES (1)", database: "shop")
            try await Cloud.with { cloud in
                let drilled = try await server.drill(
                    try cloud.plan("databases: all\n    \(server.address)"), in: cloud)
                #expect(drilled.exitCode == 1, "\(drilled.complaints) \(drilled.outcome.errors)")
                #expect(drilled.report.backup.databases == ["orchard", "shop"])
                #expect(drilled.report.checks.filter { $0.status == .failed }.map(\.database) == ["shop"])
                #expect(drilled.findings("row-counts").contains { $0.database == "orchard" && $0.status == .passed })
                #expect(try await cloud.left() == [])
            }
        }
    }

    /// What is made can be reached by nobody else, costs no more than the plan says, and tells whose it is.
    @Test func whatIsOrdered() async throws {
        try await Cloud.with { cloud in
            let replaced = try cloud.aws(
                replacedBy: #"case $2 in restore-*) printf '%s\n' "$@" > "$calls.order" ;; esac"#)
            let plan = try cloud.plan(
                "subnetGroup: private\n    timeToLive: 3h\n    address: '/nowhere:5432'", "limits: { start: 1s }")
            // moto has no such subnet group.
            let drilled = try await cloud.drill(plan, environment: replaced)
            #expect(drilled.exitCode == 3)
            let order = try String(contentsOfFile: cloud.desk.root.appending("calls.order").string, encoding: .utf8)
                .split(separator: "\n")
            for word in [
                "--db-snapshot-identifier=sunday", "--db-instance-class=db.t4g.medium", "--no-publicly-accessible",
                "--no-multi-az", "--no-deletion-protection", "--db-subnet-group-name=private",
                #"--vpc-security-group-ids=["sg-0123"]"#,
            ] {
                #expect(order.contains { $0 == word }, "\(word) in \(order)")
            }
            let tags = try #require(order.first { $0.hasPrefix("--tags=") })
            #expect(tags.contains(#"{"Key":"pgassay","Value":"drill"}"#))
            #expect(tags.contains(#"{"Key":"pgassay-plan","Value":"test"}"#))
            let expires = try #require(tags.firstMatch(of: /"pgassay-expires","Value":"([^"]+)"/))
            let life = try Date(String(expires.1), strategy: .iso8601).timeIntervalSince(drilled.report.started)
            #expect(10_000...10_900 ~= life)
            #expect(drilled.complaints.contains("private"), "\(drilled.complaints)")
        }
    }
}

extension Cloud {
    /// As docs/report-format.md says how to make it, with Python where that has jq.
    func digest(of snapshot: String) async throws -> String {
        let (operation, list, prefix, source) =
            isCluster
            ? ("describe-db-cluster-snapshots", "DBClusterSnapshots", "DBCluster", "DBClusterIdentifier")
            : ("describe-db-snapshots", "DBSnapshots", "DB", "DBInstanceIdentifier")
        let answer = try await aws([
            "rds", operation, isCluster ? "--db-cluster-identifier=orchard" : "--db-instance-identifier=orchard",
            "--output=json",
            """
            --query=\(list)[?\(prefix)SnapshotIdentifier=='\(snapshot)'].{arn:\(prefix)SnapshotArn,\
            created:SnapshotCreateTime,engine:Engine,engineVersion:EngineVersion,gibibytes:AllocatedStorage,\
            kmsKey:KmsKeyId,source:\(source),type:SnapshotType} | [0]
            """,
        ])
        let file = try desk.file("snapshot.json", answer)
        let outcome = try await Program(ObjectServer.tools.appending("python")).run(
            [
                "-c",
                """
                import hashlib, json, sys
                it = json.load(open(sys.argv[1]))
                it["created"] = it["created"][:19] + "Z"
                text = json.dumps(it, sort_keys=True, separators=(",", ":")) + "\\n"
                print(hashlib.sha256(text.encode()).hexdigest(), end="")
                """, file.string,
            ], in: desk.root, environment: desk.environment())
        return outcome.output
    }
}
