import Backup
import Causes
import Checks
import Findings
import Foundation
import Postgres
import Processes
import Scratch
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import Restore

/// What ends a drill or decides it as a whole.
extension Example {
    static let drilling =
        backups + places + drills + [
            Example("objective-missed", "recoveryTime", "a restore that takes too long") { lab in
                try await lab.drilling(try lab.script("SELECT pg_sleep(1.2);")) {
                    $0.objectives.recoveryTime = .seconds(1)
                }
            },
            Example("objective-not-measured", "recoveryPoint", "no column of times") { lab in
                let report = try await lab.report(of: try lab.script("CREATE TABLE public.t (i int);")) {
                    $0.objectives.recoveryPoint = .seconds(3600)
                }
                return report.checks.filter { $0.id == "objectives" }.compactMap { finding in
                    let rule = cause(of: .objectiveNotMeasured)
                    guard finding.cause == rule.cause, finding.status == rule.status else { return nil }
                    return Decided(rule, says: finding.subject)
                }
            },
            Example("stopped", "interrupted", "somebody stops the drill") { lab in
                let dump = try lab.script("SELECT pg_sleep(60);")
                let began = Latch()
                let drill = Task {
                    try await lab.report(of: dump, emit: { if case .phase(.restore) = $0 { began.raise() } })
                }
                try await eventually("the restore begins") { began.isRaised }
                drill.cancel()
                let report = try await drill.value
                let rule = cause(of: .stopped)
                guard report.cause == rule.cause, report.verdict == .inconclusive else { return [] }
                return [Decided(rule, says: report.cause?.rawValue ?? "")]
            },
        ]

    private static let clock = BackupClock(timeZone: .gmt, name: "UTC")

    private static func opened(
        _ rule: String, _ says: String, _ reason: String, _ make: @escaping @Sendable (Lab) async throws -> FilePath
    ) -> Example {
        Example(rule, says, reason) { lab in
            let path = try await make(lab)
            return try await lab.ending {
                let backup = try openBackup(.ofBackup(at: path), clock: clock)
                Issue.record("it opened as \(backup.description)")
            }
        }
    }

    private static let backups = [
        opened("backup-missing", "there is nothing", "no file") { $0.newFile() },
        opened("backup-unreadable", "cannot be read", "a link that leads to itself") {
            let link = $0.newFile()
            try FileManager.default.createSymbolicLink(atPath: link.string, withDestinationPath: link.string)
            return link
        },
        opened("backup-of-unknown-version", "1.99", "an archive of tomorrow") {
            try await $0.dump { $0[6] = 99 }
        },
        opened("backup-not-readable-as-one", "is empty", "no bytes") { try $0.file("") },
        opened("backup-not-readable-as-one", "toc.dat", "a directory that is none") {
            let directory = $0.newFile()
            try FileManager.default.createDirectory(atPath: directory.string, withIntermediateDirectories: false)
            return directory
        },
        opened("backup-not-readable-as-one", "looks like", "something else") {
            try $0.file("bash: pg_dump: command not found\n")
        },
        opened("backup-not-readable-as-one", "was cut off", "cut within its header") {
            try await $0.dump { $0 = $0.prefix(20) }
        },
        opened("backup-not-readable-as-one", "is damaged", "an integer of no size") {
            try await $0.dump { $0[8] = 99 }
        },
        opened("backup-not-readable-as-one", "cannot be decompressed", "gzip that is none") {
            let file = $0.newFile()
            try Data([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] + Array(repeating: 0xFF, count: 99)).write(
                to: URL(filePath: file.string))
            return file
        },
        opened("plan-says-too-little", "backup.follow", "a log that lies elsewhere") { lab in
            let directory = lab.newFile()
            try FileManager.default.createDirectory(
                atPath: directory.appending("global").string, withIntermediateDirectories: true)
            for (name, text) in [("PG_VERSION", "15\n"), ("global/pg_control", "")] {
                try Data(text.utf8).write(to: URL(filePath: directory.pushing(FilePath(name)).string))
            }
            try FileManager.default.createSymbolicLink(
                atPath: directory.appending("pg_wal").string, withDestinationPath: lab.directory.string)
            return directory
        },
        Example("backup-incomplete", "shop", "cut within its data") { lab in
            let dump = try await lab.dump { $0.removeLast($0.count / 4) }
            var backup = try openBackup(.ofBackup(at: dump), clock: clock)
            return try backup.inspect { _ in }.compactMap { Decided($0) }.map {
                Decided(rule: $0.rule, says: "shop \($0.says)")
            }
        },
        Example("backup-has-links", "a symbolic link", "a link in a directory dump") { lab in
            let dump = try await lab.dump(.directory)
            let names = try FileManager.default.contentsOfDirectory(atPath: dump.string)
            let file = dump.appending(try #require(names.first { $0 != "toc.dat" })).string
            let elsewhere = lab.newFile().string
            try FileManager.default.moveItem(atPath: file, toPath: elsewhere)
            try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: elsewhere)
            var backup = try openBackup(.ofBackup(at: dump), clock: clock)
            return try backup.inspect { _ in }.compactMap { Decided($0) }
        },
    ]

