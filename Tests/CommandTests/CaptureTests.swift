import Evidence
import Findings
import Foundation
import Glibc
import Postgres
import Scratch
import SystemPackage
import TestSupport
import Testing

/// A manifest that is taken with a dump, and what a drill and an inspection make of it.
@Suite struct CaptureTests {
    /// 3000 rows with a key, one table without, a partitioned one, and one of everything else that a manifest has.
    private static let source = """
        CREATE TABLE fruits (id int PRIMARY KEY, name text, at timestamptz, tags text[], UNIQUE (name));
        INSERT INTO fruits SELECT i, 'apple ' || i, timestamptz '2026-01-01 12:00+02' + i * interval '1 minute', ARRAY['a', NULL]
        FROM generate_series(1, 3000) i;
        CREATE INDEX ON fruits (at);
        CREATE TABLE log (line text, price numeric);
        INSERT INTO log SELECT 'line ' || i, i / 7.0 FROM generate_series(1, 500) i;
        CREATE TABLE sales (id bigint GENERATED ALWAYS AS IDENTITY, day date, PRIMARY KEY (day, id)) PARTITION BY RANGE (day);
        CREATE TABLE sales_1 PARTITION OF sales FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
        CREATE TABLE sales_2 PARTITION OF sales FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
        INSERT INTO sales (day) SELECT date '2026-01-01' + i % 59 FROM generate_series(1, 600) i;
        CREATE TABLE "Odd ""name" (" a b" int, doubled int GENERATED ALWAYS AS (" a b" * 2) STORED);
        INSERT INTO "Odd ""name" VALUES (1), (2);
        CREATE TABLE nothing ();
        CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
        CREATE TRIGGER noted BEFORE INSERT ON fruits FOR EACH ROW EXECUTE FUNCTION noted();
        ALTER TABLE log ENABLE ROW LEVEL SECURITY;
        CREATE POLICY all_of_it ON log USING (true);
        SELECT lo_from_bytea(4711, 'large'), lo_create(4712);
        """

    private func uri(_ server: ScratchServer, user: String = "postgres") -> String {
        "postgresql:///source?host=\(server.directory.socket)&user=\(user)"
    }

    private func withSource(
        major: Int? = nil, _ more: String = "", _ body: @escaping @Sendable (Desk, ScratchServer) async throws -> Void
    ) async throws {
        try await TestServer.with(major: major) { server in
            try await withConnection(to: server.target(database: "postgres")) {
                try await $0.execute("CREATE DATABASE source TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
            }
            try await withConnection(to: server.target(database: "source")) {
                try await $0.execute(Self.source)
                if !more.isEmpty { try await $0.execute(more) }
            }
            try await withDesk { try await body($0, server) }
        }
    }

    private func capturing(_ server: ScratchServer, _ output: String, _ arguments: [String]) -> [String] {
        ["capture", "--database", uri(server), "--output", output, "--signing-key", "keys/signing-key.pem", "--"]
            + arguments
    }

    private func keys(at desk: Desk) async throws {
        #expect(try await desk.pgassay(["keys", "generate", "--output", "keys"]).exitCode == 0)
    }

    private func drilling(_ dump: String, _ more: [String] = []) -> [String] {
        ["drill", dump, "--signing-key", "keys/signing-key.pem", "--reports", "reports"] + more
    }

    @Test("A good dump passes in every format, from the oldest and the newest server", arguments: [nil, 18] as [Int?])
    func good(major: Int?) async throws {
        try await withSource(major: major) { desk, server in
            try await keys(at: desk)
            for format in ["custom", "directory", "plain"] {
                let captured = try await desk.pgassay(capturing(server, "a.\(format)", ["--format=\(format)"]))
                try #require(captured.exitCode == 0, "\(captured.errors)")
                #expect(captured.output.contains("CAPTURED: 4102 rows of 6 tables."), "\(captured.output)")
                #expect(captured.errors.contains("6 tables with"), "it tells the cost first: \(captured.errors)")
                let inspected = try await desk.pgassay(
                    ["inspect", "a.\(format)", "--public-key", "keys/public-key.pem", "--format", "json"])
                #expect(inspected.exitCode == 0, "\(inspected.output)")
                #expect(inspected.output.contains(#""basis":"manifest""#))
            }
            let drilled = try await desk.pgassay(drilling("a.directory"))
            #expect(drilled.exitCode == 0, "\(drilled.output)")
            let findings = try desk.onlyReport().checks.filter { $0.basis == .manifest }
            for (id, subject) in [
                ("archive", "manifest"), ("content", "public.fruits"), ("content", "public.Odd \"name"),
                ("content", "public.nothing"), ("row-counts", "public.sales_1"), ("sequences", "public.sales_id_seq"),
                ("security", "public.log"), ("security", "public.fruits"), ("large-objects", "large objects"),
            ] {
                #expect(
                    findings.contains { $0.id == CheckID(id) && $0.subject == subject && $0.status == .passed },
                    "\(id) \(subject)")
            }
            #expect(try desk.names(in: desk.root).filter { $0.hasPrefix(".a") } == [], "nothing half is left")
        }
    }

