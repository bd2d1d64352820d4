import Backup
import Findings
import Postgres

@testable import Checks
@testable import Restore

extension CheckRow {
    static let security = securityOfTheBackup + securityOfThePlan

    private static let rowSecurity = ExpectedObject(
        kind: "ROW SECURITY", schema: "public", name: "t", owner: "postgres")

    private static let securityOfTheBackup = [
        CheckRow(
            id: "security", reason: "row-level security as in the backup",
            checking: Checking(
                sql: "CREATE TABLE t (); ALTER TABLE t ENABLE ROW LEVEL SECURITY", objects: [rowSecurity]),
            subject: "row-level security", status: .passed, basis: .archive, expected: "on 1 table",
            observed: "on 1 table"),
        CheckRow(
            id: "security", reason: "row-level security that was not switched on",
            checking: Checking(sql: "CREATE TABLE t ()", objects: [rowSecurity]), subject: "public.t", status: .failed,
            cause: .backup, basis: .archive, expected: "row-level security", observed: "off",
            words: "sees all of its rows"),
        CheckRow(
            id: "security", reason: "the machine lacks something, which may be why",
            checking: Checking(
                objects: [rowSecurity],
                problems: [
                    RestoreProblem(subject: "EXTENSION x", message: "no", judgement: .environment("install it"))
                ]),
            subject: "public.t", status: .inconclusive, cause: .environment, basis: .archive,
            expected: "row-level security", observed: "no such table", words: "this machine lacks something"),
        CheckRow(
            id: "security", reason: "without a policy, and that is told",
            checking: Checking(sql: "CREATE TABLE t (); ALTER TABLE t ENABLE ROW LEVEL SECURITY"),
            subject: "public.t", status: .passed, observed: "row-level security, no policy",
            words: "only the owner"),
        CheckRow(
            id: "security", reason: "a policy that nobody asks is told",
            checking: Checking(sql: "CREATE TABLE t (); CREATE POLICY p ON t"), subject: "public.t", status: .passed,
            observed: "policies, no row-level security", words: "without effect"),
        CheckRow(
            id: "security", reason: "triggers are counted", checking: Checking(sql: triggers), subject: "triggers",
            status: .passed, observed: "2 of 4 fire"),
        CheckRow(
            id: "security", reason: "a disabled trigger is told", checking: Checking(sql: triggers),
            subject: "public.t off", status: .passed, observed: "disabled", words: "as it was at the source"),
        CheckRow(
            id: "security", reason: "nothing is guarded", checking: Checking(sql: "CREATE TABLE t (i int)"),
            subject: "database", status: .notRun, words: "no row-level security and no triggers"),
    ]