    private static let places = [
        Example("no-postgres", "needs PostgreSQL 99", "a dump of tomorrow's server") { lab in
            let dump = try lab.script("", version: 99)
            return try await lab.ending {
                let setting = RestoreSetting(
                    server: .ownServer(parent: TestServer.parent, account: nil), jobs: 1, deadline: .seconds(600),
                    label: "lab")
                _ = try await restorable(openBackup(.ofBackup(at: dump), clock: clock)).chooseInstallation(in: setting)
            }
        },
        place("no-place", "/dev/null", "a directory that cannot be") { $0.parent = "/dev/null/s" },
        place("disk-too-small", "are free", "an estimate of petabytes") { $0.diskSpace = 1 << 60 },
        place("server-not-made", "deadline", "an initdb that takes too long") { $0.deadline = .milliseconds(1) },
        Example("fenced-off", "production", "a server that the plan fences off") { lab in
            try await lab.ending {
                _ = try await lab.report(of: try lab.script(""))
                let target = lab.server.target(database: "postgres")
                try await Restore.withDatabase(
                    on: target, fencedOff: FencedOff(hosts: [lab.server.directory.socket.string]), encoding: nil,
                    needed: nil, installation: lab.server.installation,
                    fence: try await ClientFence(for: nil, isolation: .required), cleanup: CleanupLog(), label: "lab"
                ) { _ in }
            }
        },
        Example("other-error", "NSCocoaErrorDomain", "an error of the machine's") { lab in
            try await lab.ending {
                _ = try FileManager.default.contentsOfDirectory(atPath: lab.newFile().string)
            }
        },
        Example("connection-lost", "lost", "the server ends") { lab in
            try await lab.ending {
                try await withConnection(to: lab.server.target(database: "shop")) { connection in
                    _ = try await connection.query("SELECT pg_terminate_backend(pg_backend_pid())")
                }
            }
        },
    ]

    private static func place(
        _ rule: String, _ says: String, _ reason: String, _ change: @escaping @Sendable (inout ScratchRequest) -> Void
    ) -> Example {
        Example(rule, says, reason) { lab in
            var request = TestServer.request
            change(&request)
            let wanted = request
            return try await lab.ending {
                try await withScratchServer(wanted, of: lab.server.installation, cleanup: CleanupLog()) { _ in }
            }
        }
    }