    @Test("One bit flipped in a value of a zstd dump passes without a manifest, and fails with one, which names where")
    func flipped() async throws {
        try await withSource(major: 17) { desk, server in
            try await keys(at: desk)
            // At this level, zstd leaves letters as they are.
            let captured = try await desk.pgassay(
                capturing(server, "a.dump", ["-Fc", "--compress=zstd:level=-100"]))
            try #require(captured.exitCode == 0, "\(captured.errors)")
            let file = desk.root.appending("a.dump").string
            var bytes = Array(try Data(contentsOf: URL(filePath: file)))
            let place = try #require(bytes.firstRange(of: Array("apple 1234".utf8)))
            bytes[place.lowerBound] ^= 2
            try Data(bytes).write(to: URL(filePath: file))
            let drilled = try await desk.pgassay(drilling("a.dump"))
            #expect(drilled.exitCode == 1, "\(drilled.output)")
            let findings = try desk.onlyReport().checks
            let content = try #require(
                findings.first { $0.id == CheckID("content") && $0.basis == .manifest && $0.status == .failed })
            #expect(content.subject == "public.fruits" && content.cause == .backup)
            #expect(
                content.reason?.contains("1 row is changed; in id 1216 to 1247") == true, "\(content.reason ?? "")")
            #expect(findings.contains { $0.id == .archive && $0.subject == "manifest" && $0.status == .failed })
            let inspected = try await desk.pgassay(["inspect", "a.dump", "--public-key", "keys/public-key.pem"])
            #expect(
                inspected.exitCode == 1 && inspected.output.contains("1 row is changed; in id 1216 to 1247"),
                "\(inspected.output)")
            // Keys are values: only a plan lets a report name some.
            let plan = try desk.plan(
                "a.dump", "checks: { content: { exampleKeys: 3 } }\nsigningKey: keys/signing-key.pem")
            let named = try await desk.pgassay(["drill", plan.string, "--reports", "more"])
            #expect(named.output.contains("id: 1234"), "\(named.output)")
            try FileManager.default.removeItem(atPath: file + ".manifest.json")
            let without = try await desk.pgassay(drilling("a.dump"))
            #expect(without.exitCode == 0 && without.output.contains("no checksum"), "\(without.output)")
            let unheld = try await desk.pgassay(["inspect", "a.dump"])
            #expect(unheld.exitCode == 0 && unheld.output.contains("no checksum"), "\(unheld.output)")
        }
    }

    /// Each value "old" becomes another one, in a script of tables with keys of many kinds.
    @Test("An inspection names the range of the key, or says why it cannot")
    func rangesOfKeys() async throws {
        let tables = """
            CREATE TYPE mood AS ENUM ('old', 'bad'); CREATE DOMAIN word AS text;
            CREATE TABLE small (id smallint PRIMARY KEY, v mood, b bytea, t timestamptz);
            INSERT INTO small SELECT i, CASE i WHEN -7 THEN 'old' ELSE 'bad' END::mood, '\\x00', '2026-01-01 12:00+02'
            FROM generate_series(-100, 100) i;
            CREATE TABLE uuids (id uuid PRIMARY KEY, v word);
            INSERT INTO uuids SELECT md5(i::text)::uuid, CASE i WHEN 5 THEN 'old' ELSE 'new' END FROM generate_series(1, 300) i;
            CREATE TABLE days (v text, id date, second int, PRIMARY KEY (id, second));
            INSERT INTO days SELECT CASE i WHEN 5 THEN 'old' ELSE 'new' END, date '2026-01-01' + i, i FROM generate_series(1, 2000) i;
            CREATE TABLE moments (id timestamptz PRIMARY KEY, v money[], w text);
            INSERT INTO moments VALUES ('2026-02-03 04:05:06+07', '{1.00}', 'old');
            CREATE TABLE words (id text COLLATE "C" PRIMARY KEY, v text);
            INSERT INTO words VALUES ('a', 'old'), ('b', 'new');
            CREATE TABLE loose (v text);
            INSERT INTO loose VALUES ('old'), ('new');
            CREATE TABLE arrays (id int PRIMARY KEY, v timestamptz[], w text);
            INSERT INTO arrays VALUES (1, '{2026-01-01 12:00+02}', 'old');
            ALTER DATABASE source SET timezone = 'Asia/Tokyo'
            """
        try await withSource(tables) { desk, server in
            try await keys(at: desk)
            let captured = try await desk.pgassay(capturing(server, "a.sql", ["--no-owner"]))
            try #require(captured.exitCode == 0, "\(captured.errors)")
            let file = desk.root.appending("a.sql").string
            let script = try String(contentsOfFile: file, encoding: .utf8)
            let changed = script.replacing(/\told\b/, with: "\tbad").replacing(/\nold\b/, with: "\nbad")
            try changed.write(toFile: file, atomically: false, encoding: .utf8)
            let inspected = try await desk.inspect(FilePath(file), ["--public-key", "keys/public-key.pem"])
            #expect(inspected.exitCode == 1)
            for (table, words) in [
                ("small", "1 row is changed; in id -32 to -1"),
                ("uuids", "1 row is changed; in id e0000000-0000-0000 to e"),
                ("days", "1 row is changed; in id 2025-12-28 "), ("moments", "1 row is changed; in id 2026-02-02 21:"),
                ("words", "1 row is changed; in which range of id is not told: keys of the type text are not"),
                ("loose", "1 row is missing, 1 row is there that the source did not have; in which rows is not told"),
            ] {
                let finding = try #require(
                    inspected.findings("content").first { $0.subject == "public.\(table)" && $0.basis == .manifest })
                #expect(finding.status == .failed && finding.cause == .backup, "\(finding)")
                #expect(finding.reason?.contains(words) == true, "\(finding)")
            }
            let unsure = inspected.findings("content").first { $0.subject == "public.arrays" }
            #expect(unsure?.status == .notRun && unsure?.reason?.contains("only a drill can tell") == true)
            #expect(inspected.findings("content").first { $0.subject == "public.fruits" }?.status == .passed)
        }
    }

    @Test("What the dump has lost is missing, and what its arguments left out is not")
    func lostAndLeftOut() async throws {
        try await withSource { desk, server in
            try await keys(at: desk)
            let captured = try await desk.pgassay(
                capturing(server, "a.sql", ["-T", "sales*", "--exclude-table-data=log", "--no-owner", "-x"]))
            try #require(captured.exitCode == 0, "\(captured.errors)")
            #expect(captured.output.contains("Left out  public.sales, public.sales_1, public.sales_2"))
            let drilled = try await desk.pgassay(drilling("a.sql"))
            #expect(drilled.exitCode == 0, "\(drilled.output)")
            // A row is taken out of the script.
            let file = desk.root.appending("a.sql")
            let script = try String(contentsOfFile: file.string, encoding: .utf8)
            let lines = script.split(separator: "\n", omittingEmptySubsequences: false)
                .filter { !$0.hasPrefix("77\tapple") }
            try lines.joined(separator: "\n").write(toFile: file.string, atomically: false, encoding: .utf8)
            let lost = try await desk.pgassay(drilling("a.sql") + ["--format", "json"])
            #expect(lost.exitCode == 1 && lost.output.contains("1 row is missing; in id "), "\(lost.output)")
            #expect(lost.output.contains("exactly 3000 rows"))
        }
    }

    @Test("A manifest of another dump, or of a key that nobody named, ends the command and names the way out")
    func another() async throws {
        try await withSource { desk, server in
            try await keys(at: desk)
            #expect(try await desk.pgassay(["keys", "generate", "--output", "others"]).exitCode == 0)
            for (name, database) in [("a", "source"), ("b", "postgres")] {
                let captured = try await desk.pgassay(
                    capturing(server, name, ["-Fc"]).map { $0.replacing("/source?", with: "/\(database)?") })
                #expect(captured.exitCode == 0, "\(captured.errors)")
            }
            let another = try await desk.pgassay(drilling("a", ["--manifest", "b.manifest.json"]))
            #expect(another.exitCode == 2 && another.errors.contains("is the manifest of another backup"), "\(another)")
            let stranger = try await desk.pgassay(
                ["drill", "a", "--signing-key", "others/signing-key.pem", "--reports", "r"])
            #expect(stranger.exitCode == 2 && stranger.errors.contains("--public-key"), "\(stranger)")
            let nobody = try await desk.pgassay(["inspect", "a"])
            #expect(nobody.exitCode == 2 && nobody.errors.contains("--public-key"), "\(nobody)")
            let named = try await desk.pgassay(
                drilling("a", ["--public-key", "keys/public-key.pem"]))
            #expect(named.exitCode == 0, "\(named)")
            // Manifests are newer than their dumps, and are no backups.
            let newest = try await desk.pgassay(drilling("[ab]*", ["--dry-run"]))
            #expect(newest.exitCode == 0 && newest.output.contains("/b: the newest of 2"), "\(newest.output)")
        }
    }

    @Test("Nothing is left of a dump that fails, or that is stopped")
    func nothingHalf() async throws {
        try await withSource { desk, server in
            try await keys(at: desk)
            let before = try desk.names(in: desk.root)
            let failed = try await desk.pgassay(capturing(server, "a.dump", ["--table=nobody"]))
            #expect(failed.exitCode == 3 && failed.errors.contains("no matching tables"), "\(failed.errors)")
            let wrong = try await desk.pgassay(capturing(server, "a.dump", ["-vfx"]))
            #expect(wrong.exitCode == 2 && wrong.errors.contains("-f (--file)"), "\(wrong.errors)")
            let nothing = try await desk.pgassay(
                ["capture", "--database", uri(server), "--output", "a.dump", "--unsigned"])
            #expect(nothing.exitCode == 2 && nothing.errors.contains("-- --format=custom"), "\(nothing.errors)")
            let slow = try desk.start(
                [
                    "capture", "--database", uri(server), "--output", "a.dump", "--unsigned", "--rate", "1kB", "--",
                    "-Fc",
                ])
            try await eventually("it has begun") { slow.errorsSoFar.contains("VACUUM") }
            slow.send(SIGINT)
            #expect(try await slow.outcome().exitCode == 130)
            #expect(try desk.names(in: desk.root) == before)
        }
    }

    @Test("A role that may only read is enough; rows that it may not see are an error")
    func withoutSuperuser() async throws {
        try await withSource(
            "CREATE ROLE reader LOGIN; GRANT pg_read_all_data TO reader; DROP POLICY all_of_it ON log; ALTER TABLE log DISABLE ROW LEVEL SECURITY; SELECT lo_unlink(4711), lo_unlink(4712)"
        ) { desk, server in
            func capture(_ output: String) async throws -> Program.Outcome {
                try await desk.pgassay([
                    "capture", "--database", uri(server, user: "reader"), "--output", output, "--unsigned", "--jobs",
                    "1",
                    "--statement-timeout", "600", "--", "-Fc",
                ])
            }
            let captured = try await capture("a.dump")
            #expect(captured.exitCode == 0, "\(captured.errors)")
            let drilled = try await desk.pgassay(["drill", "a.dump", "--unsigned", "--reports", "reports"])
            #expect(drilled.exitCode == 0, "\(drilled.output)")
            let told = try #require(try desk.onlyReport().checks.first { $0.subject == "manifest" })
            #expect(told.reason?.contains("no signature") == true)
            try await withConnection(to: server.target(database: "source")) {
                try await $0.execute("ALTER TABLE log ENABLE ROW LEVEL SECURITY")
            }
            let hidden = try await capture("b.dump")
            #expect(hidden.exitCode == 3 && !hidden.errors.contains("defect"), "\(hidden.errors)")
        }
    }

    @Test("A replica is as good as its primary; a base backup's manifest has what is sure, and no rows")
    func replicaAndBaseBackup() async throws {
        try await SourceCluster.with { cluster in
            try await cluster.execute("CREATE DATABASE source")
            try await cluster.execute(
                "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t SELECT generate_series(1, 100); ANALYZE t",
                database: "source")
            let backup = try await cluster.baseBackup("base")
            try await withDesk { desk in
                func capture(_ output: String, _ more: [String] = []) async throws -> Program.Outcome {
                    try await desk.pgassay(
                        [
                            "capture", "--database", "postgresql:///source?host=\(cluster.directory)&user=postgres",
                            "--output", output, "--unsigned", "--format", "json",
                        ] + more)
                }
                let base = try await capture(backup.string)
                #expect(base.exitCode == 0 && base.output.contains(#""scope":"baseBackup""#), "\(base.errors)")
                #expect(base.output.contains(#""estimatedRows":"#) && !base.output.contains(#""digest":{"bytes""#))
                let inspected = try await desk.pgassay(["inspect", backup.string])
                #expect(
                    inspected.exitCode == 0 && inspected.output.contains("has no digests of rows"),
                    "\(inspected.output)")
                try await cluster.stop()
                #expect(
                    FileManager.default.createFile(
                        atPath: cluster.data.appending("standby.signal").string, contents: Data()))
                try await cluster.start()
                let dump = try await capture("a.dump", ["--", "--format=directory", "--jobs=2"])
                #expect(dump.exitCode == 0 && dump.output.contains(#""isReplica":true"#), "\(dump.errors)")
                #expect(dump.output.contains(#""rows":100"#))
            }
        }
    }
}
