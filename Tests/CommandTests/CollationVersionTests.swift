import Findings
import TestSupport
import Testing

/// A copy whose source ordered text by another version of a library: nothing is wrong with it.
@Suite struct CollationVersionTests {
    /// Capital letters come first in what is there now, and came last when the index was built. PostgreSQL 15 from Debian is
    /// the one with ICU.
    @Test func anIndexThatAnotherLibraryOrdered() async throws {
        try await withDesk { desk in
            try await SourceCluster.with(major: 15) { cluster in
                try await cluster.execute(
                    "CREATE COLLATION c (provider = icu, locale = 'und')",
                    "CREATE TABLE t (a text COLLATE c, b text)",
                    "INSERT INTO t SELECT l, l FROM unnest('{a,A,b,B,c,C}'::text[]) l",
                    "CREATE INDEX ordered ON t (a)", "CREATE INDEX plain ON t (b)")
                let same = try await desk.drill(try await cluster.baseBackup("same"))
                #expect(same.exitCode == 0, "\(same.complaints)")
                #expect(same.findings("collations").map(\.observed) == ["the same"])
                try await cluster.execute(
                    """
                    UPDATE pg_collation SET colliculocale = 'und-u-kf-upper', collversion = '1.1' WHERE collname = 'c'
                    """)
                let drilled = try await desk.drill(try await cluster.baseBackup("other"))
                #expect(drilled.exitCode == 3, "\(drilled.complaints)")
                #expect(!drilled.report.checks.contains { $0.status == .failed }, "\(drilled.complaints)")
                let collation = try #require(drilled.findings("collations").first)
                #expect(collation.subject == "public.c" && collation.cause == .environment)
                #expect(collation.observed?.hasPrefix("version 1.1 then, ") == true, "\(collation)")
                #expect(collation.reason?.hasSuffix(": public.ordered") == true, "\(collation)")
                let index = try #require(drilled.findings("indexes").first { $0.subject == "public.ordered" })
                #expect(index.status == .inconclusive && index.cause == .environment)
                #expect(index.reason?.contains("orders text in another version") == true, "\(index)")
                #expect(drilled.findings("indexes").first { $0.subject == "public.plain" }?.status == .passed)
            }
        }
    }

    @Test(arguments: [15, 17])
    func theDatabasesOwn(major: Int) async throws {
        try await withDesk { desk in
            try await SourceCluster.with(major: major) { cluster in
                try await cluster.execute(
                    "CREATE TABLE t (a text PRIMARY KEY)", "INSERT INTO t VALUES ('a'), ('b')",
                    "UPDATE pg_database SET datcollversion = '0' WHERE datname = 'postgres'")
                let drilled = try await desk.drill(try await cluster.baseBackup("b"))
                #expect(drilled.exitCode == 3, "\(drilled.complaints)")
                let finding = try #require(drilled.findings("collations").first)
                #expect(finding.subject == "the database's own" && finding.status == .inconclusive)
                #expect(finding.reason?.hasSuffix(": public.t_pkey") == true, "\(finding)")
                #expect(drilled.findings("indexes").allSatisfy { $0.status == .passed }, "\(drilled.complaints)")
            }
        }
    }
}