    private static let securityOfThePlan = [
        CheckRow(
            id: "security", reason: "forced is more than enabled",
            checking: guarding(
                .init(rowSecurity: .enabled),
                "ALTER TABLE t ENABLE ROW LEVEL SECURITY; ALTER TABLE t FORCE ROW LEVEL SECURITY"),
            subject: "public.t", status: .passed, basis: .plan, expected: "row-level security enabled",
            observed: "forced"),
        CheckRow(
            id: "security", reason: "enabled is less than forced",
            checking: guarding(.init(rowSecurity: .forced), "ALTER TABLE t ENABLE ROW LEVEL SECURITY"),
            subject: "public.t", status: .failed, cause: .expectation, basis: .plan,
            expected: "row-level security forced",
            observed: "enabled", words: "rows that are not theirs"),
        CheckRow(
            id: "security", reason: "forced is nothing where it is not enabled",
            checking: guarding(.init(rowSecurity: .enabled), "ALTER TABLE t FORCE ROW LEVEL SECURITY"),
            subject: "public.t", status: .failed, cause: .expectation, basis: .plan,
            expected: "row-level security enabled",
            observed: "off", words: "rows that are not theirs"),
        CheckRow(
            id: "security", reason: "a policy of any name",
            checking: guarding(.init(policies: ["Ärger \"1\", {2}"]), #"CREATE POLICY "Ärger ""1"", {2}" ON t"#),
            subject: "public.t", status: .passed, basis: .plan, expected: "the policy Ärger \"1\", {2}",
            observed: "exists"),
        CheckRow(
            id: "security", reason: "a policy that is not there",
            checking: guarding(.init(policies: ["p"]), #"CREATE POLICY "P" ON t"#), subject: "public.t",
            status: .failed, cause: .expectation, basis: .plan, expected: "the policy p", observed: "missing",
            words: "none by that name"),
        CheckRow(
            id: "security", reason: "a trigger that always fires", checking: guarding(.init(triggers: ["always"]), ""),
            subject: "public.t", status: .passed, basis: .plan, expected: "the trigger always fires",
            observed: "enabled"),
        CheckRow(
            id: "security", reason: "a trigger that is disabled", checking: guarding(.init(triggers: ["off"]), ""),
            subject: "public.t", status: .failed, cause: .expectation, basis: .plan, expected: "the trigger off fires",
            observed: "disabled", words: "does not fire"),
        CheckRow(
            id: "security", reason: "a trigger that fires in replicas only",
            checking: guarding(.init(triggers: ["replica"]), ""), subject: "public.t", status: .failed,
            cause: .expectation,
            basis: .plan, expected: "the trigger replica fires", observed: "enabled in replicas only",
            words: "does not fire"),
        CheckRow(
            id: "security", reason: "a trigger that is not there", checking: guarding(.init(triggers: ["audit"]), ""),
            subject: "public.t", status: .failed, cause: .expectation, basis: .plan,
            expected: "the trigger audit fires",
            observed: "missing", words: "none by that name"),
        CheckRow(
            id: "security", reason: "the right owner",
            checking: guarding(.init(owner: "pg_monitor"), "ALTER TABLE t OWNER TO pg_monitor"), subject: "public.t",
            status: .passed, basis: .plan, expected: "owned by pg_monitor", observed: "owned by pg_monitor"),
        CheckRow(
            id: "security", reason: "another owner", checking: guarding(.init(owner: "pg_monitor"), ""),
            subject: "public.t", status: .failed, cause: .expectation, basis: .plan, expected: "owned by pg_monitor",
            observed: "owned by postgres", words: "another role than the plan says"),
        CheckRow(
            id: "security", reason: "the backup names the right owner, and this server did not take it",
            checking: {
                var checking = guarding(.init(owner: "pg_monitor"), "")
                checking.objects = [ExpectedObject(kind: "TABLE", schema: "public", name: "t", owner: "pg_monitor")]
                return checking
            }(), subject: "public.t", status: .inconclusive, cause: .environment, basis: .plan,
            expected: "owned by pg_monitor", observed: "owned by postgres", words: "may not be allowed"),
        CheckRow(
            id: "security", reason: "a privilege by membership",
            checking: guarding(may("pg_monitor", [.select]), "GRANT SELECT ON t TO pg_read_all_stats"),
            subject: "public.t", status: .passed, basis: .plan, expected: "pg_monitor may SELECT", observed: "may"),
        CheckRow(
            id: "security", reason: "a privilege of everybody",
            checking: guarding(may("public", [.insert]), "GRANT INSERT ON t TO PUBLIC"), subject: "public.t",
            status: .passed, basis: .plan, expected: "public may INSERT", observed: "may"),
        CheckRow(
            id: "security", reason: "one privilege of two",
            checking: guarding(may("pg_monitor", [.select, .insert]), "GRANT SELECT ON t TO pg_monitor"),
            subject: "public.t", status: .failed, cause: .expectation, basis: .plan, expected: "pg_monitor may INSERT",
            observed: "may not", words: "could not do its work"),
        CheckRow(
            id: "security", reason: "a role that is not there",
            checking: guarding(may("nobody's", [.select]), ""), subject: "public.t", status: .inconclusive,
            cause: .environment, basis: .plan, expected: "nobody's may SELECT", observed: "no such role",
            words: "roles belong to the server"),
        CheckRow(
            id: "security", reason: "a view has an owner and grants, too",
            checking: guarding(may("pg_monitor", [.select]), "GRANT SELECT ON v TO pg_monitor", of: "v"),
            subject: "public.v", status: .passed, basis: .plan, expected: "pg_monitor may SELECT", observed: "may"),
        CheckRow(
            id: "security", reason: "a table that is not there",
            checking: guarding(.init(owner: "postgres"), "", of: "w"), subject: "public.w", status: .failed,
            cause: .expectation, basis: .plan, expected: "the table exists", observed: "no such table",
            words: "none by that name"),
    ]

    private static let triggers = """
        CREATE TABLE t (i int); CREATE VIEW v AS SELECT 1;
        CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
        CREATE TRIGGER usual AFTER INSERT ON t EXECUTE FUNCTION f();
        CREATE TRIGGER always AFTER INSERT ON t EXECUTE FUNCTION f(); ALTER TABLE t ENABLE ALWAYS TRIGGER always;
        CREATE TRIGGER replica AFTER INSERT ON t EXECUTE FUNCTION f(); ALTER TABLE t ENABLE REPLICA TRIGGER replica;
        CREATE TRIGGER off AFTER INSERT ON t EXECUTE FUNCTION f(); ALTER TABLE t DISABLE TRIGGER off;
        """

    private static func guarding(
        _ expectation: SecurityExpectation, _ sql: String, of table: String = "t"
    ) -> Checking {
        var plan = CheckPlan()
        plan.security[TableName(schema: "public", name: table)] = expectation
        return Checking(sql: triggers + sql, plan: plan)
    }

    private static func may(_ role: String, _ privileges: [SecurityExpectation.Privilege]) -> SecurityExpectation {
        SecurityExpectation(grants: [.init(role: role, privileges: privileges)])
    }
}
