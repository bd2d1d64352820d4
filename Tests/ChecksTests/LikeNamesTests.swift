import Findings
import Testing

@testable import Checks

/// Names that read the same once they are put together are told apart all the same.
@Suite(.oneServer) struct LikeNamesTests {
    private static let tables = """
        CREATE SCHEMA s; CREATE SCHEMA "s.a";
        CREATE TABLE sound (i int PRIMARY KEY); CREATE TABLE torn (i int PRIMARY KEY);
        CREATE TABLE "s.a"."b" (i int CONSTRAINT k REFERENCES sound); CREATE TABLE s."a.b" (i int);
        """

    /// - Parameter isRestored: whether the key that has orphans could be created.
    @Test(arguments: [true, false])
    func foreignKeys(_ isRestored: Bool) async throws {
        let key = #"ALTER TABLE ONLY s."a.b" ADD CONSTRAINT k FOREIGN KEY (i) REFERENCES public.torn(i);"#
        let checking = Checking(
            sql: """
                \(Self.tables) \(isRestored ? key : "")
                SET session_replication_role = replica; INSERT INTO s."a.b" VALUES (7), (8)
                """, foreignKeys: [key])
        let findings = try await checking.findings("foreign-keys")
        #expect(findings.count == 2)
        let passed = try #require(findings.first { $0.status == .passed }, "\(findings)")
        #expect(passed.observed == "0 orphans")
        let failed = try #require(findings.first { $0.status == .failed }, "\(findings)")
        #expect(failed.observed == "2 orphans")
        #expect(failed.reason?.contains("refer to rows of public.torn") == true, "\(failed)")
    }
}
