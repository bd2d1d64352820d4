import Backup
import Findings
import Postgres
import TestSupport
import Testing

@testable import Checks
@testable import Restore

/// What one check must say of one database.
struct CheckRow: Sendable, CustomTestStringConvertible {
    let id: CheckID
    /// Whether the other checks run too, because the row is about what they do to this one.
    var runsAll = false
    let reason: String
    let checking: Checking
    let subject: String
    let status: CheckStatus
    var isHazard = false
    var cause: Cause?
    var basis: Basis?
    var expected: String?
    /// Nil when the finding observes nothing.
    var observed: String?
    /// A part of the finding's reason.
    var words = ""

    var testDescription: String { "\(id): \(reason)" }

    static let all = [
        restore, rowCounts, earlierRows, content, structure, definitions, freshness, foreignKeys, jsonb, sequences,
        constraints, indexes,
        partitionedTables,
        extensions, security, schemaVersion, largeObjects, encoding, sql, queries,
        collations, visibilityMap, files, values, preparedTransactions, replicationSlots, primaryKeys, upkeep,
        erasure,
    ].flatMap(\.self)

    private static let table = ExpectedObject(kind: "TABLE", schema: "public", name: "t", owner: "postgres")

    private static let restore = [
        CheckRow(
            id: "restore", reason: "everything that the backup names is there",
            checking: Checking(sql: "CREATE TABLE t ()", objects: [table]), subject: "TABLE", status: .passed,
            basis: .archive, expected: "1", observed: "1"),
        CheckRow(
            id: "restore", reason: "an index that the backup names is not there",
            checking: Checking(
                sql: "CREATE TABLE t ()",
                objects: [table, ExpectedObject(kind: "INDEX", schema: "public", name: "t_i", owner: nil)]),
            subject: "INDEX public.t_i", status: .failed, cause: .backup, basis: .archive, expected: "exists",
            observed: "missing", words: "was not restored"),
        CheckRow(
            id: "restore", reason: "the machine lacks something, which may be why a table is not there",
            checking: Checking(
                objects: [table],
                problems: [
                    RestoreProblem(subject: "EXTENSION x", message: "no", judgement: .environment("install it"))
                ]),
            subject: "TABLE public.t", status: .inconclusive, cause: .environment, basis: .archive,
            expected: "exists", observed: "missing", words: "this machine lacks something"),
        CheckRow(
            id: "restore", reason: "an overload with other arguments is another function",
            checking: Checking(
                sql: "CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
                objects: ["f(integer)", "f(text)"].map {
                    ExpectedObject(kind: "FUNCTION", schema: "public", name: $0, owner: "postgres")
                }),
            subject: "FUNCTION public.f(text)", status: .failed, cause: .backup, basis: .archive, expected: "exists",
            observed: "missing", words: "was not restored"),
        CheckRow(
            id: "restore", reason: "another owner than the backup's",
            checking: Checking(
                sql: "CREATE TABLE t ()",
                objects: [ExpectedObject(kind: "TABLE", schema: "public", name: "t", owner: "ada")]),
            subject: "TABLE public.t", status: .inconclusive, cause: .environment, basis: .archive,
            expected: "owned by ada", observed: "owned by postgres", words: "the owner was not restored"),
        CheckRow(
            id: "restore", reason: "a grant in the backup and none in the database",
            checking: Checking(
                sql: "CREATE TABLE t ()",
                objects: [table, ExpectedObject(kind: "ACL", schema: "public", name: "TABLE t", owner: "postgres")]),
            subject: "TABLE public.t", status: .inconclusive, cause: .environment, basis: .archive,
            expected: "privileges as granted in the backup", observed: "none", words: "privileges were not restored"),
        CheckRow(
            id: "restore", reason: "a problem that is the backup's fault",
            checking: Checking(
                problems: [RestoreProblem(subject: "TABLE DATA t", message: "bad", judgement: .backup("cut off"))]),
            subject: "TABLE DATA t", status: .failed, cause: .backup, basis: .rule, expected: "no error",
            observed: "bad", words: "cut off"),
        CheckRow(
            id: "restore", reason: "a problem that is the machine's fault",
            checking: Checking(
                problems: [RestoreProblem(subject: "EXTENSION x", message: "no", judgement: .environment("install"))]),
            subject: "EXTENSION x", status: .inconclusive, cause: .environment, basis: .rule, expected: "no error",
            observed: "no", words: "install"),
        CheckRow(
            id: "restore", reason: "a problem that leaves nothing out",
            checking: Checking(
                problems: [RestoreProblem(subject: "SCHEMA public", message: "is there", judgement: .harmless("new"))]),
            subject: "SCHEMA public", status: .passed, basis: .rule, expected: "no error", observed: "is there",
            words: "harmless: new"),
        CheckRow(
            id: "restore", reason: "a backup of nothing", checking: Checking(), subject: "database", status: .notRun,
            words: "it is of an empty database"),
    ]

