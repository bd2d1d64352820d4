import Findings
import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

/// An error of the restore is in the report, whatever stands in the damaged value that it quotes, and whatever becomes of
/// the rest of the drill.
@Suite struct LostErrorTests {
    /// Characters at which programs end a line, or that join what stands before them.
    static let characters: [(name: String, character: String)] = [
        ("form_feed", "\u{C}"), ("vertical_tab", "\u{B}"), ("carriage_return", "\r"), ("next_line", "\u{85}"),
        ("line_separator", "\u{2028}"), ("accent", "\u{301}"),
    ]

    static let secret = "secret-4711"

    /// What stands where a number should.
    private static func damaged(_ character: String) -> String { "\(character)\(secret)\(character)0" }

    @Test func damagedValuesInAPlainDump() async throws {
        try await withDesk { desk in
            let tables = Self.characters.map { name, character in
                """
                CREATE TABLE public.\(name) (id integer);
                COPY public.\(name) (id) FROM stdin;
                1
                \(Self.damaged(character))
                \\.

                """
            }
            let drilled = try await desk.drill(try desk.script(tables.joined()))
            try expectEveryTable(of: drilled, at: desk, "TABLE DATA ")
        }
    }

    @Test func damagedValuesInADirectoryDump() async throws {
        let tables = Self.characters.enumerated().map { index, table in
            "CREATE TABLE \(table.name) AS SELECT 770000 + \(index) AS id;"
        }
        try await TestServer.with { server in
            try await withDesk { desk in
                let dump = try await desk.dump(
                    tables.joined(), database: "source", on: server,
                    as: DumpKind("directory", .directory, ["--compress=0"]))
                for name in try desk.names(in: dump) where name != "toc.dat" {
                    let file = dump.appending(name).string
                    let row = try String(contentsOfFile: file, encoding: .utf8)
                    let index = try #require(Int(row.prefix(6))) - 770_000
                    // The sound row stays: it tells COPY how lines end.
                    let damaged = "77000\(index)\n" + Self.damaged(Self.characters[index].character)
                    let new = row.replacing("77000\(index)", with: damaged)
                    try Data(new.utf8).write(to: URL(filePath: file))
                }
                // Several jobs of pg_restore write their lines between each other's.
                let drilled = try await desk.drill(try desk.plan(dump, "scratch: { jobs: 1 }"))
                try expectEveryTable(of: drilled, at: desk, "TABLE DATA public.")
            }
        }
    }

    private func expectEveryTable(of drilled: Drilled, at desk: Desk, _ prefix: String) throws {
        #expect(drilled.exitCode == 1)
        #expect(drilled.report.cause == .backup)
        for (name, _) in Self.characters {
            // To COPY, a carriage return is a line that ends otherwise than the one before.
            let state = name == "carriage_return" ? "22P04" : "22P02"
            let finding = drilled.findings("restore").first { $0.subject == prefix + name }
            #expect(finding?.status == .failed, "\(name): \(drilled.complaints)")
            #expect(finding?.observed?.contains("(SQLSTATE \(state))") == true, "\(name): \(drilled.complaints)")
        }
        try desk.expectNowhere(Self.secret, drilled)
    }

    private static let badCopy = """
        CREATE TABLE public.t (id integer);
        COPY public.t (id) FROM stdin;
        one
        \\.
        """

    private func expectBadCopy(_ drilled: Drilled) {
        #expect(drilled.exitCode == 1, "\(drilled.complaints)")
        #expect(drilled.report.verdict == .failed)
        #expect(drilled.report.cause == .backup)
        let finding = drilled.findings("restore").first { $0.subject == "TABLE DATA t" }
        #expect(finding?.status == .failed, "\(drilled.complaints)")
        #expect(finding?.observed?.contains("SQLSTATE 22P02") == true)
    }

    @Test func aBackupThatLocksUsOutOfItsDatabase() async throws {
        try await withDesk { desk in
            let dump = try desk.script(
                "\(Self.badCopy)\n\nUPDATE pg_catalog.pg_database SET datallowconn = false;")
            expectBadCopy(try await desk.drill(dump))
        }
    }

    @Test func aPlanThatSkipsTheCheck() async throws {
        try await withDesk { desk in
            let plan = try desk.plan(try desk.script(Self.badCopy), "checks: { skip: { restore: 'known since May' } }")
            expectBadCopy(try await desk.drill(plan))
        }
    }

    @Test func anInterruptionOfTheChecks() async throws {
        try await withDesk { desk in
            // The checks need hours for the one jsonb value.
            let dump = try desk.script(
                """
                CREATE TABLE public.parents (id integer PRIMARY KEY);
                CREATE TABLE public.children (parent integer);
                INSERT INTO public.children VALUES (1);
                ALTER TABLE ONLY public.children
                    ADD CONSTRAINT orphans FOREIGN KEY (parent) REFERENCES public.parents(id);
                CREATE TABLE public.deep (value jsonb);
                INSERT INTO public.deep SELECT (repeat('[', 2000) || repeat(']', 2000))::jsonb;
                """)
            let plan = try desk.plan(dump, "checks: { jsonb: { deep.value: { every: ['$.**.**.**.**.a == 1'] } } }")
            let running = try desk.start(desk.drilling(plan))
            #expect(try await running.says("check\n"))
            try await Task.sleep(for: .milliseconds(500))
            running.send(SIGINT)
            let outcome = try await running.outcome()
            #expect(outcome.exitCode == 1, "\(outcome.errors)")
            #expect(!outcome.timedOut)
            let report = try desk.onlyReport()
            #expect(report.verdict == .failed)
            #expect(report.cause == .backup)
            #expect(report.phases.last?.name == "check", "it was interrupted")
            #expect(
                report.checks.contains {
                    $0.id == "restore" && $0.subject == "CONSTRAINT public.children orphans" && $0.status == .failed
                })
        }
    }
}
