import Findings
import Postgres
import Testing

@testable import ColdTier

/// What a manifest says of tables and types is read into parts, and no text of it is ever run.
@Suite struct DefinitionTests {
    @Test(
        "Types as format_type prints them",
        arguments: [
            ("bigint", "bigint"), ("timestamp with time zone", "timestamp with time zone"),
            ("timestamp(3) without time zone", "timestamp(3) without time zone"),
            ("double precision[]", "double precision[]"),
            ("numeric(10,2)", "numeric(10, 2)"), ("numeric(3,-2)", "numeric(3, -2)"),
            ("character varying(20)[]", "character varying(20)[]"), ("bit varying", "bit varying"),
            ("\"bit\"", "\"bit\""),
            ("\"char\"", "\"char\""), ("text", "\"text\""), ("jsonb", "\"jsonb\""),
            ("interval day to second(3)", "interval day to second(3)"),
            ("public.mood[]", "\"public\".\"mood\"[]"),
            ("\"My Schema\".\"odd \"\" type\"", "\"My Schema\".\"odd \"\" type\""),
            ("public.geometry(Point,4326)", "\"public\".\"geometry\"(\"Point\", 4326)"),
            ("time(0) with time zone", "time(0) with time zone"),
        ])
    func types(_ text: String, _ sql: String) throws {
        let type = try TypeName(text)
        #expect(type.sql == sql)
        #expect(try TypeName(type.sql) == type)
    }

    @Test(
        arguments: [
            "", "int; DROP TABLE x", "text)", "text DEFAULT 1", "text, b text", "text NOT NULL", "text COLLATE \"C\"",
            "text -- x",
            "text /* x */", "a.b.c", "numeric(1;2)", "numeric((1))", "text[", "text[1]", "time", "timestamp with",
            "text CHECK (f())",
            "$$text$$", "text'x'", "\"text", "numeric(f(1))", "setof text", "text%type", "U&\"x\"", "bigint bigint",
            "text\0",
            "geometry(1.5)", "text REFERENCES x",
        ])
    func noTypes(_ text: String) {
        #expect(throws: DefinitionFlaw.self) { try TypeName(text) }
    }

    @Test(
        arguments: [
            (
                "CREATE TYPE public.mood AS ENUM ('good', 'it''s odd',  E'a\\\\b')",
                "CREATE TYPE \"public\".\"mood\" AS ENUM ('good', 'it''s odd',  E'a\\\\b')"
            ),
            ("CREATE TYPE public.mood AS ENUM ()", "CREATE TYPE \"public\".\"mood\" AS ENUM ()"),
            ("CREATE DOMAIN public.mood AS numeric(5,2)", "CREATE DOMAIN \"public\".\"mood\" AS numeric(5, 2)"),
            (
                "CREATE TYPE public.mood AS (left_one integer, \"b c\" text)",
                "CREATE TYPE \"public\".\"mood\" AS (\"left_one\" integer, \"b c\" \"text\")"
            ),
            (
                "CREATE TYPE public.mood AS RANGE (SUBTYPE = double precision)",
                "CREATE TYPE \"public\".\"mood\" AS RANGE (SUBTYPE = double precision)"
            ),
        ])
    func definedTypes(_ definition: String, _ sql: String) throws {
        #expect(try ImportedType(.init(name: "public.mood", definition: definition)).sql == sql)
    }

    @Test(
        arguments: [
            "DROP TABLE public.important", "COPY (SELECT 1) TO PROGRAM 'id'", "DO $$ BEGIN END $$", "SELECT 1", "",
            "CREATE TYPE public.other AS ENUM ('a')", "CREATE TYPE mood AS ENUM ('a')",
            "CREATE TYPE public.mood AS ENUM ('a'); DROP TABLE x", "CREATE TYPE public.mood AS ENUM ('a') x",
            "CREATE TYPE public.mood AS ENUM ('a', f())", "CREATE TYPE public.mood AS ENUM ('a\u{0}')",
            "CREATE DOMAIN public.mood AS text CHECK (public.f(VALUE))",
            "CREATE DOMAIN public.mood AS text DEFAULT public.f()",
            "CREATE TYPE public.mood AS RANGE (SUBTYPE = int, SUBTYPE_DIFF = public.f)",
            "CREATE TYPE public.mood AS RANGE (SUBTYPE = int, CANONICAL = public.f)",
            "CREATE TYPE public.mood (INPUT = public.f, OUTPUT = public.g)", "CREATE TYPE public.mood",
            "CREATE TYPE public.mood AS (a text COLLATE public.x)",
            "CREATE OR REPLACE FUNCTION public.mood() RETURNS int",
            "CREATE TYPE public.mood AS ENUM ('a' /* , */)", "CREATE TYPE public.mood AS ENUM ('a'\n-- x\n)",
        ])
    func noTypeDefinitions(_ definition: String) {
        #expect(throws: DefinitionFlaw.self) { try ImportedType(.init(name: "public.mood", definition: definition)) }
    }

