import Testing

@testable import Archive

@Suite(.keepsItsThread) struct StructureTests {
    private static func structure(_ script: String) throws -> DumpStructure {
        var reader = StructureReader(encoding: "UTF8")
        // Cut anywhere: it comes through a pipe.
        let bytes = Array("\(script)\n--\n-- PostgreSQL database dump complete\n--\n".utf8)
        for start in stride(from: 0, to: bytes.count, by: 7) {
            reader.take(Array(bytes[start..<min(start + 7, bytes.count)]))
        }
        let structure = reader.finish()
        return try #require(structure)
    }

    private static func object(_ kind: String, _ name: String, _ statements: String) -> String {
        "--\n-- Name: \(name); Type: \(kind); Schema: public; Owner: ada\n--\n\n\(statements)\n\n"
    }

    private func difference(
        _ kind: String, _ name: String, _ one: String, _ other: String
    ) throws
        -> StructureDifference?
    {
        let expected = StructureIndex(try Self.structure(Self.object(kind, name, one)))
        let found = StructureIndex(try Self.structure(Self.object(kind, name, other)))
        let definition = try #require(expected.all.first)
        return try #require(found[definition]).difference(from: definition)
    }

    @Test(
        "These are one definition",
        arguments: [
            ("white space", "CREATE TABLE public.t (\n    i integer\n);", "CREATE TABLE public.t (i integer);"),
            ("comments", "CREATE TABLE public.t (i integer);", "CREATE TABLE -- of numbers\n public.t (i integer);"),
            (
                "quotes that no name needs", "CREATE TABLE \"public\".\"t\" (\"i\" integer);",
                "CREATE TABLE public.t (i integer);"
            ),
            (
                "the owner, which is compared by itself",
                "CREATE TABLE public.t (i integer);\nALTER TABLE public.t OWNER TO ada;",
                "CREATE TABLE public.t (i integer);"
            ),
            (
                "settings of the session", "SET default_tablespace = '';\nCREATE TABLE public.t (i integer);",
                "CREATE TABLE public.t (i integer);\nSELECT pg_catalog.set_config('search_path', '', false);"
            ),
            (
                "the order of statements",
                "CREATE TABLE public.t (i integer);\nALTER TABLE public.t A;\nALTER TABLE public.t B;",
                "ALTER TABLE public.t B;\nALTER TABLE public.t A;\nCREATE TABLE public.t (i integer);"
            ),
            (
                "statements of something else",
                "CREATE TABLE public.t (i integer);\nALTER TABLE ONLY public.u ALTER COLUMN i SET STATISTICS 5;",
                "CREATE TABLE public.t (i integer);"
            ),
            (
                "what pg_dump never writes", "CREATE TABLE public.t (i integer);\nDO 'BEGIN t; END';\nDROP TABLE t;",
                "CREATE TABLE public.t (i integer);"
            ),
            (
                "a privilege, which is an object of its own",
                "CREATE TABLE public.t (i integer);\nGRANT SELECT ON TABLE public.t TO ada;",
                "CREATE TABLE public.t (i integer);"
            ),
            (
                "strings in other quotes", "CREATE TABLE public.t (i text DEFAULT 'a''b');",
                "CREATE TABLE public.t (i text DEFAULT $$a'b$$);"
            ),
        ])
    func alike(_ reason: String, _ one: String, _ other: String) throws {
        #expect(try difference("TABLE", "t", one, other) == nil)
        #expect(try difference("TABLE", "t", other, one) == nil)
    }

