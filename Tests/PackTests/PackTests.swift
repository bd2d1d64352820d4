import Compression
import Evidence
import Findings
import Foundation
import Ledger
import Report
import SystemPackage
import TestSupport
import Testing

@testable import Pack

/// What an auditor takes home: whatever is done to it is found, and a page that says something else than its report is, whoever signed it.
@Suite struct PackTests {
    @Test func isGood() async throws {
        try await PackBench.with { bench in
            try await bench.fill()
            let pack = try await bench.pack()
            let bytes = try pack.encoded()
            #expect(try await bench.pack().encoded() == bytes, "the same files give the same bytes")
            let read = try PackFiles(bytes, name: "p")
            #expect(read == pack)
            let verified = try await bench.verify(read)
            #expect(verified.isGood, "\(verified.problems) \(verified.audit?.remarks ?? [])")
            #expect(verified.audit?.goodReports == 3)
            let overview = try #require(verified.overview)
            for words in [
                "drills due      at least 1", "drills begun    3", "passed          2", "failed          1",
                "recovery time   worst 30.0 s, median 20.0 s, of 3 drills", "recovery point  not measured",
                "backup: row-counts: public.farmers", "row-counts: public.farmers, of shop-",
                ": open; owner anna", ".dsse.json: reviewer",
            ] { #expect(overview.contains(words), "\(words) in\n\(overview)") }
            // The one that is approved does not wait.
            #expect(overview.split(separator: "\n").count { $0.hasSuffix(": reviewer") } == 2)
        }
    }

    @Test func isOfItsWindow() async throws {
        try await PackBench.with { bench in
            try await bench.fill()
            let pack = try await bench.pack(from: 1, to: 2)
            let reports = pack.names(below: PackNames.reports).filter { $0.hasSuffix(".dsse.json") }
            #expect(reports.count == 1)
            let verified = try await bench.verify(pack)
            #expect(verified.isGood, "\(verified.problems) \(verified.audit?.remarks ?? [])")
            #expect(verified.overview?.contains("failed          1") == true)
            await #expect(throws: PackError.empty(from: PackBench.time(50), to: PackBench.time(51))) {
                try await bench.pack(from: 50, to: 51)
            }
        }
    }

    @Test("A plan whose timer was off is there, with the drills that were due")
    func aPlanWithoutADrill() async throws {
        try await PackBench.with { bench in
            try await bench.drill(0) { $0.plan = "farm" }
            try await bench.drill(5)
            let pack = try await bench.pack(from: 5, to: 12)
            let overview = try #require(try await bench.verify(pack).overview)
            // Two hours after each begin the next one was due, from the first on.
            #expect(overview.contains("Plan farm\n  drills due      at least 3\n  drills begun    0\n"), "\(overview)")
            #expect(overview.contains("Plan shop\n  drills due      at least 3\n  drills begun    1\n"), "\(overview)")
            let early = try #require(try await bench.verify(try await bench.pack(from: 0, to: 6)).overview)
            #expect(early.contains("Plan shop\n  drills due      at least 0\n  drills begun    1\n"), "\(early)")
        }
    }

