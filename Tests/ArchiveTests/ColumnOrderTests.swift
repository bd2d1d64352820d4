import Testing

@testable import Archive

/// Where values of INSERT statements that name no columns come to other columns than at the source.
@Suite(.keepsItsThread) struct ColumnOrderTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let reason: String
        var table = "child"
        let sql: String
        var isLoadedThroughRoot = false
        /// Nil where nothing is told.
        let isProven: Bool?
        var testDescription: String { reason }
    }

    @Test(arguments: [
        Row(reason: "no parent", sql: "CREATE TABLE s.child (a int, b int);", isProven: nil),
        Row(
            reason: "a column of its own",
            sql: "CREATE TABLE s.p (a int); CREATE TABLE s.child (b int) INHERITS (s.p);",
            isProven: false),
        Row(
            reason: "none of its own", sql: "CREATE TABLE s.p (a int); CREATE TABLE s.child () INHERITS (s.p);",
            isProven: nil),
        Row(
            reason: "two parents",
            sql: "CREATE TABLE s.p (a int); CREATE TABLE s.q (b int); CREATE TABLE s.child () INHERITS (s.p, s.q);",
            isProven: false),
        Row(
            reason: "a parent with a column of its own",
            sql: """
                CREATE TABLE s.g (a int); CREATE TABLE s.p (b int) INHERITS (s.g);
                CREATE TABLE s.child () INHERITS (s.p);
                """, isProven: false),
        Row(
            reason: "all columns in its statement, in the parent's order",
            sql: "CREATE TABLE s.p (a int); CREATE TABLE s.child (a int, b int) INHERITS (s.p);", isProven: nil),
        Row(
            reason: "all columns in its statement, in another order",
            sql: "CREATE TABLE s.p (a int); CREATE TABLE s.child (b int, a int) INHERITS (s.p);", isProven: true),
        Row(
            reason: "a parent that is not in the dump", sql: "CREATE TABLE s.child (b int) INHERITS (s.p);",
            isProven: false),
        Row(
            reason: "a partition by itself",
            sql: """
                CREATE TABLE s.r (a int, b int) PARTITION BY RANGE (a); CREATE TABLE s.child (b int, a int);
                ALTER TABLE ONLY s.r ATTACH PARTITION s.child FOR VALUES FROM (1) TO (2);
                """, isProven: nil),
        Row(
            reason: "a partition through its root",
            sql: """
                CREATE TABLE s.r (a int, b int) PARTITION BY RANGE (a); CREATE TABLE s.child (b int, a int);
                ALTER TABLE ONLY s.r ATTACH PARTITION s.child FOR VALUES FROM (1) TO (2);
                """, isLoadedThroughRoot: true, isProven: true),
        Row(
            reason: "the root of two partitions, of which one has its order", table: "r",
            sql: """
                CREATE TABLE s.r (a int, b int) PARTITION BY RANGE (a);
                CREATE TABLE s.one (b int, a int); CREATE TABLE s.two (a int, b int);
                ALTER TABLE ONLY s.r ATTACH PARTITION s.one FOR VALUES FROM (1) TO (2);
                ALTER TABLE ONLY s.r ATTACH PARTITION s.two FOR VALUES FROM (2) TO (3);
                """, isProven: false),
    ])
    func isTold(_ row: Row) {
        var schema = DumpSchema()
        schema.take(SQLTokens(row.sql))
        var contents = TableContents(
            schema: "s", name: row.table, isDefined: true, isLoadedThroughRoot: row.isLoadedThroughRoot, rows: 1)
        #expect(schema.orderRisks(of: [contents]).isEmpty)
        contents.goesByOrder = true
        #expect(schema.orderRisks(of: [contents]).map(\.isProven) == (row.isProven.map { [$0] } ?? []))
    }

    @Test(arguments: [
        ("INSERT INTO t VALUES (1, '(');\n", true), ("INSERT INTO t (a) VALUES (1);\n", false),
        ("INSERT INTO t DEFAULT VALUES;\n", false), ("INSERT INTO t OVERRIDING SYSTEM VALUE VALUES (1);\n", true),
        ("INSERT INTO t (a) OVERRIDING SYSTEM VALUE VALUES (1);\n", false),
        ("INSERT INTO \"t (\" VALUES\n\t(1),\n\t(2);\n", true),
    ])
    func statementsNameTheirColumnsOrNot(_ statement: String, _ goesByOrder: Bool) {
        let data = InsertData(encoding: TextEncoding("UTF8"), standardConformingStrings: true)
        Array((statement + "\n\n").utf8).withUnsafeBytes { data.take($0) }
        #expect(data.finish() == nil)
        #expect(data.goesByOrder == goesByOrder)
    }
}
