import Bytes
import Rows
import TestSupport
import Testing

@testable import Archive

extension CopyData {
    /// - Parameters:
    ///   - columns: how many fields each row has.
    ///   - times: the indices of those that hold a time with a time zone, from 0.
    fileprivate convenience init(columns: Int, times: [Int], encoding: TextEncoding) {
        let names = (0..<columns).map { "c\($0)" }
        let list = names.isEmpty ? "" : "(\(names.joined(separator: ", ")))"
        self.init(
            CopyTarget(parsing: "COPY t \(list) FROM stdin;")!, timeColumns: Set(times.map { names[$0] }),
            encoding: encoding)
    }
}

@Suite(.keepsItsThread) struct CopyDataTests {
    private func reading(
        _ text: String, columns: Int, times: [Int] = [], cuts: [Int] = [], encoding: TextEncoding = .utf8
    ) -> (data: CopyData, problem: String?) {
        let bytes = Array(text.utf8)
        let data = CopyData(columns: columns, times: times, encoding: encoding)
        for (from, to) in zip([0] + cuts, cuts + [bytes.count]) { bytes[from..<to].withUnsafeBytes { data.take($0) } }
        return (data, data.finish())
    }

    private func digest(_ rows: [String]) -> TableDigest {
        var digest = TableDigest()
        for row in rows { Array(row.utf8).withUnsafeBytes { digest.add(row: $0) } }
        return digest
    }

    @Test("Rows are the same wherever their bytes are cut")
    func cuts() {
        let rows = ["1\ta\\tb", "2\t\\N", "\t", "üü\t\\\\."]
        let text = rows.map { $0 + "\n" }.joined() + "\\.\n\n\n"
        let count = text.utf8.count
        for first in 0...count {
            for second in first...count {
                let (data, problem) = reading(text, columns: 2, cuts: [first, second])
                #expect(problem == nil && data.digest == digest(rows), "cut at \(first) and \(second)")
            }
        }
        #expect(reading(text, columns: 2, cuts: Array(0...count)).problem == nil)
        #expect(reading("\n\n\\.\n\n\n", columns: 0).data.digest == digest(["", ""]))
        #expect(reading("\n\\.\n\n\n", columns: 1).data.digest == digest([""]))
    }

    @Test("Every end but the right one is named")
    func ends() {
        let text = "1\ta\n2\tb\n\\.\n\n\n"
        for cut in 0..<text.utf8.count {
            #expect(reading(String(text.prefix(cut)), columns: 2).problem != nil, "cut to \(cut)")
        }
        for behind in ["\n", "x", "1\ta\n"] {
            #expect(reading(text + behind, columns: 2).problem == "something follows its end-of-data mark")
        }
    }

    @Test("Each row has as many fields as there are columns", arguments: [0, 1, 2, 3, 40])
    func fields(_ columns: Int) {
        for found in 0...41 where found != 0 || columns != 1 {
            let row = found == 0 ? "" : (0..<found).map { "value \($0)" }.joined(separator: "\t")
            let problem = reading(row + "\n\\.\n\n\n", columns: columns, cuts: [row.utf8.count / 2]).problem
            let expected = found == 0 && columns > 0 ? 1 : found
            #expect((problem == nil) == (expected == columns), "\(found) of \(columns): \(problem ?? "none")")
        }
    }

    @Test("A row longer than what is held has the same digest")
    func long() {
        let row = "1\t" + String(repeating: "long ü\\t", count: 300_000) + "\t3"
        let text = row + "\n2\t\t\n\\.\n\n\n"
        let cuts = Array(stride(from: 100_000, to: text.utf8.count, by: 100_000))
        let (data, problem) = reading(text, columns: 3, cuts: cuts)
        #expect(problem == nil)
        #expect(data.digest == digest([row, "2\t\t"]))
        #expect(reading(text, columns: 4, cuts: cuts).problem?.contains("3 fields") == true)
        #expect(!reading(text, columns: 3, times: [0], cuts: cuts).data.isExact)
    }

