import ColdTier
import Evidence
import Foundation
import Postgres
import Storage
import SystemPackage
import TestSupport
import Testing

/// Rows are found in an export, proven, and little of it is read.
@Suite struct GetTests {
    /// Rows of about 1 kB that zstd hardly compresses, 20,000 in each of two months.
    private static let entries = """
        CREATE TABLE entries (id bigint PRIMARY KEY, at timestamptz, ref uuid, kind text, data jsonb);
        INSERT INTO entries SELECT i, timestamptz '2023-01-01' + i * interval '2 minutes',
            md5(i::text)::uuid, CASE WHEN i % 7 = 0 THEN E'a "b"\\t\\\\' ELSE 'plain' END,
            jsonb_build_object('n', i, 'text', (SELECT string_agg(md5((i * j)::text), '') FROM generate_series(1, 30) j))
        FROM generate_series(0, 39999) i;
        """

    @Test(
        "One row of many, in every layout: what PostgreSQL has, and less than a hundredth of the bytes",
        arguments: ExportLayout.allCases)
    func one(_ layout: ExportLayout) async throws {
        try await ColdDesk.with(Self.entries) { desk in
            try await desk.export((name: "entries", column: "at"), before: "2023-03-01") {
                $0.layout = layout
                $0.compression.rowGroupBytes = 128 << 10
            }
            let found = try await desk.get("entries", key: ["31235"]) { $0.layout = .copy }
            let row = try await desk.row("SELECT * FROM entries WHERE id = 31235")
            #expect(found.rows == [row])
            #expect(found.result.rows == 1 && found.result.groupsRead == 1 && found.result.groups > 100)
            #expect(found.result.bytesRead * 100 < found.result.bytes, "\(found.result)")
            #expect(found.result.bytesRead > 0)
            // The same row by its time; and the last and the first one.
            let time = try await desk.value("SELECT at::text FROM entries WHERE id = 31235")
            let byTime = try await desk.get("entries", where: ["at=\(time!)", "kind=plain"]) { $0.layout = .copy }
            #expect(byTime.rows == [row] && byTime.result.groupsRead == 1)
            for id in [0, 39999] {
                #expect(try await desk.get("entries", key: ["\(id)"]).rows.count == 1)
            }
            let none = try await desk.get("entries", key: ["40000"])
            #expect(none.rows.isEmpty && none.result.groupsRead == 0)
        }
    }

    @Test("A value of any column: everything is read, and rows come as JSON, many of them")
    func many() async throws {
        try await ColdDesk.with(Self.entries) { desk in
            try await desk.export((name: "entries", column: "at"), before: "2023-03-01") {
                $0.layout = .parquet
                $0.compression.rowGroupBytes = 4 << 20
            }
            let found = try await desk.get("entries", where: ["kind=a \"b\"\t\\"])
            let expected = try await desk.value("SELECT count(*)::text FROM entries WHERE kind <> 'plain'")
            #expect("\(found.rows.count)" == expected)
            #expect(found.result.groupsRead == found.result.groups)
            let object = try JSONSerialization.jsonObject(with: Data(found.rows[0].utf8)) as? [String: Any]
            #expect(object?["kind"] as? String == "a \"b\"\t\\")
            // More than is kept in memory before it is proven: one frame of everything.
            try FileManager.default.removeItem(atPath: desk.output.string)
            try await desk.export((name: "entries", column: "at"), before: "2023-03-01") {
                $0.compression.singleFrame = true
            }
            let plain = try await desk.get("entries", where: ["kind=plain"])
            #expect(plain.result.groups == 2 && plain.rows.count + found.rows.count == 40000)
            #expect(Set(plain.rows).count == plain.rows.count)
        }
    }

    @Test(
        "A damaged row group is named, and none of its rows is printed; the others are not read",
        arguments: [ExportLayout.csv, .jsonl, .copy, .parquet])
    func damaged(_ layout: ExportLayout) async throws {
        try await ColdDesk.with(Self.entries) { desk in
            let exported = try await desk.export((name: "entries", column: "at"), before: "2023-03-01") {
                $0.layout = layout
                $0.compression.rowGroupBytes = 128 << 10
            }
            let part = exported.manifest.tables[0].slices[0].parts[0]
            let groups = try #require(part.groups)
            let start = groups[..<3].reduce(layout == .parquet ? 4 : 0) { $0 + Int($1.bytes) }
            for offset in [0, 20, Int(groups[3].bytes) / 2, Int(groups[3].bytes) - 1] {
                try desk.damage(part.file) { $0[start + offset] ^= 0x10 }
                var printed = 0
                do {
                    try await desk.get("entries", key: [groups[3].lastKey!], output: { printed += $0.count })
                    Issue.record("nothing was noticed")
                } catch let error as GetError {
                    #expect(error.description.contains("\(part.file) is not what was exported: row group 3: "))
                }
                #expect(printed == 0)
                #expect(try await desk.get("entries", key: [groups[4].firstKey!]).rows.count == 1)
                try desk.damage(part.file) { $0[start + offset] ^= 0x10 }
            }
            // Another good row group in its place: the file is shorter.
            try desk.damage(part.file) { $0.removeSubrange(start..<start + Int(groups[3].bytes)) }
            await #expect(throws: (any Error).self) { try await desk.get("entries", key: [groups[3].firstKey!]) }
        }
    }

