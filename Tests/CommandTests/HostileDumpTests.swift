import Findings
import Foundation
import Testing

/// A plain dump is data: psql commands in it do not run on the machine that tests it.
@Suite struct HostileDumpTests {
    static let commands: [(line: String, reason: String)] = [
        (#"\! touch FILE"#, "a shell command"),
        (#"\!touch FILE"#, "a shell command without a blank"),
        (#"\o |touch FILE"#, "output to a command"),
        (#"\copy growers TO PROGRAM 'touch FILE'"#, "COPY through a program of the client's"),
        (#"\copy growers TO 'FILE'"#, "COPY into a file of the client's"),
        (#"\w FILE"#, "the query buffer into a file"),
        (#"SELECT 'touch FILE' \gexec \! touch FILE"#, "a command behind a statement"),
        (#"SELECT 1 \g |touch FILE"#, "the result of a statement to a command"),
        (#"SELECT 1; \! touch FILE"#, "a command behind a semicolon"),
        (#"\setenv PAGER 'touch FILE'"#, "a program to be started later"),
        (#"\set x `touch FILE`"#, "a command within a variable"),
        (#"\unrestrict x \! touch FILE"#, "a way out of the restriction"),
        ("\\unrestrict\n\\! touch FILE", "a way out without a key"),
        (#"\i FILE"#, "another script"),
    ]

    @Test(arguments: commands.indices)
    func commandsOfPsqlDoNotRun(_ index: Int) async throws {
        let (line, reason) = Self.commands[index]
        try await withDesk { desk in
            // A directory that every account may write to, so that only not running it keeps the file from being made.
            let open = desk.root.appending("open")
            try FileManager.default.createDirectory(
                atPath: open.string, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o777])
            try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: open.string)
            let file = open.appending("pwned")
            let script = String(decoding: try await Dumps.bytes("orchard.plain"), as: UTF8.self)
            let marker = "\n--\n-- PostgreSQL database dump complete"
            try #require(script.contains(marker))
            let hostile = line.replacing("FILE", with: file.string) + "\n" + marker
            let drilled = try await desk.drill(
                try desk.file("dump.sql", script.replacing(marker, with: "\n" + hostile)))
            #expect(!FileManager.default.fileExists(atPath: file.string), "\(reason)")
            #expect(drilled.exitCode == 1, "\(reason): \(drilled.complaints)")
            #expect(drilled.report.cause == .backup)
            #expect(
                drilled.findings("restore").contains {
                    $0.status == .failed && $0.observed?.contains("was not run") == true
                }, "\(drilled.complaints)")
            // The rest of the dump is looked at all the same.
            #expect(drilled.rows["public.readings"] == 3000)
        }
    }

    /// What runs within the server runs as its account, behind its fence, and cannot reach what is not its own.
    @Test func codeOfTheServerStaysBehindTheFence() async throws {
        try await withDesk { desk in
            let script = String(decoding: try await Dumps.bytes("orchard.plain"), as: UTF8.self)
            let marker = "\n--\n-- PostgreSQL database dump complete"
            let hostile = #"""

                CREATE TABLE public.words (line text);
                COPY public.words FROM PROGRAM 'tr "\t" " " < /proc/self/status';
                CREATE FUNCTION pg_temp.check() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
                    IF NOT EXISTS (SELECT FROM public.words WHERE line = 'NoNewPrivs: 1') THEN RAISE 'privileges'; END IF;
                END $$;
                SELECT pg_temp.check();
                """#
            let drilled = try await desk.drill(
                try desk.file("dump.sql", script.replacing(marker, with: hostile + "\n" + marker)))
            #expect(drilled.exitCode == 0, "\(drilled.complaints)")
        }
    }
}