    private static let drills = [
        Example("psql-command", "was not run", "a command of psql's in a dump") {
            try await $0.drilling(try $0.script(#"\! true"#))
        },
        Example("script-goes-on", "closing comment", "a statement after the last line") { lab in
            var text = try String(contentsOfFile: try lab.script("SELECT 1;").string, encoding: .utf8)
            text += "SELECT 2;\n"
            return try await lab.drilling(try lab.file(text))
        },
        Example("statement-too-long", "64 MiB", "a value of 65 MB in an INSERT") { lab in
            let value = String(repeating: "x", count: 65 << 20)
            return try await lab.drilling(
                try lab.script("CREATE TABLE public.t (a text);\nINSERT INTO public.t VALUES ('\(value)');"))
        },
        Example("foreign-statement", "COPY … FROM PROGRAM", "a program that the server runs") {
            try await $0.drilling(
                try $0.script("CREATE TABLE public.t (a text);\nCOPY public.t FROM PROGRAM 'echo 1';"))
        },
        Example("refused-statement", "COPY … FROM PROGRAM", "the same, and the plan refuses it") { lab in
            let dump = try lab.script("CREATE TABLE public.t (a text);\nCOPY public.t FROM PROGRAM 'echo 1';")
            let report = try await lab.report(of: dump, { $0.refusesForeignStatements = true })
            let finding = try #require(report.checks.first { $0.id == .restore && $0.status == .failed })
            #expect(finding.cause == .backup)
            return [Decided(cause(of: .statementRefused, while: .drilling), says: finding.reason ?? "")]
        },
        Example("statistics-left-out", "1 entry", "statistics of the source") {
            try await $0.drilling(
                try $0.script(
                    "SELECT * FROM pg_catalog.pg_restore_relation_stats('relname', 't', 'relpages', '9'::integer);"))
        },
        Example("copy-sends-rows", "ended", "a COPY to the client") {
            try await $0.drilling(try $0.script("COPY (SELECT generate_series(1, 9)) TO stdout;"))
        },
        Example("rows-not-taken", "1 row taken of 3", "a trigger that drops rows") {
            try await $0.drilling(
                try $0.script(
                    """
                    CREATE TABLE public.t (i integer);
                    CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql
                        AS $$ BEGIN IF NEW.i > 1 THEN RETURN NULL; END IF; RETURN NEW; END $$;
                    CREATE TRIGGER f BEFORE INSERT ON public.t FOR EACH ROW EXECUTE FUNCTION public.f();
                    COPY public.t (i) FROM stdin;
                    1
                    2
                    3
                    \\.
                    """))
        },
        Example("data-alone", "rows without their tables", "pg_dump --data-only") { lab in
            try await lab.drilling(try await lab.dump(.plain, ["--data-only"]))
        },
        Example("data-alone", "rows without their tables", "the same in an archive") { lab in
            try await lab.drilling(try await lab.dump(.custom, ["--data-only"]))
        },
        Example("parts-alone", "without their tables", "pg_dump --section=post-data") { lab in
            try await lab.drilling(try await lab.dump(.plain, ["--section=post-data"]))
        },
        Example("script-cut", "closing comment", "a compressed script without its end") { lab in
            let script = try lab.script("SELECT 1;", isWhole: false)
            let gzip = Command("/usr/bin/gzip", [script.string])
            #expect(try await gzip.run(deadline: .seconds(600)).succeeded)
            return try await lab.restoringUninspected(FilePath(script.string + ".gz"))
        },
        Example("absent", "missing", "a table that the dump names and does not make") {
            try await $0.drilling(try $0.script(named("t")))
        },
        Example("question-of-plan", "sales", "a query for a function that is not there") {
            try await $0.drilling(try $0.script("CREATE TABLE public.sales (i int);")) {
                $0.checks.sql = [
                    SQLExpectation(name: "sales", query: "SELECT no_function(i) FROM sales", equals: .number(0))
                ]
            }
        },
        Example("too-slow", "nap", "a query that takes longer than the plan allows") {
            try await $0.drilling(try $0.script("CREATE TABLE public.sales (i int);")) {
                $0.checks.sql = [SQLExpectation(name: "nap", query: "SELECT pg_sleep(1.1)", within: .seconds(1))]
            }
        },
        Example("too-slow", "nap", "a query that is stopped before it ends") {
            try await $0.drilling(try $0.script("CREATE TABLE public.sales (i int);")) {
                $0.checks.sql = [SQLExpectation(name: "nap", query: "SELECT pg_sleep(60)", within: .seconds(1))]
                $0.limits.statement = .seconds(1)
            }
        },
        Example("blame-kept-out", "1 orphan", "orphans where rows are missing") {
            try await $0.drilling(
                try $0.script(
                    """
                    SET statement_timeout = '10ms';
                    SELECT pg_sleep(5);
                    RESET statement_timeout;
                    CREATE TABLE public.a (i int PRIMARY KEY);
                    CREATE TABLE public.b (i int);
                    INSERT INTO public.b VALUES (1);
                    ALTER TABLE public.b ADD CONSTRAINT k FOREIGN KEY (i) REFERENCES public.a NOT VALID;
                    UPDATE pg_catalog.pg_constraint SET convalidated = true WHERE conname = 'k';
                    """))
        },
        Example("absent-lacked", "missing", "a table that could not be made") {
            try await $0.drilling(
                try $0.script(
                    "CREATE EXTENSION an_extension_of_nobody;\n\(named("t"))CREATE TABLE public.t (g type_of_nobody);"))
        },
        Example("defined-otherwise", "TABLE public.t", "a later statement takes a statistics target back") {
            try await $0.drilling(try $0.script(targetTakenBack))
        },
        Example("defined-otherwise-lacked", "TABLE public.t", "the same where an extension is missing") {
            try await $0.drilling(try $0.script("CREATE EXTENSION an_extension_of_nobody;\n" + targetTakenBack))
        },
        Example("structure-not-read", "definitions", "pg_dump gets no time") {
            try await $0.drilling(try $0.script(targetTakenBack)) { $0.limits.statement = .microseconds(1) }
        },
        Example("locked-out", "autovacuum", "the backup closes every database, and is large enough for autovacuum") {
            let lines = String(repeating: "\n", count: Int(ScratchServer.leastToVacuum / 2))
            return try await $0.drilling(
                try $0.script("UPDATE pg_catalog.pg_database SET datallowconn = false;" + lines), hasOwnServer: true)
        },
        Example("no-such-locale", "DATABASE", "a locale of nowhere") { lab in
            let dump = try await lab.dump { bytes in
                let locale = try #require(bytes.firstRange(of: Data("LOCALE = 'C'".utf8)))
                bytes.replaceSubrange(locale, with: Data("LOCALE = 'Q'".utf8))
            }
            return try await lab.drilling(dump, hasOwnServer: true)
        },
        Example("backup-changed", "changed during the drill", "somebody writes to it") { lab in
            let dump = try lab.script("SELECT 1;")
            let touched = Mutex(false)
            return try await lab.drilling(
                dump,
                emit: { event in
                    guard case .phase(.check) = event, !touched.withLock({ $0 }) else { return }
                    touched.withLock { $0 = true }
                    guard let handle = FileHandle(forWritingAtPath: dump.string) else { return }
                    handle.seekToEndOfFile()
                    handle.write(Data("-- more\n".utf8))
                })
        },
        Example("left-behind", "role keeper", "a role that is still needed") { lab in
            let dump = try lab.script(
                """
                CREATE TABLE public.t (i int);
                ALTER TABLE public.t OWNER TO keeper;
                GRANT CREATE ON TABLESPACE pg_default TO keeper;
                """)
            let decided = try await lab.drilling(dump)
            try await withConnection(to: lab.server.target(database: "postgres")) { connection in
                try await connection.execute("DROP OWNED BY keeper; DROP ROLE keeper")
            }
            return decided
        },
    ]

    /// How pg_dump announces a table.
    private static let targetTakenBack =
        named("t")
        + "CREATE TABLE public.t (i integer);\nALTER TABLE ONLY public.t ALTER COLUMN i SET STATISTICS 500;\n\n"
        + named("u")
        + "CREATE TABLE public.u (i integer);\nALTER TABLE ONLY public.t ALTER COLUMN i SET STATISTICS -1;\n"

    private static func named(_ table: String) -> String {
        "--\n-- Name: \(table); Type: TABLE; Schema: public; Owner: -\n--\n\n"
    }
}
