import Foundation
import SystemPackage
import Testing

@testable import Archive

/// A script of `pg_dumpall` is taken apart into what it says of the server and the dump of each database.
@Suite(.keepsItsThread) struct ClusterScriptTests {
    private static let globals = """
        --
        -- PostgreSQL database cluster dump
        --

        \\restrict abc

        SET default_transaction_read_only = off;

        SET client_encoding = 'UTF8';
        SET standard_conforming_strings = on;

        CREATE ROLE app;
        ALTER ROLE app WITH NOSUPERUSER INHERIT NOCREATEROLE NOCREATEDB LOGIN NOREPLICATION NOBYPASSRLS;

        \\unrestrict abc


        """

    /// - Parameter body: statements and rows.
    private static func dump(_ database: String, connect: String, _ body: String) -> String {
        """
        --
        -- Database "\(database)" dump
        --

        \(connect)
        --
        -- PostgreSQL database dump
        --

        \\restrict def

        -- Dumped from database version 15.18
        -- Dumped by pg_dump version 15.18

        SET client_encoding = 'UTF8';
        \(body)
        --
        -- PostgreSQL database dump complete
        --

        \\unrestrict def


        """
    }

    private static let end = "--\n-- PostgreSQL database cluster dump complete\n--\n\n"

    private static func table(_ name: String, _ rows: String) -> String {
        """
        --
        -- Name: \(name); Type: TABLE; Schema: public; Owner: app
        --

        CREATE TABLE public.\(name) (
            i text
        );


        --
        -- Data for Name: \(name); Type: TABLE DATA; Schema: public; Owner: app
        --

        COPY public.\(name) (i) FROM stdin;
        \(rows)
        \\.


        """
    }

    private static let shop = dump(
        "my-shop", connect: "",
        """
        --
        -- Name: my-shop; Type: DATABASE; Schema: -; Owner: app
        --

        CREATE DATABASE "my-shop" WITH TEMPLATE = template0 ENCODING = 'UTF8' LOCALE_PROVIDER = libc LOCALE = 'C';


        ALTER DATABASE "my-shop" OWNER TO app;

        \\unrestrict def
        \\connect -reuse-previous=on "dbname='my-shop'"
        \\restrict def

        SET client_encoding = 'UTF8';
        ALTER DATABASE "my-shop" SET work_mem TO '8MB';
        ALTER ROLE app IN DATABASE "my-shop" SET search_path TO 'a', 'b';

        \(table("t", "1\n2\n-- PostgreSQL database dump complete"))
        """)
    private static let postgres = dump("postgres", connect: "\\connect postgres\n", table("u", "1"))
    private static let template = dump("template1", connect: "\\connect template1\n", "")

    private static let whole = globals + template + shop + postgres + end

    private func read(_ text: String, in layer: String? = nil) throws -> ClusterReading {
        try withTemporaryDirectory { directory in
            let path = "\(directory)/all.sql"
            try Data(text.utf8).write(to: URL(filePath: path))
            return try ClusterReader(Dump.open(path), keys: nil).read()
        }
    }

