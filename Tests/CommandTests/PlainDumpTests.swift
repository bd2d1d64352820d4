import Findings
import Foundation
import Postgres
import Scratch
import SystemPackage
import TestSupport
import Testing

/// Plain dumps as pg_dump writes them and as people keep them, on every version of the server.
@Suite struct PlainDumpTests {
    static let majors = [15, 16, 17, 18]

    // MARK: Options of pg_dump

    /// Everything that pg_dump can make of this database, an enum, a view that needs a primary key, a large object, a
    /// function and a role among it.
    private static let database = """
        CREATE TYPE mood AS ENUM ('good', 'bad');
        CREATE TABLE growers (id int PRIMARY KEY, name text, mood mood);
        INSERT INTO growers SELECT i, 'grower ' || i || E'\\n\\t\\\\.', 'good' FROM generate_series(1, 50) i;
        CREATE VIEW moods AS SELECT id, name, mood, count(*) AS n FROM growers GROUP BY id;
        CREATE FUNCTION shout(text, mood) RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT upper($1); END;
        CREATE TABLE plots (id int GENERATED ALWAYS AS IDENTITY, grower int REFERENCES growers, big numeric, f float8);
        INSERT INTO plots (grower, big, f) SELECT i, 'NaN', 1e20 FROM generate_series(1, 50) i;
        SELECT lo_from_bytea(0, decode(repeat('00ff', 40000), 'hex'));
        CREATE MATERIALIZED VIEW names AS SELECT name FROM growers;
        """

    static let options: [[String]] = [
        [], ["--clean"], ["--clean", "--if-exists"], ["--create"], ["--clean", "--if-exists", "--create"],
        ["--inserts"],
        ["--rows-per-insert=7"], ["--column-inserts"], ["--inserts", "--on-conflict-do-nothing"],
        ["--disable-triggers"],
        ["--use-set-session-authorization"], ["--quote-all-identifiers"], ["--disable-dollar-quoting"],
        ["--no-owner", "--no-privileges"], ["--verbose"], ["--encoding=LATIN1"], ["--no-comments"],
        ["--load-via-partition-root"], ["--serializable-deferrable"],
    ]

    /// The database has a name that psql must be told in quotes. The newest version gets every option; the others, whose
    /// pg_dump differs from it in few of them, share the options between them.
    @Test(arguments: majors)
    func everyOptionOfPgDump(_ major: Int) async throws {
        let share = major == Self.majors.last ? nil : Self.majors.firstIndex(of: major)
        try await TestServer.with(major: major) { server in
            try await withDesk { desk in
                for (index, options) in Self.options.enumerated()
                where share == nil || index % (Self.majors.count - 1) == share {
                    let dump = try await desk.dump(
                        Self.database, database: "my-app '\(index)'", on: server,
                        as: DumpKind("plain", .plain, options + (major >= 18 ? ["--statistics"] : [])))
                    let drilled = try await desk.drill(dump)
                    #expect(drilled.complaints == "", "\(options)")
                    #expect(drilled.exitCode == 0, "\(options)")
                    #expect(drilled.rows == ["public.growers": 50, "public.plots": 50], "\(options)")
                    let told = drilled.findings("restore").filter { $0.expected == "only what pg_dump writes" }
                    #expect(told == [], "\(options)")
                    let statistics = drilled.findings("restore").filter { $0.subject == "planner statistics" }
                    #expect(statistics.count == (major >= 18 ? 1 : 0), "\(options)")
                }
            }
        }
    }

    @Test func statisticsOfAnArchiveAreLeftOut() async throws {
        try await TestServer.with(major: 18) { server in
            try await withDesk { desk in
                let dump = try await desk.dump(
                    Self.database + "ANALYZE;", database: "shop", on: server,
                    as: DumpKind("custom", .custom, ["--statistics"]))
                let drilled = try await desk.drill(dump)
                #expect(drilled.complaints == "")
                #expect(drilled.exitCode == 0)
                let finding = drilled.findings("restore").first { $0.subject == "planner statistics" }
                #expect(finding?.status == .passed)
                #expect(finding?.observed?.hasSuffix("left out") == true)
            }
        }
    }

    @Test(arguments: ["custom", "plain"])
    func aDumpOfDataAlone(_ kind: String) async throws {
        try await TestServer.with { server in
            try await withDesk { desk in
                let dump = try await desk.dump(
                    Self.database, database: "shop", on: server,
                    as: DumpKind(kind, kind == "custom" ? .custom : .plain, ["--data-only"]))
                let drilled = try await desk.drill(dump)
                #expect(drilled.exitCode == 1)
                let failed = drilled.findings("restore").filter { $0.status == .failed }
                #expect(failed.count == 1, "\(drilled.complaints)")
                #expect(failed.first?.reason?.contains("a dump of data alone") == true)
            }
        }
    }

    // MARK: Files as people keep them

    @Test(arguments: [
        "GRANT SELECT ON public.growers TO PUBLIC;", "-- made by a script\n", "exit", "session closed;",
        "INSERT INTO public.growers VALUES (51, 'another', now());",
    ])
    func textAfterTheClosingComment(_ text: String) async throws {
        try await withDesk { desk in
            let dump = try desk.file("dump.sql", try await Dumps.bytes("orchard.plain") + Array("\n\(text)\n".utf8))
            let drilled = try await desk.drill(dump)
            #expect(drilled.complaints == "")
            #expect(drilled.exitCode == 0)
            let told = drilled.findings("restore").filter { $0.observed == "text after pg_dump's closing comment" }
            #expect(told.count == (text.hasPrefix("--") ? 0 : 1))
            #expect(told.allSatisfy { $0.status == .passed })
        }
    }

