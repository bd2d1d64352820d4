import Foundation
import Postgres
import Rows
import TestSupport
import Testing

@testable import ColdTier

/// PostgreSQL itself says what its values look like, and which slices have values that Parquet cannot hold.
@Suite struct ParquetServerTests {
    @Test("Floats are printed as the server prints them, bit by bit")
    func floats() async throws {
        try await TestServer.lent { server in
            try await withConnection(
                to: server.target(database: "postgres"), settings: CanonicalSettings.values
            ) { connection in
                var generator = SeededGenerator(3)
                // Random bits; powers of two and their neighbours, where halves are; short decimals.
                var doubles = (0..<20_000).map { _ in UInt64.random(in: 0..<0x7ff0 << 48, using: &generator) }
                for exponent in UInt64(0)..<0x7ff {
                    doubles += [exponent << 52, exponent << 52 + 1, (exponent + 1) << 52 - 1]
                }
                doubles += (0..<5000).map { _ in
                    (Double(Int64.random(in: 0...1 << 54, using: &generator)) / 1024).bitPattern
                }
                doubles += (0..<5000).map { Double("\($0)e\(Int($0) % 40 - 20)")!.bitPattern }
                let numbers = doubles.map(Double.init(bitPattern:)).filter(\.isFinite)
                let sent = "{" + numbers.map { "\($0)" }.joined(separator: ",") + "}"
                let printed: [String] = try await connection.query(
                    "SELECT t::text AS text FROM unnest($1::float8[]) AS t", [sent]
                ).map { try $0.need("text") }
                #expect(printed.count == numbers.count)
                let wrong = zip(numbers, printed).filter { text(of: $0) != $1 }
                #expect(wrong.isEmpty, "\(wrong.prefix(5).map { "\($0.0.bitPattern) \($0.1) \(text(of: $0.0))" })")
                let singles =
                    numbers.map(Float.init).filter(\.isFinite)
                    + (0..<20_000).map { _ in Float(bitPattern: UInt32.random(in: 0..<0x7f80 << 16, using: &generator))
                    }
                let short: [String] = try await connection.query(
                    "SELECT t::text AS text FROM unnest($1::float4[]) AS t",
                    ["{" + singles.map { "\($0)" }.joined(separator: ",") + "}"]
                ).map { try $0.need("text") }
                let others = zip(singles, short).filter { text(of: $0) != $1 }
                #expect(others.isEmpty, "\(others.prefix(5).map { "\($0.0.bitPattern) \($0.1) \(text(of: $0.0))" })")
            }
        }
    }

    private func text<Number: BinaryFloatingPoint>(of number: Number) -> String {
        withUnsafeTemporaryAllocation(byteCount: 64, alignment: 8) { buffer in
            var output = buffer.baseAddress.unsafelyUnwrapped
            if let number = number as? Float {
                FloatText.put(number, &output)
            } else {
                FloatText.put(Double(number), &output)
            }
            return String(decoding: buffer[..<(output - buffer.baseAddress!)], as: UTF8.self)
        }
    }

    /// Columns that fit in January 2023, and each in another way not in February.
    private static let odd = """
        CREATE DOMAIN percent AS numeric(5,2);
        CREATE DOMAIN series AS date[];
        CREATE TABLE odd (at timestamptz, exact numeric(10,2), share percent, loose numeric, day date, local timestamp,
            far timestamp, list int[], sums numeric(4,1)[], days series, boxes box[], one double precision);
        INSERT INTO odd SELECT timestamptz '2023-01-01' + n * interval '6 hours', n, n, n, '2023-01-01', '2023-01-01',
            '2023-01-01', ARRAY[n, NULL], ARRAY[1.5, NULL], ARRAY['2023-01-01'::date, NULL], ARRAY[box '((1,1),(0,0))'], 'NaN'
        FROM generate_series(0, 239) n;
        INSERT INTO odd VALUES
            ('2023-02-03', 'NaN', 1, 1, '2023-01-01', 'infinity', '294276-12-31', '[0:1]={1,2}', '{NaN}', '{-infinity}', '{}', 1),
            ('2023-02-04', 1, 'NaN', 1, '-infinity', '2023-01-01', 'infinity', '{{1},{2}}', '{1.0}', NULL, NULL, NULL),
            ('-infinity', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
        """

