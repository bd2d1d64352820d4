import Findings
import Foundation
import Glibc
import Report
import SystemPackage
import TestSupport
import Testing

/// What `pgassay drill` prints as JSON, and a server that is kept. Its other flags are in `Scenarios/drill.txt`.
@Suite struct DrillCommandTests {
    @Test func jsonIsOneDocumentAndWhatIsStored() async throws {
        try await withDesk { desk in
            let dump = try await Dumps.named("orchard.custom")
            let drilled = try await desk.drill(dump, ["--format", "json"])
            #expect(drilled.exitCode == 0)
            let stored = try StoredReport(
                contentsOf: desk.reports.appending(try #require(try desk.reportNames.first)))
            #expect(drilled.outcome.output == String(decoding: stored.statementBytes, as: UTF8.self) + "\n")
            let document = try JSONSerialization.jsonObject(with: Data(drilled.outcome.output.utf8))
            let predicate = try #require((document as? [String: Any])?["predicate"] as? [String: Any])
            #expect(predicate["result"] as? String == "PASSED")
            // Progress is for people, who look elsewhere.
            #expect(drilled.outcome.errors.contains("restore\n"))
        }
    }

    @Test func jsonOfAFailureIsOneDocumentToo() async throws {
        try await withDesk { desk in
            let drilled = try await desk.drill(try desk.file("empty", ""), ["--format", "json"])
            #expect(drilled.exitCode == 1)
            let document = try JSONSerialization.jsonObject(with: Data(drilled.outcome.output.utf8))
            let predicate = try #require((document as? [String: Any])?["predicate"] as? [String: Any])
            #expect(predicate["result"] as? String == "FAILED")
        }
    }

    @Test func aDryRunInJSON() async throws {
        try await withDesk { desk in
            let dump = try await Dumps.named("orchard.custom")
            let plan = try desk.plan(dump, "objectives: { recoveryTime: 30m }")
            try FileManager.default.createDirectory(atPath: desk.scratch.string, withIntermediateDirectories: false)
            let before = try FileManager.default.subpathsOfDirectory(atPath: desk.root.string).sorted()
            let outcome = try await desk.pgassay(["drill", plan.string, "--dry-run", "--format", "json"])
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            #expect(try FileManager.default.subpathsOfDirectory(atPath: desk.root.string).sorted() == before)
            #expect(outcome.output.contains("\(dump)"))
            #expect(outcome.output.contains("the only one at"))
            let document = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
            #expect(document?["format"] as? String == "custom, gzip")
            #expect((document?["steps"] as? [String])?.count == 7)
        }
    }

    @Test func aKeptServerCanBeUsedAndRemoved() async throws {
        try await withDesk { desk in
            let drilled = try await desk.drill(try await Dumps.named("orchard.custom"), ["--keep-scratch"])
            #expect(drilled.exitCode == 0, "\(drilled.complaints)")
            func line(_ name: String) throws -> String {
                let lines = drilled.outcome.output.split(separator: "\n").filter { $0.hasPrefix(name) }
                return String(try #require(lines.first, "\(drilled.outcome.output)").dropFirst(9))
            }
            let connect = try line("Connect")
            let answer = try await Program("/bin/sh").run(
                ["-c", "\(connect) -AXtc 'SELECT count(*) FROM readings'"], in: "/", environment: desk.environment())
            #expect(answer.output == "3000\n", "\(answer.errors)")

            let directory = try #require(try desk.names(in: desk.scratch).first)
            let all = try await desk.pgassay(["clean"])
            #expect(all.output.hasPrefix("kept     \(desk.scratch.appending(directory))"))
            #expect(try desk.names(in: desk.scratch) == [directory])

            let remove = try line("Remove")
            #expect(remove == "pgassay clean \(desk.scratch.appending(directory))")
            let one = try await desk.pgassay(Array(remove.split(separator: " ").dropFirst().map(String.init)))
            #expect(one.exitCode == 0, "\(one.errors)")
            #expect(one.output.hasPrefix("removed"))
        }
    }
}