    @Test(
        "The first difference is quoted",
        arguments: [
            (
                "CREATE TABLE public.t (i integer);", "CREATE TABLE public.t (i bigint);",
                "create table public.t (i integer)", "create table public.t (i bigint)"
            ),
            (
                "CREATE TABLE public.t (i text DEFAULT 'secret');", "CREATE TABLE public.t (i text DEFAULT 'hidden');",
                "create table public.t (i text default '…')",
                "create table public.t (i text default '…') (with another text in quotes)"
            ),
            (
                "CREATE TABLE public.t ();\nALTER TABLE ONLY public.t ALTER COLUMN i SET STATISTICS 5;",
                "CREATE TABLE public.t ();", "alter table only public.t alter column i set statistics 5",
                "no such statement"
            ),
            (
                "CREATE TABLE public.t ();", "CREATE TABLE public.t ();\nALTER TABLE public.t CLUSTER ON i;",
                "no such statement", "alter table public.t cluster on i"
            ),
            (
                "CREATE TABLE public.t (a text, b text, c text, d text, e text, f text, \"G\" text, h text);",
                "CREATE TABLE public.t (a text, b text, c text, d text, e text, f text, \"G\" date, h text);",
                "… e text, f text, \"G\" text, h text)", "… e text, f text, \"G\" date, h text)"
            ),
            (
                "CREATE TABLE public.t (); CREATE TABLE public.t ();", "CREATE TABLE public.t ();",
                "create table public.t ()", "no such statement"
            ),
        ])
    func differ(_ one: String, _ other: String, _ expected: String, _ observed: String) throws {
        #expect(
            try difference("TABLE", "t", one, other) == StructureDifference(expected: expected, observed: observed))
    }

    /// A string that is longer than what the reader keeps of values.
    @Test func theEndOfALongBodyCounts() throws {
        let body = String(repeating: "-- a line\n", count: 10_000)
        let function = { (end: String) in
            "CREATE FUNCTION public.f() RETURNS integer LANGUAGE sql AS $$\(body)\(end)$$;"
        }
        #expect(try difference("FUNCTION", "f()", function("1"), function("1")) == nil)
        #expect(try difference("FUNCTION", "f()", function("1"), function("2")) != nil)
    }

    @Test func objectsAreFoundByTheirNames() throws {
        let quoted = StructureIndex(
            try Self.structure(
                Self.object("ACL", "TABLE \"t\"", "GRANT ALL ON TABLE \"public\".\"t\" TO \"ada\";")
                    + Self.object("FUNCTION", "f(\"text\")", "CREATE FUNCTION \"public\".\"f\"(\"text\");")
                    + Self.object("TABLE", "two lines", "CREATE TABLE public.\"two\nlines\" ();")))
        let plain = StructureIndex(
            try Self.structure(
                Self.object("ACL", "TABLE t", "GRANT ALL ON TABLE public.t TO ada;")
                    + Self.object("FUNCTION", "f(text)", "CREATE FUNCTION public.f(text);")
                    + Self.object("TABLE", "two lines", "CREATE TABLE public.\"two\nlines\" ();")))
        #expect(quoted.all.count == 3)
        for definition in quoted.all { #expect(plain[definition]?.difference(from: definition) == nil) }
        #expect(quoted.all.allSatisfy { plain[$0] != nil && $0.owners == ["ada"] })
    }

    /// Operators have names without their operands.
    @Test func objectsOfOneNameAreComparedTogether() throws {
        let one = Self.object("OPERATOR", "+", "CREATE OPERATOR public.+ (FUNCTION = a, LEFTARG = text);")
        let two = Self.object("OPERATOR", "+", "CREATE OPERATOR public.+ (FUNCTION = b, LEFTARG = date);")
        let expected = try #require(StructureIndex(try Self.structure(one + two)).all.first)
        #expect(StructureIndex(try Self.structure(two + one))[expected]?.difference(from: expected) == nil)
        #expect(StructureIndex(try Self.structure(one))[expected]?.difference(from: expected) != nil)
    }

    @Test func whatIsNotRestoredIsNotCompared() throws {
        let script =
            Self.object("DATABASE", "d", "CREATE DATABASE d;")
            + Self.object("COMMENT", "DATABASE d", "COMMENT ON DATABASE d IS 'a';")
            + Self.object("COMMENT", "EXTENSION e", "COMMENT ON EXTENSION e IS 'a';")
            + Self.object("SCHEMA", "public", "CREATE SCHEMA public;")
            + Self.object("SEQUENCE SET", "s", "SELECT pg_catalog.setval('public.s', 1, true);")
            + "--\n-- Data for Name: t; Type: TABLE DATA; Schema: public; Owner: ada\n--\n\nCOPY public.t (i) FROM stdin;\n1\n\\.\n\n"
        #expect(try Self.structure(script).objects.isEmpty)
    }

    @Test func aScriptThatIsCutOffHasNoStructure() {
        var reader = StructureReader(encoding: "UTF8")
        reader.take(Array(Self.object("TABLE", "t", "CREATE TABLE public.t ();").utf8))
        #expect(reader.finish() == nil)
    }

    /// What an archive has in one text is taken apart as a script is.
    @Test func anArchiveSaysTheSameAsAScript() throws {
        var entries = [ArchiveBuilder.encoding]
        let table =
            "CREATE TABLE public.t (\n    i integer\n);\nALTER TABLE ONLY public.t ALTER COLUMN i SET STATISTICS 5;\n"
        let function =
            "CREATE FUNCTION public.f() RETURNS integer\n    LANGUAGE sql\n    BEGIN ATOMIC\n SELECT 1;\nEND;\n"
        entries.append(ArchiveBuilder.Entry(id: 2, kind: "TABLE", tag: "t", definition: table))
        entries.append(ArchiveBuilder.Entry(id: 3, kind: "FUNCTION", tag: "f()", definition: function))
        let bytes = ArchiveBuilder(entries: entries).bytes
        let contents = try withTemporaryDirectory { directory in
            try write(bytes, to: "\(directory)/built")
            return try #require(try Dump.open("\(directory)/built").contents)
        }
        let archive = DumpStructure(contents)
        #expect(archive.objects.map(\.label) == ["TABLE public.t", "FUNCTION public.f()"])
        #expect(archive.objects.map(\.definitions.count) == [2, 1])
        let script = StructureIndex(
            try Self.structure(Self.object("TABLE", "t", table) + Self.object("FUNCTION", "f()", function)))
        for definition in StructureIndex(archive).all {
            #expect(script[definition]?.difference(from: definition) == nil)
        }
    }
}
