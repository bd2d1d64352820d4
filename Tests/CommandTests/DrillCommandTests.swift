import Findings
import Foundation
import Glibc
import Report
import SystemPackage
import TestSupport
import Testing

/// `pgassay drill` and its flags.
@Suite struct DrillCommandTests {
    @Test func jsonIsOneDocumentAndWhatIsStored() async throws {
        try await withDesk { desk in
            let dump = try await Dumps.named("orchard.custom")
            let drilled = try await desk.drill(dump, ["--format", "json"])
            #expect(drilled.exitCode == 0)
            let stored = try StoredReport(
                contentsOf: desk.reports.appending(try #require(try desk.names(in: desk.reports).first)))
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

    @Test func unsignedSaysSo() async throws {
        try await withDesk { desk in
            let drilled = try await desk.drill(try await Dumps.named("orchard.custom"))
            #expect(!drilled.report.signed)
            #expect(drilled.outcome.output.contains("unsigned, on request"))
        }
    }

    @Test(arguments: ["text", "json"])
    func dryRunDoesNothing(_ format: String) async throws {
        try await withDesk { desk in
            let dump = try await Dumps.named("orchard.custom")
            let plan = try desk.plan(dump, "objectives: { recoveryTime: 30m }")
            try FileManager.default.createDirectory(atPath: desk.scratch.string, withIntermediateDirectories: false)
            let before = try FileManager.default.subpathsOfDirectory(atPath: desk.root.string).sorted()
            // Without a key and without --unsigned: nothing is written that one could sign.
            let outcome = try await desk.pgassay(["drill", plan.string, "--dry-run", "--format", format])
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            #expect(try FileManager.default.subpathsOfDirectory(atPath: desk.root.string).sorted() == before)
            #expect(outcome.output.contains("\(dump)"))
            #expect(outcome.output.contains("the only one at"))
            guard format == "json" else {
                #expect(outcome.output.hasPrefix("Nothing was done."))
                for words in ["restore with", "PostgreSQL", "about", "free"] { #expect(outcome.output.contains(words)) }
                return
            }
            let document = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
            #expect(document?["format"] as? String == "custom, gzip")
            #expect((document?["steps"] as? [String])?.count == 7)
        }
    }

    @Test func dryRunOfADumpThatIsCutOff() async throws {
        try await withDesk { desk in
            let bytes = try await Dumps.bytes("orchard.custom")
            let outcome = try await desk.pgassay(
                ["drill", try desk.file("cut.dump", Array(bytes.prefix(200))).string, "--dry-run"])
            #expect(outcome.exitCode == 1, "\(outcome.errors)")
            #expect(outcome.output == "")
        }
    }

    @Test(arguments: ["X.YAML", "x.Yml"])
    func aPlanIsToldByItsSuffix(_ name: String) async throws {
        try await withDesk { desk in
            let dump = try await Dumps.named("empty.custom")
            let plan = try desk.file(name, "name: shouted\nbackup: { path: '\(dump)' }\n")
            let outcome = try await desk.pgassay(["drill", plan.string, "--dry-run"])
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            #expect(outcome.output.contains("shouted"))
            #expect(outcome.output.contains(dump.string))
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

    @Test func cleanLeavesAloneWhatIsNotOurs() async throws {
        try await withDesk { desk in
            let outcome = try await desk.pgassay(["clean", "/etc"])
            #expect(outcome.exitCode == 2)
            #expect(outcome.errors.contains("is no scratch directory of pgassay; nothing was removed"))
            #expect(FileManager.default.fileExists(atPath: "/etc/passwd"))
        }
    }

    static let picks: [(pick: String, name: String)] = [
        ("newest", "c.dump"), ("oldest", "b.dump"), ("a.dump", "a.dump"),
    ]

    @Test(arguments: picks)
    func picksOneOfSeveral(_ pick: String, _ name: String) async throws {
        try await withDesk { desk in
            let directory = desk.root.appending("backups")
            try FileManager.default.createDirectory(atPath: directory.string, withIntermediateDirectories: false)
            for (file, age) in [("a.dump", 2.0), ("b.dump", 3), ("c.dump", 1)] {
                let copy = directory.appending(file).string
                try FileManager.default.copyItem(atPath: try await Dumps.named("empty.custom").string, toPath: copy)
                try FileManager.default.setAttributes(
                    [.modificationDate: Date(timeIntervalSinceNow: -age * 86_400)], ofItemAtPath: copy)
            }
            let plan = try desk.plan(directory.appending("*.dump"))
            let outcome = try await desk.pgassay(["drill", plan.string, "--dry-run", "--pick", pick])
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            #expect(outcome.output.contains("\(directory.appending(name)): "))
            let any = try await desk.pgassay(["drill", plan.string, "--dry-run", "--pick", "random"])
            #expect(any.output.contains("at random"))
            let none = try await desk.pgassay(["drill", plan.string, "--dry-run", "--pick", "d.dump"])
            #expect(none.exitCode == 2)
            #expect(none.errors.contains("No backup is named d.dump; there are: a.dump, b.dump, c.dump."))
        }
    }

    @Test func anotherBackupThanThePlans() async throws {
        try await withDesk { desk in
            let plan = try desk.plan("/nowhere/at/all")
            let dump = try await Dumps.named("orchard.plain")
            let outcome = try await desk.pgassay(["drill", plan.string, "--dry-run", "--backup", dump.string])
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            #expect(outcome.output.contains(dump.string))
        }
    }

    @Test func objectivesThatAreMissedFailWithoutBlamingTheBackup() async throws {
        try await withDesk { desk in
            let plan = try desk.plan(
                try await Dumps.named("stale.custom"),
                "objectives: { recoveryTime: 0s, recoveryPoint: 1h, backupAge: 1d }")
            let drilled = try await desk.drill(plan)
            #expect(drilled.exitCode == 1)
            #expect(drilled.report.verdict == .failed)
            #expect(drilled.report.cause == .objective)
            let missed = drilled.findings("objectives").map(\.subject)
            #expect(missed.contains("recoveryTime"))
            #expect(drilled.report.objectives.recoveryTime?.met == false)
            #expect(drilled.report.objectives.backupAge?.met == true)
            #expect(drilled.outcome.output.hasPrefix("FAILED: an objective was missed."))
        }
    }

    @Test func aSkippedCheckSaysWhy() async throws {
        try await withDesk { desk in
            let plan = try desk.plan(
                try await Dumps.named("broken.custom"),
                "checks: { jsonb: { plots.shape: { type: object } }, skip: { jsonb: 'known since May' } }")
            let drilled = try await desk.drill(plan)
            #expect(drilled.exitCode == 0, "\(drilled.complaints)")
            #expect(drilled.findings("jsonb").map(\.status) == [.notRun])
            #expect(drilled.outcome.output.contains("known since May"))
        }
    }
}
