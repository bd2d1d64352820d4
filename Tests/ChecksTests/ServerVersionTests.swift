import Findings
import Foundation
import Postgres
import Scratch
import TestSupport
import Testing

@testable import Checks

/// The questions are understood by every PostgreSQL that backups come from, and the files of SQL by psql.
@Suite(.serialized) struct ServerVersionTests {
    static let files = [
        "catalogue", "check-constraints", "columns", "constraints", "foreign-keys", "indexes", "large-objects",
        "restore",
    ]

    @Test(arguments: [15, 16, 17, 18])
    func everyFileRunsInPsql(_ major: Int) async throws {
        let directory = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Sources/Checks/SQL").standardizedFileURL
        let found = try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
        #expect(found == Self.files.map { "\($0).sql" })
        try await TestServer.with(major: major) { server in
            for file in found {
                let script = try Data(contentsOf: directory.appending(path: file))
                let target = server.target(database: "postgres").connectionString
                let command = Command(
                    server.installation.program("psql"),
                    ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--dbname=\(target)", "--file=-"],
                    directory: "/")
                let outcome = try await server.fence.around(command).run(
                    deadline: .seconds(30), input: { writer in _ = try await writer.write(Array(script) + [10]) })
                // psql ends a statement that lacks its semicolon at the end of the file.
                #expect(outcome.succeeded, "\(file): \(outcome.failure)")
                #expect(outcome.errorOutput == "", "\(file)")
                #expect(outcome.output.contains("row") || outcome.output.contains("-+-"), "\(file)")
            }
            let results = try await Checking(
                sql: "CREATE TABLE a (i int PRIMARY KEY); CREATE TABLE b (i int REFERENCES a)"
            ).results(on: server)
            #expect(results.findings.filter { $0.status == .inconclusive } == [])
            #expect(results.findings.contains { $0.subject == "public.b.b_i_fkey" && $0.status == .passed })
        }
    }

    @Test func keysThatCameWithPostgres18() async throws {
        try await TestServer.with(major: 18) { server in
            let results = try await Checking(
                sql: """
                    CREATE TABLE a (i int PRIMARY KEY); CREATE TABLE b (i int);
                    ALTER TABLE b ADD CONSTRAINT k FOREIGN KEY (i) REFERENCES a NOT ENFORCED;
                    INSERT INTO b VALUES (1);
                    CREATE TABLE p (id int4range, during daterange, PRIMARY KEY (id, during WITHOUT OVERLAPS));
                    CREATE TABLE q (id int4range, during daterange,
                        CONSTRAINT l FOREIGN KEY (id, PERIOD during) REFERENCES p (id, PERIOD during))
                    """
            ).results(on: server)
            let keys = results.findings.filter { $0.id == "foreign-keys" }
            let notEnforced = try #require(keys.first { $0.subject == "public.b.k" })
            #expect(notEnforced.status == .passed)
            #expect(notEnforced.observed == "1 orphans")
            #expect(notEnforced.reason?.contains("known at the source") == true)
            let period = try #require(keys.first { $0.subject == "public.q.l" })
            #expect(period.status == .notRun)
            #expect(period.reason?.contains("temporal key") == true)
        }
    }

    /// amcheck comes with PostgreSQL, but in a package of its own; and goes again, so that nobody takes it for the backup's.
    @Test(arguments: [(15, true, false), (16, false, false), (17, true, false), (18, true, true)])
    func indexesAreCheckedWhereThereIsAmcheck(_ major: Int, _ isThere: Bool, _ knowsGIN: Bool) async throws {
        let checking = Checking(
            sql: """
                CREATE TABLE t (i int PRIMARY KEY, j jsonb);
                INSERT INTO t SELECT i, jsonb_build_object('a', i % 7, 'b', 'w' || i) FROM generate_series(1, 20000) i;
                CREATE INDEX t_j ON t USING gin (j)
                """)
        try await TestServer.with(major: major) { server in
            let results = try await checking.results(on: server)
            let found = results.findings.filter { $0.id == "indexes" }
            #expect(results.extensions.keys.sorted() == ["plpgsql"])
            if isThere {
                #expect(found.first { $0.subject == "public.t_pkey" }?.status == .passed, "\(found)")
                #expect(found.first { $0.subject == "public.t" }?.status == .passed, "\(found)")
                #expect(
                    found.first { $0.subject == (knowsGIN ? "public.t_j" : "gin") }?.status
                        == (knowsGIN ? .passed : .notRun), "\(found)")
            } else {
                #expect(found.map(\.status) == [.notRun])
                #expect(found.first?.reason?.contains("postgresql-contrib") == true)
            }
        }
    }

    @Test func constraintsThatCameWithPostgres18() async throws {
        try await TestServer.with(major: 18) { server in
            let results = try await Checking(
                sql: """
                    CREATE TABLE t (i int, CONSTRAINT k CHECK (i > 0) NOT ENFORCED); INSERT INTO t VALUES (-1), (NULL);
                    ALTER TABLE t ADD CONSTRAINT n NOT NULL i NOT VALID;
                    CREATE TABLE p (id int4range, during daterange, PRIMARY KEY (id, during WITHOUT OVERLAPS));
                    INSERT INTO p VALUES ('[1,1]', '[2026-01-01,2026-02-01)'), ('[1,1]', '[2026-02-01,2026-03-01)')
                    """
            ).results(on: server)
            let found = results.findings.filter { $0.id == "constraints" }
            #expect(found.allSatisfy { $0.status == .passed }, "\(found)")
            let notEnforced = try #require(found.first { $0.subject == "public.t.k" })
            #expect(notEnforced.observed == "1 rows break it")
            #expect(notEnforced.reason?.contains("known at the source") == true)
            #expect(found.contains { $0.subject == "public.t.n" && $0.observed == "not validated" })
        }
    }
}
