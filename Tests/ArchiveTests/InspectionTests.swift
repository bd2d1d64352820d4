import Testing
import Values

@testable import Archive

/// What is found in rows with no server.
@Suite(.keepsItsThread) struct InspectionTests {
    static let farm = SmallDump(
        types: [
            ("TYPE", "CREATE TYPE public.crop AS ENUM (\n    'rye',\n    'it''s wheat'\n);\n"),
            (
                "DOMAIN",
                "CREATE DOMAIN public.area AS numeric(5,2) NOT NULL\n\tCONSTRAINT positive CHECK ((VALUE > 0));\n"
            ),
        ],
        tables: [
            .init(
                name: "farmers",
                definition:
                    "    id integer NOT NULL,\n    email character varying(10) DEFAULT 'x'::character varying,\n    at timestamp with time zone",
                columns: ["id", "email", "at"],
                rows: ["1\ta@b\t2024-01-01 00:00:00+00", "2\t\\N\t\\N", "3\t\\N\t2024-05-01 02:00:00+02"]),
            .init(
                name: "fields",
                definition:
                    "    id bigint NOT NULL,\n    farmer_id integer,\n    crop public.crop,\n    area public.area,\n    shape jsonb,\n    place point",
                columns: ["id", "farmer_id", "crop", "area", "shape", "place"],
                rows: ["1\t1\trye\t1.50\t{}\t(1,2)", "2\t\\N\tit's wheat\t2\t\\N\t\\N"]),
        ],
        others: [
            ("CONSTRAINT", "ALTER TABLE ONLY public.farmers\n    ADD CONSTRAINT farmers_pkey PRIMARY KEY (id);\n"),
            ("CONSTRAINT", "ALTER TABLE ONLY public.farmers\n    ADD CONSTRAINT farmers_email_key UNIQUE (email);\n"),
            (
                "INDEX",
                "CREATE UNIQUE INDEX fields_key ON public.fields USING btree (farmer_id, crop DESC) INCLUDE (area);\n"
            ),
            ("INDEX", "CREATE UNIQUE INDEX fields_part ON public.fields USING btree (id) WHERE (id > 0);\n"),
            (
                "FK CONSTRAINT",
                "ALTER TABLE ONLY public.fields\n    ADD CONSTRAINT fields_fk FOREIGN KEY (farmer_id) REFERENCES public.farmers(id);\n"
            ),
        ])

    private func outcomes(_ findings: RowFindings) -> [String: KeyOutcome] {
        Dictionary(
            uniqueKeysWithValues: (findings.uniqueKeys + findings.foreignKeys).map { ($0.subject, $0.outcome) })
    }

