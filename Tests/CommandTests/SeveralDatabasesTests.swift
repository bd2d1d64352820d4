import Findings
import Foundation
import Glibc
import Report
import SystemPackage
import TestSupport
import Testing

/// Several databases of one base backup, checked in one drill.
@Suite struct SeveralDatabasesTests {
    private static let names = (1...8).map { "shop_\($0)" }

    /// Makes eight databases with data, one that takes no connections, and a template.
    private static func fill(_ cluster: SourceCluster) async throws {
        for name in names {
            try await cluster.execute("CREATE DATABASE \(name)")
            try await cluster.execute(
                "CREATE TABLE t (i int PRIMARY KEY, note text)",
                "INSERT INTO t SELECT i, repeat('x', 300) FROM generate_series(1, 300) i",
                "CREATE TABLE u (i int REFERENCES t)", "INSERT INTO u VALUES (7)", database: name)
        }
        try await cluster.execute("CREATE DATABASE shut ALLOW_CONNECTIONS false")
        try await cluster.execute("CREATE DATABASE pattern IS_TEMPLATE true", "CHECKPOINT")
    }

    /// The databases of which something is wrong.
    private static func troubled(_ drilled: Drilled) -> Set<String?> {
        Set(drilled.report.checks.filter { $0.status == .failed || $0.status == .inconclusive }.map(\.database))
    }

