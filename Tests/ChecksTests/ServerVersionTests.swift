import Findings
import Foundation
import Postgres
import Scratch
import TestSupport
import Testing

@testable import Checks

/// The questions are understood by every PostgreSQL that backups come from, and the files of SQL by psql.
@Suite(.serialized) struct ServerVersionTests {
    static let files = ["catalogue", "columns", "encoding", "foreign-keys", "restore", "security"]

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

    /// They are computed when they are read, so what is wrong with them is not in the backup.
    @Test func virtualColumnsAreNotRead() async throws {
        try await TestServer.with(major: 18) { server in
            let results = try await Checking(
                sql: """
                    CREATE TABLE t (i int, a text GENERATED ALWAYS AS (chr(1 / i)) VIRTUAL); INSERT INTO t VALUES (0)
                    """
            ).results(on: server)
            #expect(results.findings.filter { $0.id == "encoding" }.map(\.status) == [.notRun])
        }
    }
}
