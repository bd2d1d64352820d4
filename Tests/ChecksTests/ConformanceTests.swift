import Findings
import Foundation
import Postgres
import Scratch
import TestSupport
import Testing

@testable import Checks

/// What every check must do, asked of each in the catalogue: a new check brings its rows, or fails here.
@Suite(.oneServer) struct ConformanceTests {
    @Test(arguments: CheckRow.all)
    func says(_ row: CheckRow) async throws {
        let results = try await row.checking.results(only: row.runsAll ? nil : row.id)
        let finding = try #require(
            results.findings.first {
                $0.id == row.id && $0.subject == row.subject && $0.expected == row.expected
                    && ($0.status != .passed || row.status == .passed)
            }, "\(results.findings.filter { $0.id == row.id })")
        #expect(finding.status == row.status)
        #expect(finding.cause == row.cause)
        #expect((finding.hazard == true) == row.isHazard)
        #expect(finding.basis == row.basis)
        #expect(finding.observed == row.observed)
        #expect(finding.reason?.contains(row.words) ?? row.words.isEmpty, "\(finding.reason ?? "no reason")")
        for finding in results.findings {
            // What did not pass says why, and whose fault it is where that decides.
            #expect(finding.status == .passed || finding.reason?.isEmpty == false, "\(finding)")
            #expect(
                (finding.status == .failed || finding.status == .inconclusive) == (finding.cause != nil), "\(finding)")
            // No row value in any text.
            #expect(!"\(finding)".contains("secret"))
        }
    }

    static let ids = checkCatalogue.map(\.id)

    /// What they find is for information, or nobody's fault; or, of visibility-map, only damage in a file makes it fail, which
    /// the tests of whole drills do.
    static let withoutFailedRow: Set<CheckID> = [
        "collations", "visibility-map", "prepared-transactions", "replication-slots", "primary-keys", "upkeep",
    ]

    /// It reads the files of a whole server, which tests share here: its rows that pass or fail are tests of whole drills.
    static let ofWholeServers: Set<CheckID> = ["files"]

    @Test func theCatalogueHoldsTheFirstFive() {
        #expect(Set(Self.ids).isSuperset(of: ["restore", "row-counts", "freshness", "foreign-keys", "jsonb"]))
        #expect(Set(Self.ids).count == Self.ids.count)
    }

    @Test(arguments: ids)
    func hasRowsOfEveryKind(_ id: CheckID) {
        let statuses = Set(CheckRow.all.filter { $0.id == id }.map(\.status))
        #expect(statuses.isSuperset(of: Self.ofWholeServers.contains(id) ? [.notRun] : [.passed, .notRun]))
        #expect(
            statuses.contains(.failed)
                != (Self.withoutFailedRow.contains(id) || Self.ofWholeServers.contains(id)))
    }

    @Test(arguments: ids.indices)
    func saysWhatItDoes(_ index: Int) {
        let description = checkCatalogue[index].description
        #expect(description.asks.hasSuffix("?"))
        #expect(description.covers.hasSuffix("."))
        #expect(description.doesNotCover.hasSuffix("."))
    }

    /// Everything to find wrong, and no server to ask: nothing passes.
    @Test(arguments: ids.indices)
    func aLostConnectionNeverPasses(_ index: Int) async throws {
        var plan = CheckPlan()
        plan.sql = [SQLExpectation(name: "a", query: "SELECT count(*) FROM a", equals: .number(1))]
        plan.queries = [QueryExpectation(name: "a", query: "SELECT * FROM a", within: .seconds(9))]
        plan.schemaVersion = SchemaVersionExpectation(
            column: ColumnName(table: TableName(schema: "public", name: "a"), name: "i"), demand: .exactly("1"))
        plan.erasure = ErasureExpectation(
            columns: [
                ColumnName(table: TableName(schema: "public", name: "a"), name: "i"): ErasedKeyList(
                    file: CheckRow.file("7"))
            ])
        let (check, demands) = (checkCatalogue[index], plan)
        let checking = Checking(
            sql: """
                CREATE TABLE a (i serial PRIMARY KEY, at timestamptz, j jsonb); CREATE INDEX ON a (at);
                CREATE TABLE b (i int REFERENCES a CHECK (i > 0)) PARTITION BY RANGE (i);
                CREATE TABLE b_1 PARTITION OF b FOR VALUES FROM (0) TO (10);
                INSERT INTO a VALUES (1, now(), '{}'); INSERT INTO b VALUES (1); SELECT lo_create(1)
                """, data: CheckRow.contentOfLostTables,
            definitions: CheckRow.definitionOfATable, isPhysicalCopy: !(check is RestoreCheck))
        let findings = try await checking.withDatabase { restored in
            try await ConnectionPool.with(2, to: restored.target, settings: ["application_name": "doomed"]) { pool in
                var context = CheckContext(
                    catalogue: try await pool.with { try await Catalogue.read(over: $0) },
                    contents: restored.contents,
                    expectations: Expectations(restored.contents, demands, nil, CheckRow.earlierWithOneTable),
                    serverVersion: restored.serverVersion, backupTime: nil,
                    recoveryPoint: nil, connections: pool, deadline: .seconds(600))
                context.dataDirectory = "/dev/null"
                context.structure = restored.structure
                let database = try #require(restored.target.database)
                try await withConnection(to: restored.target.database("postgres")) { connection in
                    // No new connection can take the place of a lost one.
                    try await connection.execute("ALTER DATABASE \(database) ALLOW_CONNECTIONS false")
                    let ended = try await connection.query(
                        """
                        SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
                        WHERE application_name = 'doomed' AND datname = $1
                        """, [database])
                    #expect(ended.count == 2)
                }
                context.definitions = await TableDefinitions.result(in: context)
                let run = CheckRun([check], emit: { _ in })
                try await run.ask(in: context)
                return try await run.findings(in: context)
            }
        }
        #expect(!findings.isEmpty)
        for finding in findings {
            #expect(finding.status == .inconclusive)
            #expect(finding.cause == .environment)
        }
    }

    @Test func aDeadlineNeverPasses() async throws {
        var plan = CheckPlan()
        plan.jsonb[ColumnName(table: TableName(schema: "public", name: "t"), name: "j")] = .init(
            every: ["$.**.**.**.**.a == 1"])
        let checking = Checking(
            sql: "CREATE TABLE t (j jsonb); INSERT INTO t SELECT (repeat('[', 2000) || repeat(']', 2000))::jsonb",
            plan: plan, deadline: .milliseconds(500))
        let findings = try await checking.findings("jsonb")
        #expect(!findings.isEmpty)
        for finding in findings {
            #expect(finding.status == .inconclusive)
            #expect(finding.cause == .environment)
        }
    }

    @Test(arguments: ids)
    func aSkippedCheckIsNotRun(_ id: CheckID) async throws {
        var plan = CheckPlan()
        plan.skipped[id] = "we know"
        let findings = try await Checking(sql: "CREATE TABLE t (i int)", plan: plan).findings(id)
        #expect(findings.map(\.status) == [.notRun])
        #expect(findings.first?.reason == "the plan skips it: we know")
    }
}