    private static func shape(_ definition: String, id: String = "bigint") -> ExportManifest.Shape {
        ExportManifest.Shape(
            columns: [
                ExportColumn(name: "id", type: id, kind: .number),
                ExportColumn(name: "at", type: "timestamp with time zone", kind: .text),
            ], key: ["id"], types: [], definition: definition)
    }

    private static let name = TableName(schema: "public", name: "t")

    @Test func aTable() throws {
        let definition = """
            CREATE TABLE "public"."t" (
                "id" bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
                "twice" numeric GENERATED ALWAYS AS (((id)::numeric * '2'::numeric)) STORED,
                "at" timestamp with time zone,
                PRIMARY KEY ("id")
            );
            """
        #expect(
            try ImportedTable(Self.shape(definition), of: Self.name).sql() == """
                CREATE TABLE "public"."t" ("id" bigint GENERATED ALWAYS AS IDENTITY NOT NULL, \
                "twice" numeric GENERATED ALWAYS AS (( ( id ) :: numeric * '2' :: numeric )) STORED, \
                "at" timestamp with time zone, PRIMARY KEY ("id"))
                """)
    }

    @Test(
        arguments: [
            "DROP TABLE public.important", "",
            "CREATE TABLE public.other (id bigint, at timestamp with time zone, PRIMARY KEY (id))",
            "CREATE TABLE t (id bigint, at timestamp with time zone, PRIMARY KEY (id))",
            "CREATE TABLE public.t (id bigint, at timestamp with time zone)",
            "CREATE TABLE public.t (id bigint, at timestamp with time zone, PRIMARY KEY (at))",
            "CREATE TABLE public.t (id text, at timestamp with time zone, PRIMARY KEY (id))",
            "CREATE TABLE public.t (id bigint, at timestamp with time zone, extra text, PRIMARY KEY (id))",
            "CREATE TABLE public.t (id bigint DEFAULT public.f(), at timestamp with time zone, PRIMARY KEY (id))",
            "CREATE TABLE public.t (id bigint CHECK (public.f(id)), at timestamp with time zone, PRIMARY KEY (id))",
            "CREATE TABLE public.t (id bigint, at timestamp with time zone, PRIMARY KEY (id)) AS SELECT public.f()",
            "CREATE TABLE public.t (id bigint, at timestamp with time zone, PRIMARY KEY (id)); DROP TABLE x",
            "CREATE TABLE public.t (id bigint, at timestamp with time zone, PRIMARY KEY (id)) INHERITS (public.important)",
            "CREATE TABLE public.t (id bigint, at timestamp with time zone, PRIMARY KEY (id)) TABLESPACE x",
            "CREATE UNLOGGED TABLE public.t (id bigint, at timestamp with time zone, PRIMARY KEY (id))",
            "CREATE TABLE IF NOT EXISTS public.t (id bigint, at timestamp with time zone, PRIMARY KEY (id))",
            "CREATE TABLE public.t (id bigint REFERENCES public.important, at timestamp with time zone, PRIMARY KEY (id))",
            "CREATE TABLE public.t (id bigint, at timestamp with time zone, PRIMARY KEY (id), EXCLUDE USING gist (id WITH =))",
            "CREATE TABLE public.t (id bigint, at timestamp with time zone, LIKE public.important, PRIMARY KEY (id))",
            "CREATE TABLE public.t (id bigint GENERATED ALWAYS AS (1; DROP TABLE x) STORED, at timestamp with time zone, PRIMARY KEY (id))",
            "CREATE TABLE public.t (id bigint GENERATED ALWAYS AS (1)) STORED, at timestamp with time zone, PRIMARY KEY (id))",
            "CREATE TABLE public.t (id bigint, x int GENERATED ALWAYS AS (1 -- ) STORED\n) STORED, at timestamp with time zone, PRIMARY KEY (id))",
        ])
    func noTables(_ definition: String) {
        #expect(throws: DefinitionFlaw.self) {
            try ImportedTable(Self.shape(definition), of: Self.name)
        }
    }

    /// A column of the files has a type of its own, which is as little to be trusted.
    @Test func aTypeOfTheFiles() {
        let definition = "CREATE TABLE public.t (id bigint, at timestamp with time zone, PRIMARY KEY (id))"
        #expect(throws: DefinitionFlaw.self) {
            try ImportedTable(Self.shape(definition, id: "bigint DEFAULT public.f()"), of: Self.name)
        }
    }

    /// Functions, operators and types of the database are somebody else's code.
    @Test(
        arguments: [
            "public.f(id)", "(id OPERATOR(public.+) 1)", "('x'::public.mood)::text", "\"public\".\"f\"(id)", "t.id",
            "pg_catalog.lower('x')",
        ])
    func generatedByWhatIsNotPostgreSQLs(_ expression: String) throws {
        let table = try ImportedTable(
            Self.shape(
                "CREATE TABLE public.t (id bigint, x text GENERATED ALWAYS AS (\(expression)) STORED, at timestamp with time zone, PRIMARY KEY (id))"
            ),
            of: Self.name)
        #expect(throws: DefinitionFlaw.self) { try table.sql() }
    }
}
