import Testing

@testable import Archive

/// The roles that values name, which a restore makes before it loads the rows.
@Suite(.keepsItsThread) struct RoleTypesTests {
    static let values: [(RoleType, String, [String])] = [
        (.role, "ada", ["ada"]), (.role, #""Bob ""B""""#, [#"Bob "B""#]), (.role, "-", []), (.role, "16384", []),
        (.role, "public", []), (.role, "é", ["é"]), (.role, "\"a\u{301}\"", ["a\u{301}"]),
        (.privilege, "ada=arwdDxt/bob", ["ada", "bob"]), (.privilege, "=r/bob", ["bob"]),
        (.privilege, #""a=b/c"=r*/"Bob B""#, ["a=b/c", "Bob B"]),
        // The number of a role that is gone reads as a name.
        (.privilege, "16384=r/ada", ["16384", "ada"]),
        (.array(.role), "{}", []), (.array(.role), #"{ada,NULL,"Bob B",-}"#, ["ada", "Bob B"]),
        (.array(.role), #"{"\"Bob B\"","NULL"}"#, ["Bob B", "NULL"]),
        (.array(.role), "[0:1][1:1]={{ada},{bob}}", ["ada", "bob"]),
        (.array(.privilege), #"{=r/ada,"\"L o\"=U/ada"}"#, ["ada", "L o", "ada"]),
        (.record([.role, nil, .privilege]), #"(ada,"x, ""y"")",bob=r/carl)"#, ["ada", "bob", "carl"]),
        (.record([.role, .role]), "(,)", []), (.record([.role]), #"("""Bob B""")"#, ["Bob B"]),
        (.array(.record([.role, nil])), #"{"(ada,)","(\"\"\"Bob B\"\"\",x)"}"#, ["ada", "Bob B"]),
    ]

    @Test(arguments: values.indices)
    func rolesInValues(_ index: Int) {
        let (type, value, roles) = Self.values[index]
        #expect(type.roles(in: value) == roles)
    }

    private func types(_ definitions: String...) -> RoleTypes {
        definitions.reduce(into: RoleTypes()) { types, definition in
            if types.concerns(Array(definition.utf8)) { types.take(SQLTokens(definition)) }
        }
    }

    @Test(arguments: [
        ("CREATE TABLE s.t (\n    a integer,\n    r regrole NOT NULL\n);", [nil, RoleType.role]),
        ("CREATE TABLE \"s\".\"t\" (\n    \"r\" \"regrole\"[]\n);", [.array(.role)]),
        (
            "CREATE TABLE s.t (\n    n numeric(10,2) DEFAULT 0,\n    r pg_catalog.aclitem[]\n)",
            [nil, .array(.privilege)]
        ),
        ("CREATE UNLOGGED TABLE s.t (r s.who, p s.pair[])", [.role, .array(.record([.role, nil]))]),
        ("CREATE TABLE s.t OF s.pair", [.role, nil]), ("CREATE TABLE s.t (x integer) INHERITS (s.base)", [.role, nil]),
        ("CREATE TABLE s.t PARTITION OF s.base FOR VALUES IN (1)", [.role]),
        ("CREATE TABLE s.t (b s.base)", [.record([.role])]),
        ("CREATE TABLE s.t (regrole text, a text DEFAULT 'regrole'::text)", []),
    ])
    func columnsOfATable(_ definition: String, _ expected: [RoleType?]) {
        let types = types(
            "CREATE DOMAIN s.who AS regrole NOT NULL;", "CREATE TYPE s.pair AS (\n\tr regrole,\n\tnote text\n);",
            "CREATE TABLE s.base (r regrole);", definition)
        #expect(types.columns(of: CopiedTable(schema: "s", name: "t")).map(\.type) == expected)
    }

    @Test func constantsInDefinitions() {
        let types = types(
            "CREATE VIEW v AS SELECT 'ada=r/bob'::aclitem AS a, 'eve'::text AS t, '{carl}'::\"regrole\"[] AS r;")
        #expect(types.roles == ["ada", "bob", "carl"])
    }

    @Test(arguments: [
        "INSERT INTO s.t VALUES (1, 'ada'), (2, 'bob');",
        "INSERT INTO \"s\".\"t\" (\"r\", \"a\") VALUES ('\"ada\"', 1), ('bob', 2);",
        "INSERT INTO s.t (a, r) OVERRIDING SYSTEM VALUE VALUES (f(1, 2), 'ada'), (NULL, 'bob') ON CONFLICT DO NOTHING;",
    ])
    func rowsAsStatements(_ statement: String) throws {
        let types = types("CREATE TABLE s.t (a integer, r regrole);")
        let table = CopiedTable(schema: "s", name: "t")
        var fields = try #require(RoleFields(types, table, target: nil, .utf8, conforming: true))
        fields.take(insert: Array(statement.utf8))
        #expect(fields.roles == ["ada", "bob"])
    }

    @Test func rowsOfCopy() throws {
        let types = types("CREATE TABLE s.t (a integer, r regrole, x text);")
        let target = CopyTarget(parsing: "COPY s.t (x, r, a) FROM stdin;")!
        var fields = try #require(RoleFields(types, target.table, target: target, .utf8, conforming: true))
        for row in ["carl\tada\t1", "x\t\"b\\\\c\"\t2", "x\t\\N\t3"] {
            Array(row.utf8).withUnsafeBytes { fields.take(row: $0) }
        }
        #expect(fields.roles == ["ada", #"b\c"#])
    }
}