    @Test(
        "Times are brought to UTC",
        arguments: [
            ("2022-07-01 14:00:00.5+02", "2022-07-01 12:00:00.5+00"),
            ("2022-01-01 00:30:00+05:30", "2021-12-31 19:00:00+00"),
            ("2022-12-31 23:30:00-03:30", "2023-01-01 03:00:00+00"),
            ("1880-01-01 00:53:28+00:53:28", "1880-01-01 00:00:00+00"),
            ("0001-01-01 00:30:00+01", "0001-12-31 23:30:00+00 BC"),
            ("0044-03-15 12:00:00-01 BC", "0044-03-15 13:00:00+00 BC"), ("infinity", "infinity"), ("\\N", "\\N"),
            ("2022-07-01 12:00:00+00", "2022-07-01 12:00:00+00"), ("no time", "no time"),
        ])
    func times(_ local: String, _ utc: String) {
        let (data, problem) = reading("a\t\(local)\tb\n\\.\n\n\n", columns: 3, times: [1])
        #expect(problem == nil)
        #expect(data.digest == digest(["a\t\(utc)\tb"]))
    }

    @Test(
        "Bytes that are no text are named",
        arguments: [
            [0xFF], [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC3, 0x28],
            [0x00],
            [0xF8, 0x88, 0x80, 0x80, 0x80], [0x80],
        ] as [[UInt8]])
    func text(_ bytes: [UInt8]) {
        let whole = Array(repeating: UInt8(ascii: "x"), count: 21) + bytes + Array("\n\\.\n\n\n".utf8)
        for cut in 20..<24 {
            let data = CopyData(columns: 1, times: [], encoding: .utf8)
            whole[..<cut].withUnsafeBytes { data.take($0) }
            whole[cut...].withUnsafeBytes { data.take($0) }
            #expect(data.finish()?.contains("is not text in UTF8") == true)
        }
        let latin = CopyData(columns: 1, times: [], encoding: TextEncoding("LATIN1"))
        whole.withUnsafeBytes { latin.take($0) }
        #expect((latin.finish() == nil) == !bytes.contains(0))
    }

    @Test("Text is right exactly where Swift says so, whatever is around it and wherever it is cut")
    func textAgainstSwift() {
        var random = SeededGenerator(3)
        let pieces = ["a", " ", "plain text of many letters ", "я", "привет ", "日本", "😀", "é"].map { Array($0.utf8) }
        for _ in 0..<3000 {
            var bytes = (0..<Int.random(in: 1...12, using: &random)).flatMap { _ in
                pieces.randomElement(using: &random)!
            }
            if Bool.random(using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 1 ... .max, using: &random)
            }
            let cut = Int.random(in: 0...bytes.count, using: &random)
            var check = TextCheck(.utf8)
            let found = [bytes[..<cut], bytes[cut...]].contains { part in part.withUnsafeBytes { check.take($0) } != nil
            }
            let isRight = String(validating: bytes, as: UTF8.self) != nil
            #expect((!found && check.isAtEnd) == isRight, "\(bytes) cut at \(cut)")
        }
    }

    @Test func columnsAndTimesOfDefinitions() throws {
        let target = try #require(CopyTarget(parsing: "COPY public.\"t, \"\"x\" (a, \"b; c\", d) FROM stdin;\n"))
        #expect(target.table == CopiedTable(schema: "public", name: "t, \"x"))
        #expect(target.columns == ["a", "b; c", "d"])
        #expect(CopyTarget(parsing: "COPY public.t  FROM stdin;\n")?.columns == [])
        #expect(CopyTarget(parsing: "COPY public.t (a) FROM stdin; DROP TABLE t;") == nil)
        let definition = """
            CREATE UNLOGGED TABLE public.t (
                at timestamp with time zone DEFAULT now() NOT NULL,
                "when" timestamp(3) with time zone,
                local timestamp without time zone,
                many timestamp with time zone[],
                n numeric(10,2) DEFAULT (1 + 2),
                last timestamp with time zone,
                CONSTRAINT c CHECK ((at > '2000-01-01 00:00:00+00'::timestamp with time zone))
            )
            """
        var schema = DumpSchema()
        schema.take(SQLTokens(definition))
        let table = try #require(DumpSchema.created(by: definition))
        let columns = ["at", "when", "local", "many", "n", "last"]
        #expect(schema.timeColumns(of: table, among: columns) == ["at", "when", "last"])
    }
}
