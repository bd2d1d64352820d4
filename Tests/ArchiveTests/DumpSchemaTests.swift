import Testing
import Values

@testable import Archive

@Suite(.keepsItsThread) struct DumpSchemaTests {
    private func schema(_ text: String) -> DumpSchema {
        var schema = DumpSchema()
        schema.take(SQLTokens(text))
        return schema
    }

    private func column(_ name: String, _ table: String, _ schema: DumpSchema) -> KnownColumn? {
        schema.column(name, of: ExactName(schema: "s", name: table))
    }

    @Test(
        "Types are read as pg_dump spells them",
        arguments: [
            ("integer", .integer(bytes: 4)), ("character varying(20)", .text(limit: 20)),
            ("character varying", .text(limit: nil)),
            ("character(3)", .paddedText(limit: 3)), ("numeric(10,2)", .numeric(NumericLimit(precision: 10, scale: 2))),
            ("numeric(3,-2)", .numeric(NumericLimit(precision: 3, scale: -2))),
            ("numeric(7)", .numeric(NumericLimit(precision: 7, scale: 0))),
            ("timestamp(3) with time zone", .timestamp(zoned: true)),
            ("timestamp without time zone", .timestamp(zoned: false)),
            ("time with time zone", .time(zoned: true)), ("interval day to second(3)", .interval),
            ("bit varying(5)", .bits(count: 5, varying: true)),
            ("bit(1)", .bits(count: 1, varying: false)), ("double precision", .float(bytes: 8)),
            ("integer[]", .array(.integer(bytes: 4))),
            ("character varying(5)[]", .array(.text(limit: 5))),
            ("public.geometry(Point,4326)", .other("public.geometry")),
            ("\"char\"", .other("char")), ("s.mood", .enumeration([Array("a".utf8), Array("b,c".utf8)])),
            ("s.code", .text(limit: 2)),
            ("s.\"Twice\"", .text(limit: 2)), ("s.pair", .other("s.pair")), ("money", .other("money")),
            ("\"text\"", .text(limit: nil)), ("\"jsonb\"", .jsonb),
            ("s.text", .other("s.text")),
        ] as [(String, ValueType)])
    func types(_ spelt: String, _ type: ValueType) {
        let schema = schema(
            """
            CREATE TYPE s.mood AS ENUM ('a', 'b,c'); CREATE DOMAIN s.code AS character varying(2) DEFAULT 'x';
            CREATE DOMAIN s."Twice" AS s.code CONSTRAINT "Twice_check" CHECK ((VALUE IS NOT NULL));
            CREATE TYPE s.pair AS (a integer, b integer);
            CREATE TABLE s.t ( "odd, name" \(spelt) DEFAULT f(1, 'x, y') NOT NULL, last \(spelt), plain \(spelt) COLLATE pg_catalog."C" );
            """)
        #expect(column("odd, name", "t", schema)?.type.type == type)
        #expect(column("odd, name", "t", schema)?.isNotNull == true)
        for name in ["last", "plain"] {
            #expect(column(name, "t", schema)?.type.type == type)
            #expect(column(name, "t", schema)?.isNotNull == false)
        }
    }

    @Test func columnsAreInherited() {
        let schema = schema(
            """
            CREATE TABLE s.p (a integer NOT NULL, b integer NOT NULL NO INHERIT, c integer CONSTRAINT named NOT NULL);
            CREATE TABLE s.c (d text, CONSTRAINT own CHECK ((d <> ''::text)), CONSTRAINT late NOT NULL b) INHERITS (s.p);
            CREATE TABLE s.g () INHERITS (s.c, s.gone);
            CREATE TABLE s.h () INHERITS (s.c); ALTER TABLE ONLY s.h ALTER COLUMN d SET NOT NULL;
            ALTER TABLE s.c ADD CONSTRAINT not_yet NOT NULL d NOT VALID;
            """)
        let found = ["a", "b", "c", "d"].map { name in ["p", "c", "h"].map { column(name, $0, schema)?.isNotNull } }
        #expect(found == [[true, true, true], [true, true, true], [true, true, true], [nil, false, true]])
        #expect(column("a", "g", schema) == nil, "a parent that the dump does not create")
        #expect(schema.notValid == ["s.c.not_yet"])
    }