    @Test func whatIsRightIsRight() throws {
        for reading in try Self.farm.inspected() {
            #expect(reading.flaws == [])
            let rows = try #require(reading.rows)
            #expect(rows.tables.map(\.table.label) == ["public.farmers", "public.fields"])
            for table in rows.tables {
                #expect(table.findings.allSatisfy { $0.misfits == 0 && $0.nulls == 0 && $0.unjudged == 0 })
            }
            #expect(rows.tables[0].newest == "2024-05-01 00:00:00+00")
            #expect(
                outcomes(rows) == [
                    "public.farmers_pkey": .holds(rows: 3), "public.farmers_email_key": .holds(rows: 1),
                    "public.fields_key": .holds(rows: 1), "public.fields.fields_fk": .holds(rows: 1),
                    "public.fields_part": .unchecked("it is over a part of the rows"),
                ])
            #expect(reading.notices?.tablesWithoutRows == [])
        }
    }

    struct Break: Sendable, CustomTestStringConvertible {
        let table: String
        let row: String
        /// The table's columns with misfits or NULLs, or the key that does not hold.
        let found: String
        var testDescription: String { "\(table): \(row)" }
    }

    @Test(arguments: [
        Break(table: "farmers", row: "x\t\\N\t\\N", found: "id"),
        Break(table: "farmers", row: "\\N\t\\N\t\\N", found: "id"),
        Break(table: "farmers", row: "9\tlonger than ten\t\\N", found: "email"),
        Break(table: "farmers", row: "9\t\\N\t2024-02-30 00:00:00+00", found: "at"),
        Break(table: "fields", row: "9\t\\N\tbarley\t1\t\\N\t\\N", found: "crop"),
        Break(table: "fields", row: "9\t\\N\t\\N\t1000\t\\N\t\\N", found: "area"),
        Break(table: "fields", row: "9\t\\N\t\\N\t\\N\t\\N\t\\N", found: "area"),
        Break(table: "fields", row: "9\t\\N\t\\N\t1\t{\"a\":}\t\\N", found: "shape"),
        Break(table: "farmers", row: "1\t\\N\t\\N", found: "public.farmers_pkey"),
        Break(table: "farmers", row: "9\ta@b\t\\N", found: "public.farmers_email_key"),
        Break(table: "fields", row: "9\t1\trye\t1\t\\N\t\\N", found: "public.fields_key"),
        Break(table: "fields", row: "9\t7\t\\N\t1\t\\N\t\\N", found: "public.fields.fields_fk"),
    ])
    func whatIsWrongIsFound(_ wrong: Break) throws {
        var dump = Self.farm
        dump[wrong.table].rows.append(wrong.row)
        for reading in try dump.inspected() {
            let rows = try #require(reading.rows)
            let columns = rows.tables.flatMap { table in
                table.results.filter { $0.findings.misfits + $0.findings.nulls > 0 }.map(\.column.name)
            }
            let keys = outcomes(rows).filter { key in
                switch key.value {
                case .duplicates(1, 1), .orphans(1): true
                default: false
                }
            }
            #expect(columns + keys.keys == [wrong.found], "\(columns), \(outcomes(rows))")
        }
    }

    @Test("Rows of partitions are the rows of their root")
    func partitions() throws {
        var dump = SmallDump(
            tables: [
                .init(
                    name: "root", definition: "    k integer NOT NULL,\n    day date NOT NULL",
                    options: "\nPARTITION BY RANGE (day)"),
                .init(
                    name: "one", definition: "    k integer NOT NULL,\n    day date NOT NULL", columns: ["k", "day"],
                    rows: ["1\t2024-01-01"]),
                .init(
                    name: "two", definition: "    day date NOT NULL,\n    k integer NOT NULL", columns: ["day", "k"],
                    rows: ["2024-02-01\t1"]),
                .init(
                    name: "child", definition: "    k integer,\n    day date", columns: ["k", "day"],
                    rows: ["1\t2024-02-01", "1\t2024-01-01", "\\N\t2024-03-01"]),
            ],
            others: [
                (
                    "TABLE ATTACH",
                    "ALTER TABLE ONLY public.root ATTACH PARTITION public.one FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');\n"
                ),
                ("TABLE ATTACH", "ALTER TABLE ONLY public.root ATTACH PARTITION public.two DEFAULT;\n"),
                ("CONSTRAINT", "ALTER TABLE ONLY public.root\n    ADD CONSTRAINT root_pkey PRIMARY KEY (k, day);\n"),
                ("CONSTRAINT", "ALTER TABLE ONLY public.one\n    ADD CONSTRAINT one_pkey PRIMARY KEY (k, day);\n"),
                (
                    "FK CONSTRAINT",
                    "ALTER TABLE ONLY public.child\n    ADD CONSTRAINT child_fk FOREIGN KEY (k, day) REFERENCES public.root(k, day);\n"
                ),
            ])
        for reading in try dump.inspected() {
            #expect(
                outcomes(try #require(reading.rows)) == [
                    "public.one_pkey": .holds(rows: 1), "public.child.child_fk": .holds(rows: 2),
                ])
            #expect(reading.notices?.tablesWithoutRows == [])
        }
        dump["two"].rows = []
        for reading in try dump.inspected() {
            #expect(outcomes(try #require(reading.rows))["public.child.child_fk"] == .orphans(rows: 1))
        }
        dump["two"].columns = nil
        for reading in try dump.inspected() {
            #expect(
                outcomes(try #require(reading.rows))["public.child.child_fk"]
                    == .unchecked("the rows of public.two are not in the dump"))
            #expect(reading.notices?.tablesWithoutRows == ["public.two"])
        }
    }

    @Test("MATCH FULL, NOT VALID and a key of another type")
    func otherKeys() throws {
        func dump(_ type: String, _ options: String) -> SmallDump {
            SmallDump(
                tables: [
                    .init(name: "p", definition: "    a \(type),\n    b integer", columns: ["a", "b"], rows: ["1\t1"]),
                    .init(
                        name: "c", definition: "    a integer,\n    b integer", columns: ["a", "b"],
                        rows: ["1\t1", "1\t\\N", "\\N\t\\N"]),
                ],
                others: [
                    (
                        "FK CONSTRAINT",
                        "ALTER TABLE ONLY public.c\n    ADD CONSTRAINT fk FOREIGN KEY (a, b) REFERENCES public.p(a, b)\(options);\n"
                    )
                ])
        }
        func outcome(_ type: String, _ options: String) throws -> KeyFinding {
            try #require(dump(type, options).inspected()[0].rows?.foreignKeys.first)
        }
        #expect(try outcome("bigint", "").outcome == .holds(rows: 1))
        #expect(try outcome("bigint", " MATCH FULL").outcome == .orphans(rows: 1))
        let known = try outcome("bigint", " MATCH FULL NOT VALID")
        #expect(known.isUnproven && known.outcome == .orphans(rows: 1))
        #expect(try outcome("numeric", "").outcome == .unchecked("a and a are of types whose texts cannot be compared"))
        #expect(try dump("bigint", " NOT VALID").inspected()[0].notices?.notValid == ["public.c.fk"])
    }

    @Test("Where half of a letter may look like a backslash, nothing is judged")
    func encodings() throws {
        var dump = Self.farm
        dump.encoding = "SJIS"
        for reading in try dump.inspected() {
            let rows = try #require(reading.rows)
            #expect(
                rows.tables.map(\.unchecked) == Array(repeating: "only a server takes text in SJIS apart", count: 2))
            #expect(
                rows.foreignKeys.map(\.outcome) == [
                    .unchecked("public.farmers: only a server takes text in SJIS apart")
                ])
        }
    }

    @Test("Keys that do not fit into memory are compared all the same")
    func manyKeys() throws {
        var dump = Self.farm
        dump["farmers"].rows = (0..<40_000).map { "\($0 * 7919 % 40_000)\t\\N\t\\N" }
        dump["fields"].rows = (0..<40_000).map { "\($0)\t\($0 * 104_729 % 40_001)\t\\N\t1\t\\N\t\\N" }
        for reading in try dump.inspected(memory: 1 << 18) {
            let found = outcomes(try #require(reading.rows))
            #expect(found["public.farmers_pkey"] == .holds(rows: 40_000))
            #expect(found["public.fields.fields_fk"] == .orphans(rows: 1))
        }
    }
}
