import Testing

@testable import Archive

@Suite(.keepsItsThread) struct InsertDataTests {
    private func reading(_ text: String, cuts: [Int] = [], conforming: Bool = true) -> (rows: Int64, problem: String?) {
        let bytes = Array(text.utf8)
        let data = InsertData(encoding: .utf8, standardConformingStrings: conforming)
        for (from, to) in zip([0] + cuts, cuts + [bytes.count]) { bytes[from..<to].withUnsafeBytes { data.take($0) } }
        let problem = data.finish()
        return (data.rows, problem)
    }

    @Test(
        "Rows are counted as pg_dump writes them",
        arguments: [
            ("INSERT INTO public.t VALUES (1, 'x');\nINSERT INTO public.t VALUES (2, NULL);\n\n\n", 2),
            (
                "INSERT INTO t (a, b) OVERRIDING SYSTEM VALUE VALUES (1, 'a''b;(x\n'), (-2, E'\\'') ON CONFLICT DO NOTHING;\n\n\n",
                2
            ),
            ("INSERT INTO public.\"a'(\" VALUES\n\t(1),\n\t(2),\n\t(3);\n\n\n", 3),
            ("INSERT INTO t DEFAULT VALUES;\nINSERT INTO t DEFAULT VALUES;\n\n\n", 2), ("\n\n", 0),
        ])
    func rows(_ text: String, _ expected: Int64) {
        #expect(reading(text) == (expected, nil))
        for cut in 0...text.utf8.count { #expect(reading(text, cuts: [cut]) == (expected, nil), "cut at \(cut)") }
        for cut in 0..<text.utf8.count { #expect(reading(String(text.prefix(cut))).problem != nil, "cut to \(cut)") }
    }

    @Test func backslashesEscapeWhereTheDumpSaysSo() {
        #expect(reading("INSERT INTO t VALUES ('\\'');\n\n\n", conforming: false).rows == 1)
        #expect(reading("INSERT INTO t VALUES ('\\');\n\n\n").rows == 1)
    }

    @Test(
        "Anything else is named",
        arguments: [
            "DELETE FROM t;\n\n\n", "INSPECT t VALUES (1);\n\n\n", "INSERT INTO t SELECT 1;\n\n\n",
            "INSERT INTO t VALUES (1);\n\n\n\n", "INSERT INTO t VALUES (1);\n\nINSERT INTO t VALUES (1);\n\n\n", "\n",
        ])
    func others(_ text: String) { #expect(reading(text).problem != nil) }
}