    @Test func findsEachDatabase() throws {
        let reading = try read(Self.whole)
        #expect(reading.flaws == [])
        #expect(reading.databases.map(\.name) == ["template1", "my-shop", "postgres"])
        #expect(reading.databases.flatMap(\.reading.flaws) == [])
        #expect(reading.databases.map(\.reading.isEmpty) == [true, false, false])
        #expect(reading.databases.map { $0.reading.tables.map { "\($0.name) \($0.rows)" } } == [[], ["t 3"], ["u 1"]])
        #expect(reading.databases[1].dump.databaseDefinition?.hasPrefix("CREATE DATABASE \"my-shop\"") == true)
        #expect(reading.databases[2].dump.databaseDefinition == nil)
        #expect(reading.databases.allSatisfy { $0.dump.plainHeader?.serverVersion == "15.18" })
        #expect(
            reading.databases[1].reading.properties == [
                .databaseOwner(database: "my-shop", owner: "app"),
                .setting(StoredSetting(role: nil, database: "my-shop", name: "work_mem", values: ["8MB"])),
                .setting(StoredSetting(role: "app", database: "my-shop", name: "search_path", values: ["a", "b"])),
            ])
        #expect(reading.globals.roles.map(\.name) == ["app"])
        #expect(reading.globals.foreign == [])
    }

    /// The dump of a database is read again alone: its lines have the numbers of the script.
    @Test func partsAreDumps() throws {
        try withTemporaryDirectory { directory in
            let path = "\(directory)/all.sql"
            try Data(Self.whole.utf8).write(to: URL(filePath: path))
            for database in try ClusterReader(Dump.open(path), keys: nil).read().databases {
                let again = try database.dump.read()
                #expect(again.flaws == [])
                #expect(again.tables == database.reading.tables)
                var lines: [Int] = []
                _ = try database.dump.readScript { _ in
                } _: { _, parts in
                    for case .statement(let statement) in parts { lines.append(statement.line) }
                }
                let text = Self.whole.split(separator: "\n", omittingEmptySubsequences: false)
                #expect(!lines.isEmpty)
                for line in lines { #expect(text[line - 1].hasSuffix(";"), "\(database.name): \(line)") }
            }
        }
    }

    /// Wherever it is cut, something is said, and what is whole is whole.
    @Test func cutAnywhere() throws {
        let text = Array(Self.whole.utf8)
        for cut in stride(from: Self.globals.utf8.count, to: text.count - 8, by: 37) {
            let reading = try read(String(decoding: text[..<cut], as: UTF8.self))
            let flaws = reading.flaws + reading.databases.flatMap(\.reading.flaws)
            #expect(!flaws.isEmpty, "cut at \(cut)")
            let whole = reading.databases.filter { $0.reading.flaws.isEmpty }.map(\.name)
            #expect(["template1", "my-shop", "postgres"].starts(with: whole), "cut at \(cut)")
        }
    }

    @Test func saysWhereItIsCut() throws {
        let between = try read(Self.globals + Self.template + Self.shop)
        #expect(between.flaws.map(\.subject) == ["all.sql"])
        #expect(between.flaws.first?.problem.contains("cut off behind the dump of my-shop") == true)
        let announced = try read(Self.globals + Self.shop + "--\n-- Database \"postgres\" dump\n--\n\n")
        #expect(announced.flaws.map(\.subject) == ["postgres", "all.sql"])
        let within = try read(Self.globals + Self.shop.prefix(Self.shop.count / 2))
        #expect(within.flaws.map(\.subject) == ["all.sql"])
        #expect(within.flaws.first?.problem.contains("cut off within the dump of my-shop") == true)
        #expect(within.databases.map(\.name) == ["my-shop"])
        #expect(within.databases[0].reading.flaws.count == 1)
    }

    /// A part that somebody cut out leaves its announcement, or a dump without its end.
    @Test func missingParts() throws {
        let withoutDump = Self.shop.replacing(/(?s)--\n-- PostgreSQL database dump\n.*/, with: "")
        #expect(try read(Self.globals + withoutDump + Self.postgres + Self.end).flaws.map(\.subject) == ["my-shop"])
        let withoutEnd = Self.shop.replacing(
            "-- PostgreSQL database dump complete\n--\n\n\\unrestrict", with: "\\unrestrict")
        let reading = try read(Self.globals + withoutEnd + Self.postgres + Self.end)
        #expect(reading.databases.map(\.name) == ["my-shop", "postgres"])
        #expect(reading.databases.map(\.reading.flaws.isEmpty) == [false, true])
        #expect(try read(Self.globals + Self.shop + Self.shop + Self.end).flaws.map(\.subject) == ["my-shop"])
    }

    /// A name counts where psql meets it, and not in a function or a row that has such words.
    @Test func namesOfDatabases() throws {
        let words = Self.dump(
            "postgres", connect: "\\connect postgres\n",
            "CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$\nCREATE DATABASE other;\n$$;\n" + Self.table("t", "1"))
        #expect(try read(Self.globals + words + Self.end).databases.map(\.name) == ["postgres"])
        let elsewhere = Self.dump("shop", connect: "\\connect shop\n", "\\connect farm\n" + Self.table("t", "1"))
        let reading = try read(Self.globals + elsewhere + Self.postgres + Self.end)
        #expect(reading.databases.map(\.name) == ["shop", "postgres"])
        #expect(reading.flaws.map(\.subject) == ["shop"])
        #expect(reading.flaws.first?.problem.contains("is restored into another database, farm") == true)
        // psql goes on in the database before.
        let without = Self.shop.replacing(/\\connect .*\n/, with: "")
        let lost = try read(Self.globals + Self.postgres + without + Self.end)
        #expect(lost.databases.map(\.name) == ["postgres", "my-shop"])
        #expect(lost.flaws.map(\.subject) == ["my-shop"])
        #expect(
            try read(Self.globals + without + Self.end).flaws.first?.problem.contains("no \\connect leads to it")
                == true)
    }

    @Test func namesInTheEncodingOfTheScript() throws {
        let text = (Self.globals + Self.dump("käse", connect: "\\connect \"käse\"\n", Self.table("t", "1")) + Self.end)
            .replacing("'UTF8'", with: "'LATIN1'")
        let latin = try #require(text.data(using: .isoLatin1))
        try withTemporaryDirectory { directory in
            let path = "\(directory)/all.sql"
            try latin.write(to: URL(filePath: path))
            let reading = try ClusterReader(Dump.open(path), keys: nil).read()
            #expect(reading.databases.map(\.name) == ["käse"])
            #expect(reading.flaws == [])
        }
    }

    @Test func moreDumpsThanAServerHas() throws {
        let dump = "-- PostgreSQL database dump\n-- PostgreSQL database dump complete\n"
        let reading = try read(Self.globals + String(repeating: dump, count: 10_001) + Self.end)
        #expect(reading.databases.count == 10_000)
        #expect(reading.flaws.map(\.problem) == ["it holds more than 10000 dumps, which no server has"])
    }

    /// A compressed script that is damaged: what is whole in front of the damage can be restored.
    @Test func wholeInFrontOfDamage() throws {
        try withTemporaryDirectory { directory in
            let path = "\(directory)/all.sql"
            // Too long for one block of gzip's.
            let rows = (0..<40_000).map { "\($0 &* 2_654_435_761 % 1_000_003)" }.joined(separator: "\n")
            let text =
                Self.globals + Self.shop + Self.dump("postgres", connect: "\\connect postgres\n", Self.table("u", rows))
            try Data((text + Self.end).utf8).write(to: URL(filePath: path))
            try run("/bin/gzip", [path])
            var bytes = try Data(contentsOf: URL(filePath: path + ".gz"))
            bytes.removeLast(bytes.count / 3)
            try bytes.write(to: URL(filePath: path))
            let reading = try ClusterReader(Dump.open(path), keys: nil).read()
            #expect(reading.databases.map(\.name) == ["my-shop", "postgres"])
            #expect(reading.databases.map(\.reading.flaws.isEmpty) == [true, false])
            let again = try reading.databases[0].dump.read()
            #expect(again.flaws == [])
            #expect(again.tables == reading.databases[0].reading.tables)
        }
    }

    private func run(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    @Test func globalsAlone() throws {
        try withTemporaryDirectory { directory in
            func script(_ text: String) throws -> GlobalsScript? {
                let path = "\(directory)/\(UUID().uuidString)"
                try Data(text.utf8).write(to: URL(filePath: path))
                return try GlobalsScript(Dump.open(path))
            }
            let alone = try #require(try script(Self.globals + Self.end))
            #expect(alone.flaw == nil)
            #expect(alone.globals.roles.map(\.name) == ["app"])
            #expect(try script(Self.globals)?.flaw?.contains("cut off") == true)
            #expect(try script(Self.whole) == nil)
        }
    }

    /// What `pg_dumpall` really writes, of every version: each database has the same rows as in a dump of its own.
    @Test(arguments: Installation.all) func realScripts(_ installation: Installation) throws {
        for options in [[], ["--clean", "--if-exists"], ["--inserts", "--quote-all-identifiers"]] {
            let reading = try ClusterReader(
                Dump.open(Corpus.dump(installation, options, database: "*")), keys: nil
            ).read()
            #expect(reading.flaws == [])
            #expect(reading.globals.foreign == [], "\(options)")
            #expect(reading.globals.flaws == [], "\(options)")
            #expect(
                Set(reading.databases.map(\.name)).isSuperset(of: ["odd", "latin", "indexed", "small", "template1"]))
            #expect(reading.globals.roles.map(\.name).contains(Corpus.oddRole))
            for database in reading.databases where ["odd", "latin", "small"].contains(database.name) {
                #expect(database.reading.flaws == [], "\(database.name) \(options)")
                let alone = try Dump.open(
                    Corpus.dump(
                        installation, ["-Fp"] + options.filter { $0 != "--if-exists" && $0 != "--clean" },
                        database: database.name)
                ).read()
                #expect(database.reading.tables == alone.tables, "\(database.name) \(options)")
            }
        }
    }
}