    @Test("Which column of which slice fell back, and why, is in the manifest; strict types refuse instead")
    func fallbacks() async throws {
        try await ColdDesk.with(Self.odd) { desk in
            await #expect {
                try await desk.export((name: "odd", column: "at")) {
                    $0.layout = .parquet
                    $0.strictTypes = true
                }
            } throws: { error in
                guard case ExportError.fallbacks(let columns) = error else { return false }
                return columns.contains { $0.contains("public.odd 2023-02, column exact: its values include NaN") }
            }
            #expect(desk.files.isEmpty)
            let exported = try await desk.export((name: "odd", column: "at")) { $0.layout = .parquet }
            #expect(exported.judgement.verdict == .passed, "\(ColdDesk.complaints(exported.findings))")
            let slices = Dictionary(
                uniqueKeysWithValues: exported.manifest.tables[0].slices.map { slice in
                    (slice.name, (slice.fallbacks ?? []).map { "\($0.column) \($0.reason.rawValue)" })
                })
            #expect(
                slices == [
                    "-infinity": ["loose digits", "at infinity"], "2023-01": ["loose digits"],
                    "2023-02": [
                        "loose digits", "exact nan", "share nan", "day infinity", "local infinity", "far infinity",
                        "list shape", "sums nan", "days infinity",
                    ], "2023-03": ["loose digits"],
                ])
            #expect(desk.files.allSatisfy { $0.hasSuffix(".parquet") } && desk.files.count == 4)
            #expect(try await desk.verify().judgement.verdict == .passed)
            try await desk.create("target")
            let imported = try await desk.load(into: "target")
            #expect(imported.judgement.verdict == .passed, "\(ColdDesk.complaints(imported.findings))")
            try await desk.expectSame("SELECT * FROM odd", in: "target")
            // Strict types do not refuse what was exported before.
            let again = try await desk.export((name: "odd", column: "at")) {
                $0.layout = .parquet
                $0.strictTypes = true
            }
            #expect(again.judgement.verdict == .passed && again.added == 0)
        }
    }

    @Test(
        "A table of 1,600 columns goes there and back, and a partition without rows is no slice",
        arguments: ExportLayout.allCases)
    func extremes(_ layout: ExportLayout) async throws {
        let columns = (1..<1600).map { number in
            switch number % 5 {
            case 0: "c\(number) numeric(4,2)"
            case 1: "c\(number) boolean"
            case 2: "c\(number) text"
            case 3: "c\(number) int[]"
            default: "c\(number) date"
            }
        }
        // A row must fit in a page: most values are NULL.
        let some = stride(from: 5, to: 1600, by: 50).map { "c\($0)" }
        try await ColdDesk.with(
            """
            CREATE TABLE wide (at timestamp, \(columns.joined(separator: ", "))) PARTITION BY RANGE (at);
            CREATE TABLE wide_10 PARTITION OF wide FOR VALUES FROM ('2023-10-01') TO ('2023-11-01');
            CREATE TABLE wide_11 PARTITION OF wide FOR VALUES FROM ('2023-11-01') TO ('2023-12-01');
            CREATE TABLE wide_12 PARTITION OF wide FOR VALUES FROM ('2023-12-01') TO ('2024-01-01');
            INSERT INTO wide (at, \(some.joined(separator: ", ")), c1, c2, c3, c4)
            SELECT timestamp '2023-10-01' + i * interval '1 day', \(some.map { _ in "i" }.joined(separator: ", ")),
                true, 'text', ARRAY[i, NULL], CASE i WHEN 70 THEN 'infinity'::date ELSE '2023-01-01' END
            FROM generate_series(0, 91) i;
            DELETE FROM wide_11;
            """
        ) { desk in
            let exported = try await desk.export((name: "wide", column: "at")) {
                $0.layout = layout
                $0.compression.rowGroupBytes = 64 << 10
            }
            #expect(exported.judgement.verdict == .passed, "\(ColdDesk.complaints(exported.findings))")
            let slices = exported.manifest.tables[0].slices
            #expect(slices.map(\.name) == ["2023-10", "2023-12"])
            #expect(
                slices.map(\.fallbacks)
                    == (layout == .parquet ? [nil, [.init(column: "c4", reason: .infinity)]] : [nil, nil]))
            #expect(try await desk.verify().judgement.verdict == .passed)
            try await desk.create("target")
            let imported = try await desk.load(into: "target")
            #expect(imported.judgement.verdict == .passed, "\(ColdDesk.complaints(imported.findings))")
            try await desk.expectSame("SELECT * FROM wide", in: "target")
        }
    }

    @Test(
        "A partition that is one period is asked without being counted; damage in files of several row groups is found")
    func partitionsAndDamage() async throws {
        try await ColdDesk.with(
            """
            CREATE TABLE log (at timestamptz NOT NULL, price numeric(6,2), note text) PARTITION BY RANGE (at);
            CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2023-01-01') TO ('2023-02-01');
            CREATE TABLE log_2 PARTITION OF log FOR VALUES FROM ('2023-02-01') TO ('2023-03-01');
            INSERT INTO log SELECT timestamptz '2023-01-01' + n * interval '1 hour', n, repeat('note ', n % 40)
                FROM generate_series(0, 1400) n;
            UPDATE log SET price = 'NaN' WHERE at = '2023-02-05';
            """
        ) { desk in
            let exported = try await desk.export((name: "log", column: "at"), before: "2023-03-01") {
                $0.layout = .parquet
                $0.compression.rowGroupBytes = 64 << 10
            }
            #expect(exported.judgement.verdict == .passed, "\(ColdDesk.complaints(exported.findings))")
            let slices = exported.manifest.tables[0].slices
            #expect(slices.map { $0.fallbacks?.map(\.column) } == [nil, ["price"]])
            #expect(slices.allSatisfy { $0.parts[0].rowGroups > 1 && $0.partitions.count == 1 })
            let file = slices[0].parts[0].file
            let original = try Data(contentsOf: URL(filePath: desk.output.appending(file).string))
            // In a page, in the footer, and a file that is as long and is not Parquet.
            for change in [
                { (bytes: inout [UInt8]) in bytes[bytes.count / 2] ^= 1 }, { $0[$0.count - 60] ^= 1 },
                { $0 = [UInt8](repeating: 0x50, count: $0.count) },
            ] {
                try desk.damage(file, change)
                let verified = try await desk.verify()
                #expect(verified.judgement.verdict == .failed)
                #expect(verified.findings.filter { $0.status == .failed }.map(\.subject) == [file])
                try original.write(to: URL(filePath: desk.output.appending(file).string))
            }
            #expect(try await desk.verify().judgement.verdict == .passed)
        }
    }
}