    /// Asked of each database, and passed.
    private static func expectPassed(
        _ drilled: Drilled, _ databases: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for name in databases {
            let own = drilled.report.checks.filter { $0.database == name }
            for id in ["row-counts", "primary-keys", "files", "indexes"] {
                #expect(
                    own.contains { $0.id == CheckID(id) && $0.status == .passed }, "\(id) of \(name)",
                    sourceLocation: sourceLocation)
            }
            #expect(own.allSatisfy { $0.status != .failed }, "\(name)", sourceLocation: sourceLocation)
        }
    }

    @Test("Eight databases in one base backup, one of them damaged", arguments: [15, 18])
    func oneIsDamaged(major: Int) async throws {
        try await withDesk { desk in
            try await SourceCluster.with(major: major) { cluster in
                try await Self.fill(cluster)
                let backup = try await cluster.baseBackup("b")
                let whole = try await desk.drill(backup, ["--all-databases"])
                #expect(whole.exitCode == 0, "\(whole.complaints)\(whole.outcome.errors)")
                #expect(whole.report.backup.databases == Self.names)
                #expect(whole.report.backup.database == nil)
                Self.expectPassed(whole, Self.names)
                #expect(whole.report.tables.count == 16)
                #expect(Set(whole.report.tables.map(\.database)) == Set(Self.names))
                // Of the server as a whole, once.
                #expect(whole.findings("replication-slots").map(\.database) == [nil])
                #expect(whole.findings("recovery").map(\.database) == [nil])
                #expect(whole.report.phases.map(\.name).filter { $0 == "check" }.count == 1)
                let shut = try #require(whole.report.checks.first { $0.database == "shut" && $0.id == .drill })
                #expect(shut.status == .notRun && shut.gap == .closed, "\(shut)")
                #expect(whole.outcome.output.contains("shop_3"), "\(whole.outcome.output)")

                let table = try await cluster.value("SELECT pg_relation_filepath('t')", database: "shop_3")
                let page = backup.appending(table)
                try await damaging(page, { $0[3 * 8192 + 5000] ^= 0x10 }) {
                    let drilled = try await desk.drill(backup, ["--all-databases"])
                    #expect(drilled.exitCode == 1, "\(drilled.complaints)\(drilled.outcome.errors)")
                    #expect(drilled.report.cause == .backup)
                    #expect(Self.troubled(drilled) == ["shop_3"], "\(drilled.complaints)")
                    let flaw = try #require(drilled.findings("restore").first { $0.status == .failed })
                    #expect(flaw.subject == "t (\(table))", "\(flaw)")
                    #expect(flaw.observed?.contains("block 3") == true, "\(flaw)")
                    Self.expectPassed(drilled, Self.names.filter { $0 != "shop_3" })
                    #expect(drilled.outcome.output.contains("shop_3: t (\(table))"), "\(drilled.outcome.output)")
                }
            }
        }
    }

    /// On one server: what is wrong with one database stays with it, whatever it is.
    @Test func whatIsWrongStaysWithItsDatabase() async throws {
        try await withDesk { desk in
            try await SourceCluster.with { cluster in
                try await Self.fill(cluster)
                let backup = try await cluster.baseBackup("b")
                let table = try await cluster.value("SELECT pg_relation_filepath('t')", database: "shop_3")
                let home = FilePath(table).removingLastComponent()
                // The damaged one is not among those that are checked, and is told all the same.
                let others = ["--databases", "shop_4", "--databases", "postgres"]
                try await damaging(backup.appending(table), { $0[3 * 8192 + 5000] ^= 0x10 }) {
                    let drilled = try await desk.drill(backup, others)
                    #expect(drilled.exitCode == 1, "\(drilled.complaints)")
                    #expect(drilled.report.backup.databases == ["postgres", "shop_4"])
                    #expect(Self.troubled(drilled) == ["shop_3"], "\(drilled.complaints)")
                    Self.expectPassed(drilled, ["shop_4"])
                }
                try await damaging(backup.appending(table), { $0.removeLast(8192) }) {
                    let drilled = try await desk.drill(backup, ["--all-databases"])
                    #expect(drilled.exitCode == 1 && drilled.report.cause == .backup, "\(drilled.complaints)")
                    #expect(Self.troubled(drilled) == ["shop_3"], "\(drilled.complaints)")
                    #expect(drilled.complaints.contains("the manifest says"), "\(drilled.complaints)")
                    Self.expectPassed(drilled, Self.names.filter { $0 != "shop_3" })
                }
                // Nobody can connect to it.
                for file in ["PG_VERSION", "pg_filenode.map"] {
                    try await damaging(backup.appending("\(home)/\(file)"), nil) {
                        let drilled = try await desk.drill(backup, ["--all-databases"])
                        #expect(drilled.exitCode == 1, "\(file): \(drilled.complaints)")
                        #expect(Self.troubled(drilled) == ["shop_3"], "\(file): \(drilled.complaints)")
                        Self.expectPassed(drilled, Self.names.filter { $0 != "shop_3" })
                        let told = drilled.report.checks.filter { $0.subject == "\(home)/\(file)" }
                        #expect(told.map(\.database) == ["shop_3"], "\(file): \(drilled.complaints)")
                        let left = drilled.report.checks.filter { $0.database == "shop_3" && $0.gap == .doesNotApply }
                        #expect(left.contains { $0.id == .rowCounts }, "\(file): it is told that it was not asked")
                    }
                }
                // What the source itself broke.
                try await cluster.execute(
                    "SET session_replication_role = replica", "INSERT INTO u VALUES (1000)", database: "shop_5")
                let orphans = try await desk.drill(try await cluster.baseBackup("o"), ["--all-databases"])
                #expect(orphans.exitCode == 1, "\(orphans.complaints)")
                #expect(Self.troubled(orphans) == ["shop_5"], "\(orphans.complaints)")
                #expect(orphans.findings("foreign-keys").first { $0.status == .failed }?.database == "shop_5")
                Self.expectPassed(orphans, Self.names.filter { $0 != "shop_5" })
            }
        }
    }

    /// Patterns, checks of their own, history, and what a person gets wrong.
    @Test func thePlanSaysWhichAndWithWhat() async throws {
        try await withDesk { desk in
            try await SourceCluster.with { cluster in
                for name in ["crm", "shop_at", "shop_de"] {
                    try await cluster.execute("CREATE DATABASE \(name)")
                    try await cluster.execute(
                        "CREATE TABLE t AS SELECT i FROM generate_series(1, 100) i", database: name)
                }
                let first = try await cluster.baseBackup("first")
                let rest = """
                    recovery:
                      databases:
                        crm: { checks: { row-counts: { t: { exactly: 101 } } } }
                        "shop_*":
                    checks: { row-counts: { t: { exactly: 100 } } }
                    """
                let own = try await desk.drill(try desk.plan(first, rest))
                #expect(own.exitCode == 1 && own.report.cause == .expectation, "\(own.complaints)")
                #expect(own.report.backup.databases == ["crm", "shop_at", "shop_de"])
                #expect(Self.troubled(own) == ["crm"], "\(own.complaints)")
                let counts = own.findings("row-counts").filter { $0.basis == .plan }
                #expect(
                    counts.map(\.expected) == ["exactly 101 rows", "exactly 100 rows", "exactly 100 rows"], "\(counts)")
                // The option takes the place of the plan's, and the database keeps its checks.
                let one = try await desk.drill(try desk.plan(first, rest), ["--database", "crm"])
                #expect(one.report.backup.database == "crm" && one.report.backup.databases == nil)
                #expect(one.report.checks.allSatisfy { $0.database == nil })
                #expect(one.exitCode == 1, "\(one.complaints)")

                for how in [[], ["--dry-run"]] {
                    let asked = try await desk.pgassay(desk.drilling(first, ["--databases", "erp_*"] + how))
                    #expect(asked.exitCode == 2, "\(asked.errors)")
                    #expect(asked.errors.contains("no database erp_*; it has crm, postgres, shop_at, shop_de."))
                }
                let dry = try await desk.pgassay(desk.drilling(first, ["--all-databases", "--dry-run"]))
                #expect(dry.exitCode == 0, "\(dry.errors)")
                #expect(
                    dry.output.contains("crm, shop_at, shop_de, and postgres if somebody keeps data there"),
                    "\(dry.output)")
                let twice = try await desk.pgassay(desk.drilling(first, ["--all-databases", "--database", "crm"]))
                #expect(twice.exitCode == 2 && twice.errors.contains("say it once"), "\(twice.errors)")

                // Each database is compared with its own past.
                let history = "recovery: { databases: all }\nhistory: { mayFall: 10% }"
                let before = try await desk.drill(try desk.plan(first, history))
                #expect(before.exitCode == 0, "\(before.complaints)")
                try await cluster.execute("DELETE FROM t WHERE i > 50", database: "shop_at")
                // Now somebody keeps data in it.
                try await cluster.execute("CREATE TABLE mine AS SELECT 1 AS i")
                let fallen = try await desk.drill(try desk.plan(try await cluster.baseBackup("second"), history))
                #expect(fallen.exitCode == 1, "\(fallen.complaints)")
                #expect(Self.troubled(fallen) == ["shop_at"], "\(fallen.complaints)")
                let fall = fallen.findings("row-counts").filter { $0.basis == .history && $0.status == .failed }
                #expect(fall.map(\.subject) == ["public.t"], "\(fall)")
                #expect(fallen.report.backup.databases == ["crm", "postgres", "shop_at", "shop_de"])

                let export = try await desk.pgassay(
                    [
                        "export",
                        try desk.plan(
                            first,
                            """
                            recovery: { databases: all }
                            export: { output: '\(desk.root)/cold', olderThan: 1d, tables: { t: { column: i } } }
                            """
                        ).string, "--unsigned", "--reports", desk.reports.string,
                    ])
                #expect(export.exitCode == 2, "\(export.errors)")
                #expect(export.errors.contains("an export is of one"), "\(export.errors)")
            }
        }
    }

    /// The server is killed while the second of three databases is checked.
    @Test func theServerGoesAway() async throws {
        try await withDesk { desk in
            try await SourceCluster.with { cluster in
                for name in ["a", "b", "c"] {
                    try await cluster.execute("CREATE DATABASE \(name)")
                    try await cluster.execute("CREATE TABLE t AS SELECT 1 AS i", database: name)
                }
                let plan = try desk.plan(
                    try await cluster.baseBackup("b"),
                    """
                    recovery:
                      databases:
                        b: { checks: { sql: { slow: { query: SELECT count(*) FROM pg_sleep(3000), equals: 1 } } } }
                        "*":
                    """)
                let drill = try desk.start(desk.drilling(plan))
                try await eventually("the second is asked", state: { "\(processes(using: desk.scratch))" }) {
                    processes(using: desk.scratch).contains { $0.contains(" b [local] FETCH") }
                }
                try killServer(at: desk)
                let drilled = Drilled(outcome: try await drill.outcome(), report: try desk.onlyReport())
                #expect(drilled.exitCode == 3, "\(drilled.complaints)")
                #expect(drilled.report.cause == .environment)
                Self.expectPassed(drilled, ["a"])
                #expect(Self.troubled(drilled).isSuperset(of: ["b", "c"]), "\(drilled.complaints)")
                let last = drilled.report.checks.filter { $0.database == "c" }
                #expect(
                    last.first { $0.id == .drill }?.reason?.contains("gone when b had been checked") == true, "\(last)")
                #expect(last.contains { $0.id == .rowCounts && $0.gap == .stopped }, "\(last)")
            }
        }
    }
}
