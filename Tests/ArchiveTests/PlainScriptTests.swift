import Archive
import ScannedScripts
import Testing

@Suite(.keepsItsThread) struct PlainScriptTests {
    struct Position: CustomTestStringConvertible, Sendable {
        let script: String
        let commands: [String]
        let reason: String
        var testDescription: String { reason }

        init(_ script: String, _ commands: [String] = [], reason: String) {
            self.script = script
            self.commands = commands
            self.reason = reason
        }
    }

    static let positions = [
        Position("\\! sh\nSELECT 1;\n", ["\\! sh"], reason: "at the start"),
        Position(
            "SELECT 1;\n  \\! sh\nSELECT 2;\n", ["\\! sh"], reason: "behind white space"),
        Position("SELECT 1; \\! sh ; x\n", ["\\! sh ; x"], reason: "behind a statement"),
        Position("SELECT 1 \\g | sh\n;\n", ["\\g | sh"], reason: "in place of a semicolon"),
        Position("SELECT (1 \\g |sh\n);\n", ["\\g |sh"], reason: "in parentheses"),
        Position("SELECT 1\\;SELECT 2;\n", ["\\;SELECT 2;"], reason: "a semicolon kept from psql"),
        Position("\\copy t from program 'sh'\n", ["\\copy t from program 'sh'"], reason: "copy on the client"),
        Position(
            "\\set x `sh`\r\nSELECT 1;\n", ["\\set x `sh`"], reason: "a line that ends as on Windows"),
        Position(
            "SELECT 'a\\'; \\! sh\n", ["\\! sh"], reason: "a backslash is no escape in a string"),
        Position("SELECT 'it''s \\! sh\n \\! sh';\n", reason: "in a string"),
        Position("SELECT E'\\'\\! sh\n\\! sh';\n", reason: "in a string with escapes"),
        Position(
            "SELECT E'\\\\'\\! sh\n;\n", ["\\! sh"], reason: "behind a string with escapes"),
        Position("SELECT E'a''\\'\\! sh\n';\n", reason: "a doubled quote does not end a string with escapes"),
        Position(
            "SELECT namee'\\'; \\! sh\n", ["\\! sh"], reason: "the E is the end of a word"),
        Position("SELECT \"a\\! sh\n\"\"\\! sh\";\n", reason: "in a quoted name"),
        Position("SELECT $$ \\! sh\n ' $$;\n", reason: "in dollars"),
        Position("SELECT $a$ $ $$ $b$ $a \\! sh\n $a$;\n", reason: "in dollars with a tag"),
        Position("SELECT $a$ $$a$ \\! sh\n", ["\\! sh"], reason: "a tag right behind a dollar"),
        Position("SELECT a$b$ \\! sh\n", ["\\! sh"], reason: "dollars within a word"),
        Position("SELECT $1$a \\! sh\n", ["\\! sh"], reason: "dollars behind a parameter"),
        Position("SELECT :a$b$ \\! sh\n $b$;\n", reason: "dollars behind a variable"),
        Position("SELECT x::a$b$ \\! sh\n", ["\\! sh"], reason: "a cast is no variable"),
        Position("SELECT :E'\\'; \\! sh\n", ["\\! sh"], reason: "the E is a variable"),
        Position("SELECT $a' \\! sh\n';\n", reason: "a dollar that starts no tag"),
        Position("-- \\! sh\n\\! sh\n", ["\\! sh"], reason: "in and behind a line comment"),
        Position("-- x\r\\! sh\n", ["\\! sh"], reason: "a carriage return ends a line comment"),
        Position(
            "/* \\! sh\n /* */ \\! sh\n */ \\! sh\n", ["\\! sh"],
            reason: "comments nest"),
        Position(
            "/*/ \\! sh\n*/ \\! sh\n", ["\\! sh"], reason: "a slash does not end what it started"),
        Position(
            "SELECT 1 - - 2, 3 / 4 * 5 \\! sh\n;", ["\\! sh"],
            reason: "operators are no comments"),
        Position("SELECT U&'\\' \\! sh\n;", ["\\! sh"], reason: "no escapes in Unicode strings"),
        Position(
            "COPY t FROM stdin;\n\\! sh\n\\.x\n \\.\n\\N\n\\.\n\\! sh\n", ["\\! sh"], reason: "in and behind rows"),
        Position(
            "COPY t FROM stdin;\n1\r\n\\.\r\n\\! sh\n", ["\\! sh"],
            reason: "rows of a file from Windows"),
        Position("COPY t FROM stdin;\n\\.\n\\! sh\n", ["\\! sh"], reason: "no rows"),
        Position(
            "COPY t FROM stdin; SELECT 1;\n1\n\\.\n", ["SELECT 1;"],
            reason: "what runs when the rows are in"),
        Position("COPY t TO stdout;\n\\! sh\n", ["\\! sh"], reason: "a COPY without rows"),
        Position(
            "CREATE TABLE copy_from_stdin (x int);\n\\! sh\n", ["\\! sh"],
            reason: "a name that looks like it"),
        Position(
            "SET standard_conforming_strings = off;\nSELECT 'a\\'; \\! sh\n';\n",
            reason: "strings with escapes throughout"),
        Position(
            "SET standard_conforming_strings = off;\nSELECT b'1\\' \\! sh\n;\n", ["\\! sh"],
            reason: "except bit strings"),
        Position(
            "\\restrict abc\nSELECT 1;\n\\unrestrict abc\n",
            reason: "what pg_dump writes is dropped silently"),
        Position(
            "\\connect other\n", ["\\connect other"], reason: "a change of database that pg_dump does not write"),
        Position("CREATE DATABASE d;\n\\connect d\nSELECT 1;\n", reason: "one that it does"),
    ]

