import ColdTier
import Testing

@Suite struct ExportLayoutTests {
    @Test("Engines tell formats by the ends of names")
    func suffixes() {
        #expect(ExportLayout.allCases.map(\.fileSuffix) == [".csv.zst", ".jsonl.zst", ".copy.zst", ".parquet"])
    }
}