    @Test("A report that was removed before is missed, and said to be")
    func removedReport() async throws {
        try await PackBench.with { bench in
            try await bench.fill()
            let failed = try FileManager.default.contentsOfDirectory(atPath: bench.reports.string).sorted()
                .filter { $0.hasSuffix(".dsse.json") }[1]
            try FileManager.default.removeItem(atPath: bench.reports.appending(failed).string)
            let pack = try await bench.pack()
            let verified = try await bench.verify(pack)
            #expect(!verified.isGood && verified.problems.isEmpty)
            #expect(
                verified.audit?.remarks.contains { $0.kind == .unexplained && $0.words.contains("is gone") } == true)
            #expect(verified.overview?.contains("failed          1") == true)
            #expect(verified.overview?.contains("its report is not in this pack") == true)
        }
    }

    @Test("Changing, cutting or removing any file is found, and the file is named")
    func eachFile() async throws {
        try await PackBench.with { bench in
            try await bench.fill()
            let pack = try await bench.pack()
            #expect(pack.files.count > 20)
            for (name, bytes) in pack.files.sorted(by: { $0.key < $1.key }) {
                for damage in ["change", "cut", "remove"] {
                    var other = pack
                    switch damage {
                    case "change": other.files[name]![bytes.count / 2] ^= 1
                    case "cut": other.files[name] = bytes.dropLast()
                    default: other.files[name] = nil
                    }
                    // What can be read of it is the same pack, but for that.
                    let verified = try await bench.verify(try PackFiles(other.encoded(), name: "p"))
                    #expect(!verified.isGood, "\(damage) \(name)")
                    #expect(verified.problems.contains { $0.contains(name) }, "\(damage) \(name): \(verified.problems)")
                }
            }
            var other = pack
            other.files["reports/more.txt"] = [1]
            #expect(
                try await bench.verify(other).problems
                    == ["reports/more.txt was put in: it is not among what was signed"])
        }
    }

    @Test("Changing any byte of the pack is found, or changes nothing that is read")
    func eachByte() async throws {
        try await PackBench.with { bench in
            try await bench.drill(0)
            let pack = try await bench.pack()
            let bytes = try pack.encoded()
            var harmless = 0
            for index in bytes.indices {
                var changed = bytes
                changed[index] ^= 1
                guard let read = try? PackFiles(changed, name: "p") else { continue }
                #expect(read == pack, "byte \(index)")
                harmless += 1
            }
            // Bits of the frame's header that say nothing.
            #expect(harmless < 16)
            for count in stride(from: 0, to: bytes.count, by: 37) {
                #expect(throws: PackError.self) { try PackFiles(Array(bytes.prefix(count)), name: "p") }
            }
            #expect(throws: PackError.self) { try PackFiles(bytes + [0], name: "p") }
        }
    }

    @Test("A page that shows a failed drill as passed is found, although the pack is signed anew by its own key")
    func aPageThatLies() async throws {
        try await PackBench.with { bench in
            try await bench.fill()
            var pack = try await bench.pack()
            let names =
                pack.files.keys.filter { name in
                    String(decoding: pack.files[name]!, as: UTF8.self).hasPrefix("FAILED")
                } + [PackNames.overview, PackNames.instructions]
            #expect(names.count == 3)
            for name in names {
                let text = String(decoding: pack.files[name]!, as: UTF8.self)
                pack.files[name] = Array(
                    text.replacing("FAILED", with: "PASSED").replacing("failed ", with: "passed ").replacing(
                        "proof", with: "poof"
                    ).utf8)
            }
            let signed = try InTotoStatement<PackContents>(
                opening: pack.files[PackNames.statement]!, name: "p", publicKey: bench.key.publicKey)
            pack.files[PackNames.statement] = nil
            let subjects = pack.files.sorted { $0.key < $1.key }.map {
                ResourceDescriptor(name: $0.key, digest: ["sha256": PackFiles.sha256($0.value)])
            }
            pack.files[PackNames.statement] = try await InTotoStatement(
                subject: subjects, predicate: signed.predicate
            ).sealed(signer: bench.key)
            let verified = try await bench.verify(pack)
            #expect(!verified.isGood)
            #expect(verified.problems.count == 3, "\(verified.problems)")
            for name in names {
                #expect(verified.problems.contains { $0.hasPrefix("\(name) does not say what the reports say") })
            }
        }
    }

    @Test func ofAnotherKey() async throws {
        try await PackBench.with { bench in
            try await bench.fill()
            let pack = try await bench.pack()
            let verified = try await bench.verify(pack, KeyRing(operators: [SigningKey.generate().publicKey]))
            #expect(!verified.isGood && verified.contents == nil)
            #expect(verified.problems.map { $0.contains("is signed by key") } == [true])
        }
    }

    @Test("Names that lead out of the pack are refused", arguments: ["../x", "/x", "a/../x", "a//x", "./x"])
    func names(_ name: String) throws {
        let tar = TarFile.encode([TarFile.Member(name: name, bytes: [1])])
        #expect(throws: PackError.self) { try PackFiles(try compressed(tar), name: "p") }
    }

    @Test func tarReadsWhatItWrites() async throws {
        let long = String(repeating: "d", count: 90) + "/" + String(repeating: "f", count: 99)
        let members = [
            TarFile.Member(name: "a", bytes: []), TarFile.Member(name: long, bytes: [UInt8](repeating: 7, count: 513)),
        ]
        let tar = TarFile.encode(members)
        #expect(TarFile.decode(tar) == members)
        try await withTemporaryDirectory { directory in
            try Data(tar).write(to: URL(filePath: directory.appending("t.tar").string))
            let listed = try await Program("/usr/bin/tar").run(["-tf", "t.tar"], in: directory, environment: [:])
            #expect(listed.output == "a\n\(long)\n")
        }
        #expect(!TarFile.fits(String(repeating: "f", count: 101)))
        for index in tar.indices {
            var changed = tar
            changed[index] ^= 1
            #expect(TarFile.decode(changed) != members, "byte \(index)")
        }
    }
}

private func compressed(_ bytes: [UInt8]) throws -> [UInt8] { try PackFiles.compressed(bytes) }