    @Test("Keys of several columns, of other types, and none; columns that came later")
    func keys() async throws {
        try await ColdDesk.with(
            """
            CREATE TABLE pairs (who text, no int, at date, PRIMARY KEY (who, no));
            INSERT INTO pairs SELECT 'p=' || i % 3, i, date '2023-01-01' + i % 20 FROM generate_series(0, 99) i;
            CREATE TABLE refs (ref uuid PRIMARY KEY, at timestamp(0), "a=b" numeric(5,2), ok boolean);
            INSERT INTO refs SELECT md5(i::text)::uuid, timestamp '2023-01-01' + i * interval '1 hour', i / 4.0, i % 2 = 0
            FROM generate_series(0, 99) i;
            CREATE TABLE loose (id int, at date);
            INSERT INTO loose SELECT i / 2, '2023-01-05' FROM generate_series(0, 9) i;
            """
        ) { desk in
            let all = [(name: "pairs", column: "at"), (name: "refs", column: "at"), (name: "loose", column: "at")]
            let draft = try await exportRows(
                desk.request(all, before: "2023-02-01"), from: desk.server.target(database: "source")
            ) { _ in }
            _ = try await publish(draft) { _ in }
            #expect(
                try await desk.get("pairs", key: ["p=1", "7"]).rows == [#"{"who":"p=1","no":7,"at":"2023-01-08"}"#])
            #expect(try await desk.get("pairs", key: ["p=1", "8"]).rows.isEmpty)
            let ref = try #require(try await desk.value("SELECT upper(ref::text) FROM refs WHERE \"a=b\" = 10.25"))
            #expect(try await desk.get("refs", key: [ref]).rows.count == 1)
            #expect(try await desk.get("refs", where: ["a=b=10.25", "ok=false"]).rows.count == 1)
            #expect(try await desk.get("refs", where: ["at=2023-01-02 17:00:00"]).rows.count == 1)
            #expect(try await desk.get("loose", where: ["id=3"]).rows.count == 2)
            func refused(_ table: String, key: [String] = [], where conditions: [String] = []) async -> String {
                let error = await #expect(throws: GetError.self) {
                    try await desk.get(table, key: key, where: conditions)
                }
                return error?.description ?? ""
            }
            #expect(await refused("none", key: ["1"]).contains("has no table public.none"))
            #expect(await refused("loose", key: ["1"]).contains("has no primary key"))
            #expect(await refused("pairs", key: ["p=1"]).contains("is who, no: give --key once for each"))
            #expect(await refused("loose").contains("say which rows"))
            #expect(await refused("loose", where: ["x=1"]).contains("no column as in “x=1”"))
            #expect(await refused("loose", where: ["id=one"]).contains("write a whole number"))
            #expect(await refused("refs", key: ["12"]).contains("32 hex digits"))
            #expect(await refused("refs", where: ["at=2023-01-02"]).contains("a time as 2022-07-01 12:00:00.5"))
            #expect(await refused("refs", where: ["ok=yes"]).contains("true or false"))
            #expect(await refused("loose", where: ["at=Monday"]).contains("a day as 2022-07-01"))

            try await desk.execute("ALTER TABLE loose ADD more text; INSERT INTO loose VALUES (3, '2023-02-05', 'x')")
            try await desk.export((name: "loose", column: "at"), before: "2023-03-01")
            #expect(try await desk.get("loose", where: ["id=3"]).rows.count == 3)
            #expect(
                try await desk.get("loose", where: ["more=x"]).rows == [#"{"id":3,"at":"2023-02-05","more":"x"}"#])
        }
    }

    @Test("In a bucket, ranges are read")
    func bucket() async throws {
        try await ColdDesk.with(Self.entries) { desk in
            try await ObjectServer.moto { server in
                try await server.makeBucket("cold-get")
                let pgassay = try Program.ofThisPackage("pgassay")
                let environment = server.environment.merging(["PGASSAY_SCRATCH": desk.root.string]) { $1 }
                let source = desk.server.target(database: "source").connectionString
                let exported = try await pgassay.run(
                    [
                        "export", "--database", source, "--table", "entries", "--column", "at", "--before",
                        "2023-03-01", "--output", "s3://cold-get/exports", "--unsigned",
                    ], in: desk.root, environment: environment)
                #expect(exported.exitCode == 0, "\(exported.errors)")
                let found = try await pgassay.run(
                    ["export", "get", "s3://cold-get/exports", "--unsigned", "--table", "entries", "--key", "20001"],
                    in: desk.root, environment: environment)
                #expect(found.exitCode == 0, "\(found.errors)")
                #expect(found.output.hasPrefix(#"{"id":20001,"at":"2023-01-28 "#) && found.output.hasSuffix("}\n"))
                #expect(found.errors.contains("1 row. Read "), "\(found.errors)")
            }
        }
    }
}

extension ColdDesk {
    struct Found: Sendable {
        let rows: [String]
        let result: GetResult
    }

    @discardableResult
    func get(
        _ table: String, key: [String] = [], where conditions: [String] = [],
        _ change: (inout GetRequest) -> Void = { _ in }, output: ([UInt8]) -> Void = { _ in }
    ) async throws -> Found {
        var request = GetRequest(
            location: self.output.string, publicKey: self.key.publicKey, table: TableName(parsing: table)!, key: key,
            conditions: conditions)
        change(&request)
        var bytes: [UInt8] = []
        let result = try await getRows(
            request, emit: { _ in },
            to: {
                bytes += $0
                output($0)
            })
        return Found(
            rows: String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init), result: result)
    }

    /// The one row of a query, as COPY writes it.
    func row(_ query: String) async throws -> String {
        try await withConnection(to: server.target(database: "source"), settings: ["TimeZone": "UTC"]) { connection in
            var bytes: [UInt8] = []
            try await connection.startCopyOut("COPY (\(query)) TO STDOUT")
            while let piece = try await connection.readCopy() { bytes += piece }
            return String(decoding: bytes.dropLast(), as: UTF8.self)
        }
    }
}