    @Test(arguments: positions) func metaCommandsGo(_ position: Position) {
        let scanned = Scanned(position.script)
        #expect(scanned.metaCommands == position.commands)
        for size in 1...3 {
            #expect(Scanned(Array(position.script.utf8)) { size } == scanned, "in pieces of \(size)")
        }
    }

    @Test(arguments: [
        "CREATE DATABASE d WITH TEMPLATE = template0;", "DROP DATABASE \"d;\";", "ALTER DATABASE d OWNER TO nobody;",
        "ALTER DATABASE d SET work_mem TO '5MB';", "COMMENT ON DATABASE d IS 'a; b';",
        "GRANT CONNECT ON DATABASE d TO alice;", "REVOKE CONNECT,TEMPORARY ON DATABASE d FROM PUBLIC;",
        "SECURITY LABEL FOR x ON DATABASE d IS 'y';", "create /* c */ database\n-- x;\nd;",
    ])
    func statementsAboutTheDatabaseGo(_ statement: String) {
        let scanned = Scanned("SELECT 1;\n-- c\n\(statement)\nSELECT 2;\n")
        #expect(scanned.text == "SELECT 1;\nSELECT 2;\n")
        let dropped = statement.hasPrefix("DROP") ? "d;" : nil
        let told = scanned.events.filter { if case .databaseProperty = $0 { false } else { true } }
        #expect(told == [.databaseStatement(line: 3 + statement.filter { $0 == "\n" }.count, dropped: dropped)])
        // What the statement keeps for the database is told besides.
        #expect(scanned.events.count - told.count == (statement.hasPrefix("ALTER DATABASE") ? 1 : 0))
        #expect(scanned.summary.statements == 3)
    }

    @Test(arguments: [
        "COMMENT ON TABLE t IS 'on database';", "COMMENT ON COLUMN t.\"on database\" IS 'x';",
        "CREATE TABLE database (x int);", "GRANT SELECT ON TABLE database TO PUBLIC;",
    ])
    func othersStay(_ statement: String) {
        #expect(Scanned(statement).text == statement + "\n")
        #expect(Scanned(statement).events == [])
    }

    @Test func whatAStatementNeedsComesBeforeIt() throws {
        var script = PlainScript()
        var parts: [PlainPart] = []
        for byte in Array("ALTER TABLE public.t OWNER TO \"A;b\"".utf8) {
            script.consume([byte], parts: &parts)
            #expect(parts.isEmpty)
        }
        script.consume(Array(";".utf8), parts: &parts)
        #expect(parts.count == 2)
        #expect(parts.first == .event(.role("A;b")))
        guard case .statement(let statement)? = parts.last else { throw NoStatement() }
        #expect(statement.text == Array("ALTER TABLE public.t OWNER TO \"A;b\";".utf8))
    }

    private struct NoStatement: Error {}