    private static let rowCounts = [
        CheckRow(
            id: "row-counts", reason: "any number will do without a plan",
            checking: Checking(sql: "CREATE TABLE t AS SELECT generate_series(1, 7)"), subject: "public.t",
            status: .passed, observed: "7 rows"),
        CheckRow(
            id: "row-counts", reason: "within bounds", checking: counting(.init(minimum: 7, maximum: 7)),
            subject: "public.t", status: .passed, basis: .plan, expected: "at least 7 rows, at most 7 rows",
            observed: "7 rows"),
        CheckRow(
            id: "row-counts", reason: "one too few", checking: counting(.init(minimum: 8)), subject: "public.t",
            status: .failed, cause: .expectation, basis: .plan, expected: "at least 8 rows", observed: "7 rows",
            words: "as many rows as the plan expects"),
        CheckRow(
            id: "row-counts", reason: "one too many", checking: counting(.init(maximum: 6)), subject: "public.t",
            status: .failed, cause: .expectation, basis: .plan, expected: "at most 6 rows", observed: "7 rows",
            words: "as many rows as the plan expects"),
        CheckRow(
            id: "row-counts", reason: "a partitioned table has the rows of all its leaves",
            checking: Checking(sql: partitions), subject: "public.p", status: .passed, observed: "6 rows"),
        CheckRow(
            id: "row-counts", reason: "a leaf has its own", checking: Checking(sql: partitions),
            subject: "public.p_2_1", status: .passed, observed: "2 rows"),
        CheckRow(
            id: "row-counts", reason: "a table in between has those of its leaves",
            checking: Checking(sql: partitions), subject: "public.p_2", status: .passed, observed: "4 rows"),
        CheckRow(
            id: "row-counts", reason: "a table has not the rows of those that inherit from it",
            checking: Checking(
                sql: "CREATE TABLE t (i int); CREATE TABLE u () INHERITS (t); INSERT INTO u VALUES (1), (2)"),
            subject: "public.t", status: .passed, observed: "0 rows"),
        CheckRow(
            id: "row-counts", reason: "a table that the backup names and that is not there",
            checking: Checking(objects: [table]), subject: "public.t", status: .failed, cause: .backup,
            basis: .archive, expected: "the table exists", observed: "no such table", words: "was not restored"),
        CheckRow(
            id: "row-counts", reason: "rows hidden by a policy count: the one who counts sees them",
            checking: Checking(
                sql: """
                    CREATE TABLE t AS SELECT generate_series(1, 7);
                    ALTER TABLE t ENABLE ROW LEVEL SECURITY; ALTER TABLE t FORCE ROW LEVEL SECURITY
                    """), subject: "public.t", status: .passed, observed: "7 rows"),
        CheckRow(
            id: "row-counts", reason: "no tables", checking: Checking(), subject: "database", status: .notRun,
            words: "no tables"),
    ]

    private static func counting(_ expectation: RowCountExpectation) -> Checking {
        var plan = CheckPlan()
        plan.rowCounts[TableName(schema: "public", name: "t")] = expectation
        return Checking(sql: "CREATE TABLE t AS SELECT generate_series(1, 7)", plan: plan)
    }

    private static let partitions = """
        CREATE TABLE p (i int) PARTITION BY RANGE (i);
        CREATE TABLE p_1 PARTITION OF p FOR VALUES FROM (0) TO (10);
        CREATE TABLE p_2 PARTITION OF p FOR VALUES FROM (10) TO (100) PARTITION BY RANGE (i);
        CREATE TABLE p_2_1 PARTITION OF p_2 FOR VALUES FROM (10) TO (20);
        CREATE TABLE p_2_2 PARTITION OF p_2 DEFAULT;
        INSERT INTO p VALUES (1), (2), (11), (12), (21), (22)
        """
}
