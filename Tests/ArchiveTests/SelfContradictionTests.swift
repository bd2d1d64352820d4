import Testing
import Values

@testable import Archive

/// What parts of one dump say of each other.
@Suite(.keepsItsThread) struct SelfContradictionTests {
    private static let farm = InspectionTests.farm

    private func read(_ bytes: [UInt8]) throws -> DumpReading {
        try withTemporaryDirectory { directory in
            try write(bytes, to: "\(directory)/dump")
            return try Dump.open("\(directory)/dump").read(keys: KeyStore(directory: directory, memory: 8 << 20))
        }
    }

    private func replacing(_ old: String, _ new: [UInt8], in bytes: [UInt8]) throws -> [UInt8] {
        let start = try #require(
            bytes.indices.first { bytes[$0...].starts(with: old.utf8) }, "\(old) is not in the dump")
        return bytes[..<start] + new + bytes[(start + old.utf8.count)...]
    }

    struct Change: Sendable, CustomTestStringConvertible {
        let old: String
        let new: String
        let subject: String
        let words: String
        var testDescription: String { "\(old) → \(new)" }

        init(_ old: String, _ new: String, _ subject: String, _ words: String) {
            (self.old, self.new, self.subject, self.words) = (old, new, subject, words)
        }
    }

    // MARK: Scripts

    @Test(arguments: [
        Change("COPY public.fields", "CNPY public.fields", "public.fields", "no statement"),
        Change("COPY public.farmers", "XXXXXXXXXXXXXXXXXXX", "public.farmers", "no statement"),
        Change("at) FROM", "at) FRGM", "public.farmers", "no COPY statement follows"),
        Change("at) FROM stdin;", "at) FROM stdin:", "public.farmers", "no COPY statement that a server takes"),
        Change("COPY public.fields", "COPY publmc.fields", "public.fields", "loads rows into publmc.fields"),
        Change("COPY public.fields", "COPY public.fieldz", "public.fields", "loads rows into public.fieldz"),
        Change("COPY public.fields", "COPY public.farmers", "public.fields", "loads rows into public.farmers"),
        Change(", place) FROM", ", plaze) FROM", "public.fields", "COPY statement names the column plaze"),
        Change("    email character", "    emaim character", "public.farmers", "names the column email"),
        Change("PRIMARY KEY (id)", "PRIMARY KEY (ie)", "public.farmers", "farmers_pkey names the column ie"),
        Change("UNIQUE (email)", "UNIQUE (emaim)", "public.farmers", "farmers_email_key names the column emaim"),
        Change("crop DESC", "crox DESC", "public.fields", "the index fields_key names the column crox"),
        Change("INCLUDE (area)", "INCLUDE (arez)", "public.fields", "the index fields_key names the column arez"),
        Change("KEY (farmer_id)", "KEY (farmer_ie)", "public.fields", "fields_fk names the column farmer_ie"),
        Change("public.farmers(id)", "public.farmers(ie)", "public.farmers", "fields_fk names the column ie"),
        Change("\nALTER TABLE ONLY public.farmers", "\nALTDR TABLE ONLY public.farmers", "line", "no statement"),
        Change("ONLY public.farmers", "ONLY publmc.farmers", "publmc.farmers", "farmers_pkey is of this table"),
        Change("ON public.fields", "ON public.fieldz", "public.fieldz", "the index fields_key is of this table"),
        Change(
            "CREATE TABLE public.fields", "CREATE TABLE public.fieldz", "public.fields",
            "its COPY statement is of this table"),
        Change("shape jsonb", "sha\0e jsonb", "public.fields", "is not text"),
    ])
    func aScriptIsFound(_ change: Change) throws {
        let reading = try read(try replacing(change.old, Array(change.new.utf8), in: Self.farm.script))
        #expect(
            reading.flaws.contains { $0.subject.contains(change.subject) && $0.problem.contains(change.words) },
            "\(reading.flaws)")
    }

    @Test func aByteThatIsNoTextIsFound() throws {
        for bytes in [Self.farm.script, Self.farm.archive] {
            let flaws = try read(
                try replacing("shape jsonb", Array("sha".utf8) + [0xE9] + Array("e jsonb".utf8), in: bytes)
            ).flaws
            #expect(
                flaws.contains { $0.subject.contains("public.fields") && $0.problem.contains("is not text in UTF8") },
                "\(flaws)")
        }
        // Its bytes mean what they mean.
        var dump = Self.farm
        dump.encoding = "SQL_ASCII"
        for bytes in [dump.script, dump.archive] {
            #expect(
                try read(try replacing("'it''s", [UInt8(ascii: "'"), 0xE9, 0x74] + Array("''s".utf8), in: bytes)).flaws
                    .isEmpty)
        }
    }

    @Test func rowsThatAreCutOutAreFound() throws {
        var script = String(decoding: Self.farm.script, as: UTF8.self)
        let start = try #require(script.range(of: "COPY public.fields")).lowerBound
        let end = try #require(script[start...].range(of: "\\.\n")).upperBound
        script.removeSubrange(start..<end)
        #expect(
            try read(Array(script.utf8)).flaws == [
                DumpFlaw(
                    subject: "public.fields",
                    problem:
                        "a comment of pg_dump announces its rows, and no COPY statement follows: its rows are not in the dump"
                )
            ])
    }

    @Test func aLineOfRowsAloneIsFound() throws {
        for line in ["\\.\n", "\\N\tx\n"] {
            let script = try replacing("\nALTER TABLE", Array("\n\(line)ALTER TABLE".utf8), in: Self.farm.script)
            #expect(try read(script).flaws.map(\.problem).contains { $0.contains("a line of rows") })
        }
    }

    /// A selection writes the key, and not the table.
    @Test func aKeyToATableThatIsNotThereIsADoubt() throws {
        let script = try replacing("public.farmers(id)", Array("public.farmerz(id)".utf8), in: Self.farm.script)
        let reading = try read(script)
        #expect(reading.flaws == [])
        #expect(reading.doubts.map(\.flaw.subject) == ["public.farmerz"])
        #expect(reading.doubts.allSatisfy { $0.isOrdinary && $0.flaw.problem.contains("fields_fk") })
        // The table may be one of the extension's.
        #expect(try read(creating("postgis", in: script)).doubts == [])
        #expect(try read(creating("plpgsql", in: script)).doubts.count == 1)
    }

    /// A dump of a table that an extension has made, by its name, is without the extension.
    @Test func rowsOfATableThatIsNotThereAreADoubt() throws {
        let rows = """
            --
            -- Data for Name: spatial_ref_sys; Type: TABLE DATA; Schema: public; Owner: postgres
            --

            COPY public.spatial_ref_sys (srid) FROM stdin;
            1
            \\.


            """
        let footer = "--\n-- PostgreSQL database dump complete"
        let script = try replacing(footer, Array((rows + footer).utf8), in: Self.farm.script)
        let reading = try read(script)
        #expect(reading.flaws == [])
        #expect(reading.doubts.map(\.flaw.subject) == ["public.spatial_ref_sys"])
        #expect(reading.doubts.allSatisfy { !$0.isOrdinary })
        #expect(try read(creating("postgis", in: script)).doubts == [])
    }

    private func creating(_ name: String, in script: [UInt8]) throws -> [UInt8] {
        let header = "SET row_security = off;\n"
        return try replacing(
            header, Array("\(header)CREATE EXTENSION IF NOT EXISTS \(name) WITH SCHEMA public;\n".utf8), in: script)
    }

    // MARK: Two dumps in one

    @Test func aDumpThatWasAppendedToItselfIsFound() throws {
        let script = Self.farm.script
        for keys in [true, false] {
            let reading = try withTemporaryDirectory { directory in
                try write(script + script, to: "\(directory)/dump")
                return try Dump.open("\(directory)/dump").read(
                    keys: keys ? KeyStore(directory: directory, memory: 8 << 20) : nil)
            }
            let twice = reading.flaws.filter { $0.problem.contains("creates this table twice") }
            #expect(twice.map(\.subject) == ["public.farmers", "public.fields"])
        }
    }

    /// Commands of psql that begin like `\c` do not connect.
    @Test(arguments: ["\\copy public.fields TO '/dev/null'", "\\cd /tmp", "\\conninfo"])
    func anotherCommandLeadsToNoOtherDatabase(_ command: String) throws {
        let reading = try read(Self.farm.script + Array("\(command)\n".utf8) + Self.farm.script)
        #expect(reading.flaws.contains { $0.problem.contains("creates this table twice") })
    }

    @Test func twoDumpsOfRowsAloneAreFound() throws {
        let text = String(decoding: Self.farm.script, as: UTF8.self)
        let definitions = try #require(text.range(of: "--\n-- Name"))
        let rows = try #require(text.range(of: "--\n-- Data for Name"))
        let keys = try #require(text[rows.upperBound...].range(of: "--\n-- Name"))
        let end = try #require(text.range(of: "--\n-- PostgreSQL database dump complete"))
        let parts = [text[..<definitions.lowerBound], text[rows.lowerBound..<keys.lowerBound], text[end.lowerBound...]]
        let script = Array(parts.joined().utf8)
        #expect(try read(script).flaws == [])
        let twice = try read(script + script).flaws
        #expect(twice.map(\.subject) == ["public.farmers", "public.fields"])
        #expect(twice.allSatisfy { $0.problem.contains("its rows are in two dumps that stand one behind the other") })
        // Of rows that something removes in between, it is not claimed.
        let emptied = try read(script + Array("TRUNCATE public.farmers, public.fields;\n".utf8) + script).flaws
        #expect(!emptied.contains { $0.problem.contains("in two dumps") })
        // Where nothing announces rows, the very same rows tell.
        let bare = Array(parts.joined().replacing("-- Data for Name", with: "-- Rows of").utf8)
        #expect(try read(bare + bare).flaws.contains { $0.problem.contains("the very same rows") })
    }

    /// Where a script creates a table of one name twice, and nothing is doubled.
    @Test(arguments: [
        ("dropped before", "DROP TABLE IF EXISTS public.farmers;\nDROP TABLE public.fields;\n"),
        ("in another database", "\\connect other\n"),
        (
            "in another database that is created",
            "--\n-- Name: other; Type: DATABASE; Schema: -; Owner: postgres\n--\n\nCREATE DATABASE other;\n\\connect other\n"
        ),
    ])
    func tablesMayBeCreatedAgain(_ name: String, _ between: String) throws {
        let reading = try read(Self.farm.script + Array(between.utf8) + Self.farm.script)
        #expect(!reading.flaws.contains { $0.problem.contains("twice") }, "\(name)")
        // A restore into one database has what the last of them has, or the rows of both.
        #expect((reading.form == nil) == (between == "\\connect other\n"), "\(name)")
    }

    @Test func schemasOfOldDumpsAreToldApart() throws {
        let parts = ["a", "b"].map { "SET search_path = \($0), pg_catalog;\nCREATE TABLE t (\n    i integer\n);\n" }
        let script = SmallDump(tables: [.init(name: "x", definition: "    a integer")]).script
        let footer = "--\n-- PostgreSQL database dump complete"
        #expect(try read(try replacing(footer, Array((parts.joined() + footer).utf8), in: script)).flaws == [])
        #expect(
            try read(try replacing(footer, Array((parts[0] + parts[0] + footer).utf8), in: script)).flaws.map(\.subject)
                == ["t"])
    }

    // MARK: What has no end, and what is not there

    @Test func whatHasNoEndIsFound() throws {
        let footer = "\n--\n-- PostgreSQL database dump complete"
        for text in ["XXXX\n", "ALTER TABLE ONLY public.farmers CLUSTER ON a:\n", "SELECT 'it\n", "/* what\n"] {
            let flaws = try read(try replacing(footer, Array((text + footer).utf8), in: Self.farm.script)).flaws
            #expect(flaws.contains { $0.problem.contains("has no end") }, "\(text): \(flaws)")
        }
        // What is behind the end is not of the dump.
        for text in ["XXXX\n", "real 0m3s;\n"] {
            #expect(try read(Self.farm.script + Array(text.utf8)).flaws == [])
        }
    }

    @Test func definitionsThatAreCutOutAreFound() throws {
        for (start, subject) in [
            ("CREATE TABLE public.fields", "public.fields"), ("CREATE UNIQUE INDEX fields_key", "public.other"),
        ] {
            var script = String(decoding: Self.farm.script, as: UTF8.self)
            let begin = try #require(script.range(of: start)).lowerBound
            let end = try #require(script[begin...].range(of: ";\n")).upperBound
            script.removeSubrange(begin..<end)
            let flaws = try read(Array(script.utf8)).flaws
            #expect(
                flaws.contains { $0.subject == subject && $0.problem.contains("follows: it is not in the dump") },
                "\(flaws)")
        }
    }

    // MARK: Archives

    @Test(arguments: [
        Change(", place) FROM", ", plaze) FROM", "public.fields", "COPY statement names the column plaze"),
        Change("COPY public.fields", "COPY publmc.fields", "public.fields", "loads rows into publmc.fields"),
        Change("COPY public.fields", "COPY public.fieldz", "public.fields", "loads rows into public.fieldz"),
        Change("    email character", "    emaim character", "public.farmers", "names the column email"),
        Change("PRIMARY KEY (id)", "PRIMARY KEY (ie)", "public.farmers", "farmers_pkey names the column ie"),
        Change("KEY (farmer_id)", "KEY (farmer_ie)", "public.fields", "fields_fk names the column farmer_ie"),
        Change("public.farmers(id)", "public.farmers(ie)", "public.farmers", "fields_fk names the column ie"),
        Change("ONLY public.farmers", "ONLY publmc.farmers", "publmc.farmers", "farmers_pkey is of this table"),
        Change("ON public.fields", "ON public.fieldz", "public.fieldz", "the index fields_key is of this table"),
        Change(
            "CREATE TABLE public.fields", "CREATE TABLE public.fieldz", "public.fields",
            "its statement creates public.fieldz"),
        Change(
            "CREATE TABLE public.fields", "CREATF TABLE public.fields", "public.fields", "its statement creates none"),
    ])
    func anArchiveIsFound(_ change: Change) throws {
        let reading = try read(try replacing(change.old, Array(change.new.utf8), in: Self.farm.archive))
        #expect(
            reading.flaws.contains { $0.subject == change.subject && $0.problem.contains(change.words) },
            "\(reading.flaws)")
    }

    /// The table that a key refers to is among what its entry depends on, if the dump has it.
    @Test func aKeyToAnotherTableThanItsEntryIsFound() throws {
        func archive(of key: String, _ dependencies: [Int]) throws -> DumpReading {
            try read(
                ArchiveBuilder(
                    entries: [ArchiveBuilder.encoding] + ArchiveBuilder.table("a", id: 10, [["1\n"]])
                        + ArchiveBuilder.table("b", id: 20, [["1\n"]]) + [
                            .init(
                                id: 30, kind: "FK CONSTRAINT", tag: "b b_i_fkey",
                                definition:
                                    "ALTER TABLE ONLY public.b\n    ADD CONSTRAINT b_i_fkey FOREIGN KEY (i) REFERENCES \(key);\n",
                                dependencies: dependencies)
                        ]
                ).bytes)
        }
        #expect(try archive(of: "public.a(i)", [10, 20]).flaws == [])
        #expect(try archive(of: "public.b(i)", [20]).flaws == [])
        #expect(try archive(of: "public.z(i)", [10, 20]).flaws.map(\.subject) == ["public.z"])
        let selected = try archive(of: "public.z(i)", [20])
        #expect(selected.flaws == [])
        #expect(selected.doubts.map(\.flaw.subject) == ["public.z"])
    }

    // MARK: What is legitimate

    private static let partitions = SmallDump(
        tables: [
            .init(name: "root", definition: "    k integer NOT NULL", options: "\nPARTITION BY RANGE (k)"),
            .init(name: "one", definition: "    k integer NOT NULL", columns: ["k"], rows: ["1"]),
            .init(name: "two", definition: "    k integer NOT NULL", columns: ["k"], rows: ["7"]),
        ],
        others: [
            ("TABLE ATTACH", "ALTER TABLE ONLY public.root ATTACH PARTITION public.one FOR VALUES FROM (0) TO (5);\n"),
            ("TABLE ATTACH", "ALTER TABLE ONLY public.root ATTACH PARTITION public.two DEFAULT;\n"),
        ])

    /// Only newer releases mark it with a comment.
    @Test func rowsOfPartitionsMayComeThroughTheirRoot() throws {
        let through = try ["one", "two"].reduce(Self.partitions.script) {
            try replacing("COPY public.\($1)", Array("COPY public.root".utf8), in: $0)
        }
        let reading = try read(through)
        #expect(reading.flaws == [])
        #expect(reading.tables.map(\.name) == ["root"])
        #expect(reading.roots.keys.map(\.name).sorted() == ["one", "two"])
        #expect(reading.roots.values.allSatisfy { $0.name == "root" })
    }

    struct Harmless: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let changes: [[String]]

        init(_ name: String, _ changes: [String]...) { (testDescription, self.changes) = (name, changes) }
    }

    private static let nameOfAComment = "a; Type: TABLE; Schema: b; Owner: c"

    /// Scripts in which nothing contradicts itself, made from that of the farm.
    @Test(arguments: [
        Harmless("as it is"),
        Harmless("line ends of Windows", ["\n", "\r\n"]),
        Harmless("without comments that announce", ["-- Name", "-- Nome"], ["-- Data", "-- Date"]),
        Harmless("another schema, and the old comments", ["public.", "other."]),
        Harmless("the search path decides", ["public.", ""]),
        Harmless(
            "an index over expressions",
            [
                "USING btree (id) WHERE",
                "USING btree (lower(email), ((a || b)), id COLLATE \"C\" text_ops DESC NULLS LAST, public.f(x)) WHERE",
            ]),
        Harmless("columns of the system", ["USING btree (id) WHERE", "USING btree (oid) WHERE"]),
        Harmless(
            "a column that somebody adds",
            [
                "CREATE UNIQUE INDEX fields_key",
                """
                ALTER TABLE public.fields ADD COLUMN more text;
                CREATE INDEX m ON public.fields USING btree (more);
                CREATE UNIQUE INDEX fields_key
                """,
            ]),
        Harmless(
            "settings, and what people write",
            ["SET row", "BEGIN;\nWITH a AS (SELECT 1) SELECT * FROM a;\n(SELECT 1);\nVACUUM;\nSHOW all;\nSET row"]),
        Harmless(
            "a table whose name has line ends",
            ["public.fields (", "public.\"fie\nlds\" ("], ["public.fields\n", "public.\"fie\nlds\"\n"],
            ["ON public.fields ", "ON public.\"fie\nlds\" "], ["Name: fields;", "Name: fie lds;"]),
        Harmless(
            "a table whose name is as a comment",
            ["public.fields (", "public.\"\(nameOfAComment)\" ("],
            ["public.fields\n", "public.\"\(nameOfAComment)\"\n"],
            ["ON public.fields ", "ON public.\"\(nameOfAComment)\" "], ["Name: fields;", "Name: \(nameOfAComment);"]),
    ])
    func nothingIsFound(_ harmless: Harmless) throws {
        var script = String(decoding: Self.farm.script, as: UTF8.self)
        for change in harmless.changes { script = script.replacing(change[0], with: change[1]) }
        let reading = try read(Array(script.utf8))
        #expect(reading.flaws == [])
        #expect(reading.doubts == [])
    }

    /// A dump of INSERT statements says nothing of a table without rows.
    @Test func insertsMayBeMissing() throws {
        func script(_ rows: [String]) throws -> DumpReading {
            var text = String(
                decoding: SmallDump(tables: [.init(name: "t", definition: "    a integer,\n    b text")]).script,
                as: UTF8.self)
            let data =
                "--\n-- Data for Name: t; Type: TABLE DATA; Schema: public; Owner: postgres\n--\n\n\(rows.joined(separator: "\n"))\n\n\n"
            text = text.replacing(
                "--\n-- PostgreSQL database dump complete", with: data + "--\n-- PostgreSQL database dump complete")
            return try read(Array(text.utf8))
        }
        #expect(try script([]).flaws == [])
        #expect(
            try script(["INSERT INTO public.t VALUES (1, 'x');", "INSERT INTO public.t VALUES (2, 'y');"]).flaws == [])
        #expect(try script(["INSERT INTO public.t (a, b) VALUES (1, 'x');"]).flaws == [])
        let other = try script(["INSERT INTO public.t VALUES (1, 'x');", "INSERT INTO public.tt VALUES (2, 'y');"])
            .flaws
        #expect(other.map(\.subject) == ["public.t"], "\(other)")
        let column = try script([
            "INSERT INTO public.t (a, b) VALUES (1, 'x');", "INSERT INTO public.t (a, c) VALUES (1, 'x');",
        ]).flaws
        #expect(column.contains { $0.problem.contains("names the column c") }, "\(column)")
        #expect(!column.contains { $0.subject != "public.t" })
    }
}