    @Test func tellsWhatIsThere() throws {
        let scanned = Scanned(
            """
            -- Name: odd; name; Type: TABLE; Schema: we.ird "S; Owner: bob
            CREATE EXTENSION IF NOT EXISTS "uuid-ossp" WITH SCHEMA public;
            -- Data for Name: t; Type: TABLE DATA; Schema: -; Owner: -; Tablespace: fast
            COPY "we.ird ""S"."t ""x" (a, b) FROM stdin WITH (FORMAT text);
            \\.
            ALTER TABLE ONLY a.b ADD CONSTRAINT c FOREIGN KEY (d) REFERENCES e.f(g);
            SET SESSION AUTHORIZATION 'carol';
            """)
        #expect(
            scanned.events == [
                .object(kind: "TABLE", schema: "we.ird \"S", name: "odd; name", owner: "bob"),
                .extension("uuid-ossp"),
                .object(kind: "TABLE DATA", schema: nil, name: "t", owner: nil),
                .foreignKey(
                    try #require(
                        ForeignKeyDefinition(
                            parsing: "ALTER TABLE ONLY a.b ADD CONSTRAINT c FOREIGN KEY (d) REFERENCES e.f(g)"))),
                .role("carol"),
            ])
        #expect(
            scanned.statements.compactMap(\.table) == [CopiedTable(schema: "we.ird \"S", name: "t \"x")])
    }

    @Test func namesFollowTheEncoding() {
        for setting in ["SET client_encoding = 'LATIN1'", "set names 'latin1'"] {
            let latin = Array("\(setting);\nALTER TABLE t OWNER TO ".utf8) + [0xC4, 0x3B, 0x0A]
            #expect(Scanned(latin).events == [.role("Ä")])
        }
        // The second byte of 表 is a backslash: no escape, no meta-command.
        let japanese =
            Array("SET client_encoding = 'SJIS';\nSELECT E'".utf8) + [0x95, 0x5C] + Array("'; \\! sh\n".utf8)
        for size in [1, 2, 3, .max] {
            let scanned = Scanned(japanese) { size }
            #expect(scanned.metaCommands == ["\\! sh"])
            #expect(scanned.output.count == japanese.count - 6)
        }
    }

    @Test func routineBodiesAreOneStatement() {
        let body = """
            CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql
                BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END; END;
            CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM a; DELETE FROM b);
            """
        #expect(Scanned(body).summary.statements == 2)
        #expect(Scanned(body).statements.map(\.line) == [2, 3])
    }

    /// Only its place is told, and what stands behind it goes on.
    @Test func aStatementThatIsTooLongIsLeftOut() {
        let values = String(repeating: "x", count: PlainScript.longestStatement)
        let scanned = Scanned("INSERT INTO t VALUES ('\(values)');\nALTER TABLE t OWNER TO a;")
        #expect(scanned.events == [.tooLong(line: 1), .role("a")])
        #expect(scanned.text == "ALTER TABLE t OWNER TO a;\n")
        #expect(Scanned("INSERT INTO t VALUES ('\(values.dropLast(99))');").statements.count == 1)
    }

    @Test(
        arguments: [
            ("SELECT 'x", "a string"), ("SELECT \"x", "a quoted name"), ("/* x", "a comment"),
            ("SELECT $$ x", "a dollar-quoted string"),
            ("COPY t FROM stdin;\n1\n", "the rows of a COPY statement"),
            ("COPY t FROM stdin;", "the rows of a COPY statement"),
            ("COPY t FROM stdin;\n1\n\\.", "the rows of a COPY statement"), ("SELECT 1", "a statement"),
            ("\\! sh", "a command of psql's"),
            ("SELECT 1;\n", nil), ("", nil), ("-- x", nil), ("\\unrestrict x", nil),
            ("-- PostgreSQL database dump complete\ntrailer", "a statement"),
        ] as [(String, String?)])
    func tellsWhereItEnds(_ script: String, _ inside: String?) {
        #expect(Scanned(script).summary.endedInside == inside)
    }

    @Test(arguments: [
        ("-- PostgreSQL database dump\n-- PostgreSQL database dump complete\n", true),
        ("-- PostgreSQL database dump\n-- PostgreSQL database dump complete", true),
        ("-- PostgreSQL database dump\n-- PostgreSQL database dump complete\n\n\\unrestrict x\n", true),
        ("-- PostgreSQL database dump\n-- PostgreSQL database dump complete\nSELECT 1;\n", true),
        (
            "-- PostgreSQL database dump\n-- PostgreSQL database dump complete\n-- PostgreSQL database dump\nSELECT 1;\n",
            false
        ),
        ("-- PostgreSQL database dump\r\n-- PostgreSQL database dump complete\r\n", true),
        ("-- PostgreSQL database dump\n-- PostgreSQL database dump comp", false),
        ("SELECT '\n-- PostgreSQL database dump complete\n';", false),
    ])
    func knowsTheFooter(_ script: String, _ isThere: Bool) {
        #expect(Scanned(script).summary.sawFooter == isThere)
    }
}