    /// The first dump is whole, and the second is what counts.
    @Test func aSecondDumpThatIsCut() async throws {
        try await withDesk { desk in
            let bytes = try await Dumps.bytes("orchard.plain")
            let drilled = try await desk.drill(try desk.file("dump.sql", bytes + bytes.prefix(2000)))
            #expect(drilled.exitCode == 1)
            #expect(drilled.complaints.contains("cut off"), "\(drilled.complaints)")
        }
    }

    // MARK: Rows

    /// The rows of a refused COPY are counted and dropped, and what follows goes on.
    @Test(arguments: majors)
    func rowsOfARefusedCopy(_ major: Int) async throws {
        try await withDesk { desk in
            let dump = try desk.script(
                """
                CREATE TABLE public.kept (a text);
                COPY public.kept (b) FROM stdin;
                DROP TABLE public.kept;
                \\! touch pwned
                \\.x
                \\.
                COPY public.kept (a) FROM stdin;
                one
                \\.
                """, version: "\(major).1")
            let drilled = try await desk.drill(dump)
            #expect(drilled.exitCode == 1)
            #expect(drilled.report.environment.postgres?.hasPrefix("\(major).") == true)
            #expect(drilled.rows == ["public.kept": 1])
            #expect(drilled.complaints.contains("3 rows not loaded"), "\(drilled.complaints)")
            #expect(drilled.findings("restore").count { $0.status == .failed } == 1, "\(drilled.complaints)")
        }
    }

    @Test(arguments: majors)
    func rowsThatATriggerDrops(_ major: Int) async throws {
        try await withDesk { desk in
            let dump = try desk.script(
                """
                CREATE TABLE public.t (i integer);
                CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
                CREATE TRIGGER f BEFORE INSERT ON public.t FOR EACH ROW EXECUTE FUNCTION public.f();
                COPY public.t (i) FROM stdin;
                1
                2
                \\.
                """, version: "\(major).1")
            let drilled = try await desk.drill(dump)
            #expect(drilled.exitCode == 3)
            #expect(drilled.complaints.contains("0 rows taken of 2"), "\(drilled.complaints)")
        }
    }

    // MARK: Answers

    /// A server that the dump makes send more than it should.
    @Test(arguments: [
        ("SELECT repeat('x', 900000000);", 3), ("SELECT * FROM generate_series(1, 10000000);", 3),
        ("COPY (SELECT repeat('x', 1000) FROM generate_series(1, 400000)) TO stdout;", 0),
        ("DO $$ BEGIN FOR i IN 1..100000 LOOP RAISE NOTICE '%', repeat('x', 4000); END LOOP; END $$;", 0),
        ("LISTEN x; DO $$ BEGIN FOR i IN 1..100000 LOOP PERFORM pg_notify('x', i::text); END LOOP; END $$;", 0),
    ])
    func answersAreBounded(_ statement: String, _ exitCode: Int32) async throws {
        try await withDesk { desk in
            let drilled = try await desk.drill(
                try desk.script("CREATE TABLE public.t AS SELECT 1 AS i;\n\(statement)"))
            #expect(drilled.exitCode == exitCode, "\(drilled.complaints)")
            #expect(!drilled.report.checks.contains { $0.cause == .backup }, "\(drilled.complaints)")
            #expect(drilled.outcome.peakMemory < 300 << 20, "\(drilled.outcome.peakMemory >> 20) MiB")
        }
    }

    /// The statement that a COPY hides behind gets no rows, and what follows is no row.
    @Test func aCopyAmongOtherStatements() async throws {
        try await withDesk { desk in
            let dump = try desk.script(
                """
                CREATE TABLE public.t (a text);
                CREATE FUNCTION public.f() RETURNS int LANGUAGE sql SET begin.x = 1 AS 'SELECT 1'; COPY public.t FROM stdin; end;
                CREATE TABLE public.u AS SELECT 1 AS i;
                """)
            let drilled = try await desk.drill(dump)
            #expect(drilled.exitCode == 3, "\(drilled.complaints)")
            #expect(drilled.rows == ["public.t": 0, "public.u": 1])
        }
    }

    // MARK: Known holes

    @Test func doctorAndTheDryRunNameKnownHoles() async throws {
        let holes = try await Installation.findAll().filter { !$0.version.knownHoles.isEmpty }
        try await withDesk { desk in
            let doctor = try await desk.pgassay(["doctor"])
            for installation in holes {
                let line = doctor.output.split(separator: "\n").first {
                    $0.contains("\(installation.version)  \(installation.directory);")
                }
                #expect(line?.contains("CVE-2026-116314") == true, "\(doctor.output)")
            }
            let dump = try await Dumps.named("orchard.custom")
            let drilled = try await desk.drill(dump)
            let dry = try await desk.pgassay(["drill", dump.string, "--unsigned", "--dry-run"])
            let chosen = holes.contains { drilled.report.environment.postgres?.contains($0.directory.string) == true }
            #expect(dry.output.contains("CVE-2026-116314") == chosen, "\(dry.output)")
            #expect(drilled.report.environment.postgres?.contains("CVE-2026-116314") == chosen)
        }
    }
}
