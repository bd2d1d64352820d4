import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Pack

/// VERIFY.md of a pack works as it is printed, with Python and `cryptography` alone.
@Suite struct InstructionsTests {
    private static let python = FilePath(
        ProcessInfo.processInfo.environment["PGASSAY_PYTHON"]
            ?? FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
            .appending(".venv/bin/python").string)

    /// Unpacks a pack by the commands of its own page, and runs the script that is printed there.
    private static func run(
        _ bench: PackBench, _ name: String, change: (FilePath) throws -> Void = { _ in }
    ) async throws -> Program.Outcome {
        let place = bench.directory.appending(name)
        try FileManager.default.createDirectory(atPath: place.string, withIntermediateDirectories: false)
        try Data(try await bench.pack().encoded()).write(to: URL(filePath: place.appending("PACK.tar.zst").string))
        let unpacked = try await Program("/bin/sh").run(
            ["-ec", "zstd -d < PACK.tar.zst | tar -x; rm PACK.tar.zst"], in: place,
            environment: ["PATH": "/usr/bin:/bin"])
        #expect(unpacked.exitCode == 0, "\(unpacked.errors)")
        let page = try String(contentsOfFile: place.appending("VERIFY.md").string, encoding: .utf8)
        #expect(page.contains("    zstd -d < PACK.tar.zst | tar -x\n"))
        let script = try #require(page.split(separator: "```python\n").last?.split(separator: "```").first)
        try Data(script.utf8).write(to: URL(filePath: bench.directory.appending("verify.py").string))
        let key = bench.directory.appending("public-key.pem")
        try Data(bench.key.publicKey.pem.utf8).write(to: URL(filePath: key.string))
        try change(place)
        return try await Program(Self.python).run(
            [bench.directory.appending("verify.py").string, ".", key.string], in: place, environment: [:])
    }

    @Test func theScriptVerifiesAPack() async throws {
        try await PackBench.with { bench in
            try await bench.fill()
            let outcome = try await Self.run(bench, "good")
            #expect(outcome.exitCode == 0, "\(outcome.output) \(outcome.errors)")
            #expect(outcome.output.hasSuffix("8 entries, 0 problems\n"), "\(outcome.output)")
            #expect(outcome.output.split(separator: "\n").count { $0.hasPrefix("passed ") } == 2)
            #expect(outcome.output.split(separator: "\n").count { $0.hasPrefix("failed ") } == 1)
        }
    }

    @Test func theScriptFindsWhatWasDone() async throws {
        try await PackBench.with { bench in
            try await bench.fill()
            func report(_ place: FilePath, _ number: Int) throws -> FilePath {
                let names = try FileManager.default.contentsOfDirectory(atPath: place.appending("reports").string)
                return place.appending("reports").appending(
                    names.filter { $0.hasSuffix(".dsse.json") }.sorted()[number])
            }
            func edit(_ file: FilePath) throws {
                var data = try Data(contentsOf: URL(filePath: file.string))
                data[data.count / 2] ^= 1
                try data.write(to: URL(filePath: file.string))
            }
            let damages: [(String, String, (FilePath) throws -> Void)] = [
                (
                    "gone", "is gone: entry 4, failed",
                    { try FileManager.default.removeItem(atPath: report($0, 1).string) }
                ),
                ("page", "overview.txt is not what was signed", { try edit($0.appending("overview.txt")) }),
                (
                    "entries", "the entries do not lead to the root",
                    { try edit($0.appending("ledger/tile/entries/000.p/8")) }
                ),
                (
                    "more", "reports/more was put in",
                    { try Data([1]).write(to: URL(filePath: $0.appending("reports/more").string)) }
                ),
            ]
            for (name, words, change) in damages {
                let outcome = try await Self.run(bench, name, change: change)
                #expect(outcome.exitCode == 1, "\(name)")
                #expect(outcome.output.contains(words), "\(name): \(outcome.output) \(outcome.errors)")
            }
        }
    }
}
