import ColdTier
import Findings
import Foundation
import Postgres
import Rows
import Testing

/// Export, verify, import into an empty database: what comes out is what went in.
@Suite struct RoundTripTests {
    @Test("Every type comes back as it was, in every layout", arguments: ExportLayout.allCases, [15, 17])
    func everyType(_ layout: ExportLayout, _ major: Int) async throws {
        try await ColdDesk.with(major: major, try sql("everything")) { desk in
            let exported = try await desk.export((name: "everything", column: "at"), before: "2023-02-01") {
                $0.layout = layout
                $0.compression.rowGroupBytes = 64 << 10
            }
            #expect(exported.judgement.verdict == .passed, "\(ColdDesk.complaints(exported.findings))")
            #expect(exported.manifest.tables[0].slices.reduce(0) { $0 + $1.digest.rows } == 600)
            let verified = try await desk.verify()
            #expect(verified.judgement.verdict == .passed, "\(ColdDesk.complaints(verified.findings))")
            try await desk.create("target")
            let imported = try await desk.load(into: "target")
            #expect(imported.judgement.verdict == .passed, "\(ColdDesk.complaints(imported.findings))")
            try await desk.expectSame("SELECT * FROM everything", in: "target")
            // What is generated was made again, and what is identity still is.
            #expect(
                try await desk.value("SELECT bool_and(twice = whole * 2)::text FROM everything", in: "target") == "true"
            )
            #expect(
                try await desk.value(
                    "SELECT string_agg(attidentity::text || attgenerated::text, '' ORDER BY attnum) FROM pg_attribute "
                        + "WHERE attrelid = 'everything'::regclass AND attnum > 0", in: "target") == "as")
        }
    }

    /// Larger than a row group, than what is read at once, and than the largest answer of a server to anything but COPY. Rows
    /// of 900 MB were tried by hand: runbooks/cold-storage.md says what they took.
    @Test(
        "A row of 72 MB goes there and back, and stays when another one is erased",
        arguments: [ExportLayout.jsonl, .parquet])
    func largeRow(_ layout: ExportLayout) async throws {
        try await ColdDesk.with(
            """
            CREATE TABLE large (id int PRIMARY KEY, at timestamptz, text text);
            ALTER TABLE large ALTER text SET STORAGE EXTERNAL;
            INSERT INTO large VALUES (1, '2023-10-01', 'small'), (2, '2023-10-02', repeat(E'0123456\\t\\u00fc', 7200000)),
                (3, '2023-10-03', 'small');
            """
        ) { desk in
            let exported = try await desk.export((name: "large", column: "at")) { $0.layout = layout }
            #expect(exported.judgement.verdict == .passed, "\(ColdDesk.complaints(exported.findings))")
            #expect(exported.manifest.tables[0].slices[0].parts[0].rawBytes > 72_000_000)
            #expect(try await desk.get("large", key: ["2"]) { $0.layout = .copy }.rows[0].utf8.count > 72_000_000)
            #expect(try await desk.rewrite("large", "1").rows == 1)
            let verified = try await desk.verify()
            #expect(verified.judgement.verdict == .passed, "\(ColdDesk.complaints(verified.findings))")
            try await desk.create("target")
            let imported = try await desk.load(into: "target")
            #expect(imported.judgement.verdict == .passed, "\(ColdDesk.complaints(imported.findings))")
            let rows = "SELECT string_agg(concat_ws(' ', id, length(text), md5(text)), ', ' ORDER BY id) FROM large"
            #expect(
                try await desk.value(rows, in: "target") == desk.value("\(rows) WHERE id > 1"))
        }
    }

    @Test("Digests of a slice are the same in every layout")
    func sameDigest() async throws {
        try await ColdDesk.with(try sql("everything")) { desk in
            var digests: [[TableDigest]] = []
            for layout in ExportLayout.allCases {
                let exported = try await desk.export((name: "everything", column: "at"), before: "2022-01-01") {
                    $0.layout = layout
                    $0.output = desk.root.appending(layout.rawValue).string
                }
                digests.append(exported.manifest.tables[0].slices.map(\.digest))
            }
            #expect(digests[0].count == 2)
            #expect(Set(digests.map { $0.map(\.hash) }).count == 1)
        }
    }

    @Test("Partitions in other schemas, sub-partitions, leaves with other column orders, and children that inherit")
    func trees() async throws {
        try await ColdDesk.with(
            #"""
            CREATE SCHEMA "Old ""stuff""";
            CREATE TABLE log (id int, at timestamp NOT NULL, kind text, PRIMARY KEY (id, at, kind)) PARTITION BY RANGE (at);
            CREATE TABLE log_a PARTITION OF log FOR VALUES FROM ('2023-01-01') TO ('2023-02-01') PARTITION BY LIST (kind);
            CREATE TABLE log_a1 PARTITION OF log_a FOR VALUES IN ('x');
            CREATE TABLE log_a2 PARTITION OF log_a DEFAULT;
            CREATE TABLE "Old ""stuff"""."log; b" (kind text NOT NULL, gone int, id int NOT NULL, at timestamp NOT NULL);
            ALTER TABLE "Old ""stuff"""."log; b" DROP COLUMN gone;
            ALTER TABLE log ATTACH PARTITION "Old ""stuff"""."log; b" FOR VALUES FROM ('2023-02-01') TO ('2023-03-01');
            CREATE TABLE log_rest PARTITION OF log DEFAULT;
            INSERT INTO log SELECT i, timestamp '2022-12-31' + i * interval '1 hour', CASE i % 3 WHEN 0 THEN 'x' ELSE 'y' END
                FROM generate_series(0, 1600) i;
            CREATE TABLE parent (id int, day date);
            CREATE TABLE child (extra int) INHERITS (parent);
            INSERT INTO parent SELECT i, date '2023-01-01' + i FROM generate_series(0, 40) i;
            INSERT INTO child SELECT i, date '2023-01-01' + i, i FROM generate_series(0, 40) i;
            """#
        ) { desk in
            let exported = try await desk.export(
                (name: "log", column: "at"), (name: "parent", column: "day"), before: "2023-03-01")
            #expect(exported.judgement.verdict == .passed, "\(ColdDesk.complaints(exported.findings))")
            let log = exported.manifest.tables[0]
            #expect(log.slices.map(\.name) == ["2022-12", "2023-01", "2023-02"])
            #expect(log.slices[0].partitions.isEmpty, "the default partition holds other rows too")
            #expect(log.slices[2].partitions == [.init(schema: "Old \"stuff\"", name: "log; b")])
            #expect(exported.manifest.tables[1].slices.map(\.digest.rows) == [62, 20])
            try await desk.create("target")
            #expect(try await desk.load(into: "target").judgement.verdict == .passed)
            try await desk.expectSame("SELECT id, at, kind FROM log WHERE at < '2023-03-01'", in: "target")
        }
    }

    @Test("Names as nobody should give them stay names", arguments: ExportLayout.allCases)
    func names(_ layout: ExportLayout) async throws {
        try await ColdDesk.with(
            #"""
            CREATE SCHEMA "s ""1"".x";
            CREATE TABLE "s ""1"".x"."../tä/ble; DROP" ("a ""b"", c" int, "at
            night" timestamptz, "{""x"": 1}" text);
            INSERT INTO "s ""1"".x"."../tä/ble; DROP" SELECT i, timestamptz '2023-05-01' + i * interval '1 hour', '"' || i
                FROM generate_series(1, 50) i;
            """#
        ) { desk in
            let request = ExportRequest(
                plan: "test",
                tables: [
                    .init(
                        name: TableName(schema: "s \"1\".x", name: "../tä/ble; DROP"), timeColumn: "at\nnight",
                        cutoff: .before("2024-01-01"))
                ], layout: layout, jobs: 2, output: desk.output.string, signer: desk.key, toolVersion: "test")
            let draft = try await exportRows(request, from: desk.server.target(database: "source")) { _ in }
            let exported = try await publish(draft) { _ in }
            #expect(exported.manifest.tables[0].directory == "s%20%221%22.x...%2Ft%C3%A4%2Fble%3B%20DROP")
            #expect(desk.files.count == 1)
            #expect(try await desk.verify().judgement.verdict == .passed)
            try await desk.create("target")
            #expect(try await desk.load(into: "target").judgement.verdict == .passed)
        }
    }
}
