import Testing

@testable import Archive

@Suite(.keepsItsThread) struct RoleNamesTests {
    @Test(arguments: [
        ("ALTER TABLE public.t OWNER TO alice", ["alice"]),
        (#"ALTER FUNCTION public.f(text) OWNER TO "Odd ""role""#, ["Odd \"role"]),
        ("ALTER TABLE public.\"owner to x\" OWNER TO y", ["y"]),
        ("ALTER TABLE t ADD CONSTRAINT c CHECK (owner = 'x')", []),
        ("GRANT SELECT ON TABLE public.t TO alice", ["alice"]),
        ("GRANT SELECT(a),UPDATE(b) ON TABLE public.t TO alice WITH GRANT OPTION", ["alice"]),
        ("GRANT ALL ON SCHEMA s TO PUBLIC", []),
        (#"GRANT ALL ON SCHEMA s TO "public""#, ["public"]),
        ("GRANT SELECT ON t TO GROUP a, b, CURRENT_USER GRANTED BY c", ["a", "b", "c"]),
        ("GRANT a, b TO c WITH ADMIN OPTION GRANTED BY d", ["a", "b", "c", "d"]),
        ("GRANT a TO b WITH INHERIT TRUE GRANTED BY c", ["a", "b", "c"]),
        ("REVOKE ALL ON SCHEMA public FROM PUBLIC", []),
        ("REVOKE ALL ON TABLE t FROM alice CASCADE", ["alice"]),
        ("REVOKE GRANT OPTION FOR SELECT ON TABLE t FROM alice", ["alice"]),
        ("REVOKE ADMIN OPTION FOR a FROM b", ["a", "b"]),
        ("ALTER DEFAULT PRIVILEGES FOR ROLE bob IN SCHEMA public GRANT SELECT ON TABLES TO alice", ["bob", "alice"]),
        ("ALTER DEFAULT PRIVILEGES FOR ROLE bob REVOKE ALL ON FUNCTIONS FROM PUBLIC", ["bob"]),
        ("ALTER DEFAULT PRIVILEGES FOR USER a, b REVOKE ALL ON TYPES FROM c", ["a", "b", "c"]),
        ("CREATE POLICY p ON public.t FOR SELECT TO a, \"B\" USING ((x = 'to c'))", ["a", "B"]),
        ("CREATE POLICY p ON public.t AS RESTRICTIVE USING ((x))", []),
        ("CREATE USER MAPPING FOR alice SERVER s OPTIONS (\"user\" 'x')", ["alice"]),
        ("CREATE USER MAPPING IF NOT EXISTS FOR PUBLIC SERVER s", []),
        ("CREATE SCHEMA s AUTHORIZATION alice", ["alice"]),
        ("SET SESSION AUTHORIZATION alice", ["alice"]),
        ("SET SESSION AUTHORIZATION 'Alice'", ["Alice"]),
        ("SET SESSION SESSION AUTHORIZATION alice", ["alice"]),
        ("SET SESSION AUTHORIZATION DEFAULT", []),
        ("SET ROLE alice", ["alice"]), ("SET LOCAL ROLE NONE", []),
        ("SET search_path TO alice", []),
        ("INSERT INTO t VALUES ('GRANT x TO y')", []),
        ("", []),
    ])
    func areThoseAStatementNeeds(_ statement: String, _ roles: [String]) {
        #expect(RoleNames.named(by: SQLTokens(statement).tokens[...]) == roles)
    }
}
