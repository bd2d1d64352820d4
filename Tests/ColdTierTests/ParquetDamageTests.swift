import ColdTier
import Findings
import Foundation
import SystemPackage
import TestSupport
import Testing

/// A Parquet file of an export that is not what was written is found, whatever happened to it.
@Suite struct ParquetDamageTests {
    private static let few = """
        CREATE TABLE few (id int, note text, tags int[], at timestamptz);
        INSERT INTO few SELECT i, CASE i % 3 WHEN 0 THEN 'often' ELSE NULLIF(repeat('x', i), 'x') END, ARRAY[i, NULL],
            timestamptz '2023-10-05' + i * interval '1 hour' FROM generate_series(0, 19) i;
        """

    private static func subjects(_ result: VerifyResult) -> [String] {
        result.findings.filter { $0.status == .failed }.map(\.subject)
    }

    @Test("Every byte that is changed, and every length to which the file is cut")
    func everyByte() async throws {
        try await ColdDesk.with(Self.few) { desk in
            let exported = try await desk.export((name: "few", column: "at")) { $0.layout = .parquet }
            let file = try #require(exported.manifest.tables.first?.slices.first?.parts.first?.file)
            let url = URL(filePath: desk.output.appending(file).string)
            let original = [UInt8](try Data(contentsOf: url))
            for place in original.indices {
                var changed = original
                changed[place] ^= 1 << UInt8(place % 8)
                try Data(changed).write(to: url)
                #expect(Self.subjects(try await desk.verify()) == [file], "byte \(place) of \(original.count)")
                try Data(original[..<place]).write(to: url)
                #expect(Self.subjects(try await desk.verify()) == [file], "cut at byte \(place)")
            }
            try Data(original + [0]).write(to: url)
            #expect(Self.subjects(try await desk.verify()) == [file])
            try Data(original).write(to: url)
            #expect(try await desk.verify().judgement.verdict == .passed)
        }
    }

    @Test("A file with the same rows that another program wrote, and an older one of our own")
    func otherFiles() async throws {
        try await ColdDesk.with(Self.few) { desk in
            let exported = try await desk.export((name: "few", column: "at")) { $0.layout = .parquet }
            let table = exported.manifest.tables[0]
            let file = table.slices[0].parts[0].file
            let path = desk.output.appending(file)
            let original = try Data(contentsOf: URL(filePath: path.string))
            let other = desk.root.appending("other.parquet")
            let asked = Engines.Table(
                path: desk.output.appending(table.directory), layout: "parquet", timeColumn: "at",
                queries: [
                    "COPY (SELECT * EXCLUDE month FROM exported) TO '\(other)' (FORMAT parquet, CODEC zstd)",
                    "SELECT count(*), count(note), count(tags) FROM '\(other)'",
                ])
            let answers = try await Engines.ask(.duckdb, [asked])
            #expect(try answers[0].get().answers[1] == [["20", "19", "20"]])
            try Data(contentsOf: URL(filePath: other.string)).write(to: URL(filePath: path.string))
            let verified = try await desk.verify()
            #expect(Self.subjects(verified) == [file])
            #expect(verified.judgement.verdict == .failed)
            // The same table a day later: another row, a good file, and not the one that was signed.
            try original.write(to: URL(filePath: path.string))
            try await desk.execute("UPDATE few SET id = 100 WHERE id = 1")
            let again = desk.root.appending("again").string
            try await desk.export((name: "few", column: "at")) {
                $0.layout = .parquet
                $0.output = again
            }
            try Data(contentsOf: URL(filePath: "\(again)/\(file)")).write(to: URL(filePath: path.string))
            let replaced = try await desk.verify()
            #expect(Self.subjects(replaced) == [file])
            #expect(replaced.judgement.verdict == .failed)
        }
    }
}