    @Test(
        "What is not understood leaves the table unclear",
        arguments: [
            "CREATE TABLE s.t OF s.pair", "CREATE TABLE s.t PARTITION OF s.p FOR VALUES IN (1)",
            "CREATE TABLE s.t (LIKE s.p)",
            "CREATE TABLE s.t (a integer); CREATE TABLE s.t (a text)",
            "CREATE TABLE s.t (a integer); ALTER TABLE s.t ALTER COLUMN a TYPE text",
            "CREATE TABLE s.t (a integer); ALTER TABLE s.t RENAME COLUMN a TO b",
            "CREATE TABLE s.t (a integer); ALTER TABLE s.t ADD COLUMN b integer",
            "CREATE TABLE s.t (a integer, PRIMARY KEY (a))",
        ])
    func unclear(_ text: String) {
        #expect(column("a", "t", schema(text)) == nil)
    }

    @Test func textOfOtherCollationsIsNoKey() {
        let schema = schema(
            """
            CREATE COLLATION s.ci (provider = icu, deterministic = false, locale = 'und');
            CREATE COLLATION s.fine (provider = icu, locale = 'de'); CREATE DOMAIN s.word AS text COLLATE s.ci;
            CREATE TABLE s.t (a text, b text COLLATE s.ci, c text COLLATE s.fine, d text COLLATE s.unknown, e s.word, f numeric, g point);
            """)
        let kinds = ["a", "b", "c", "d", "e", "f", "g"].map { column($0, "t", schema)?.type.keyKind }
        #expect(kinds == [.text, nil, .text, nil, nil, .numeric, nil])
    }

    @Test(
        "Unique keys",
        arguments: [
            ("ALTER TABLE ONLY s.t ADD CONSTRAINT k PRIMARY KEY (a, b)", ["a", "b"], nil),
            ("ALTER TABLE ONLY s.t ADD CONSTRAINT k UNIQUE (a) INCLUDE (b) DEFERRABLE", ["a"], nil),
            (
                "ALTER TABLE ONLY s.t ADD CONSTRAINT k UNIQUE NULLS NOT DISTINCT (a)", ["a"],
                "NULLs are not distinct in it"
            ),
            ("ALTER TABLE ONLY s.t ADD CONSTRAINT k PRIMARY KEY (a, b WITHOUT OVERLAPS)", [], "it is over ranges"),
            ("CREATE UNIQUE INDEX k ON s.t USING btree (\"A, b\", b DESC NULLS LAST)", ["A, b", "b"], nil),
            (
                "CREATE UNIQUE INDEX k ON s.t USING btree (lower(a))", [],
                "it is over an expression, or compares in a way of its own"
            ),
            (
                "CREATE UNIQUE INDEX k ON s.t USING btree (a COLLATE s.ci)", [],
                "it is over an expression, or compares in a way of its own"
            ),
            ("CREATE UNIQUE INDEX k ON s.t USING btree (a) NULLS NOT DISTINCT", ["a"], "NULLs are not distinct in it"),
            ("CREATE UNIQUE INDEX k ON s.t USING btree (a) WHERE (b > 0)", ["a"], "it is over a part of the rows"),
        ] as [(String, [String], String?)])
    func uniqueKeys(_ text: String, _ columns: [String], _ unchecked: String?) throws {
        let key = try #require(schema(text).uniqueKeys.first)
        #expect((key.name, key.columns, key.unchecked) == ("k", columns, unchecked))
    }

    @Test func whatIsNoUniqueKey() {
        let schema = schema(
            """
            CREATE UNIQUE INDEX k ON ONLY s.t USING btree (a); CREATE INDEX i ON s.t USING btree (a);
            ALTER TABLE ONLY s.t ADD CONSTRAINT e EXCLUDE USING gist (a WITH =); ALTER TABLE s.t ADD CONSTRAINT c CHECK ((a > 0)) NOT VALID;
            """)
        #expect(schema.uniqueKeys.isEmpty)
        #expect(schema.notValid == ["s.t.c"])
    }
}
