import Files
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Evidence
@testable import Report

/// A directory of reports is read once and for all: what can be used, and what cannot and why.
@Suite(.keepsItsThread) struct ReportCatalogueTests {
    private static let key = SigningKey.generate()

    private static func store(
        _ name: String, in directory: FilePath, hour: Double, signer: (any Signer)? = key,
        change: (inout Report) -> Void = { _ in }
    ) async throws -> FilePath {
        var report = Report.sample(plan: name, signed: signer != nil)
        report.started += hour * 3600
        change(&report)
        let statement = try Statement(report: report, configuration: [samplePlan]).encoded()
        return try await ReportStore.write(statement, signer: signer, name: "\(name).dsse.json", to: directory).file
    }

    @Test func ofAKeyInTheOrderOfTime() async throws {
        try await withScratchDirectory { directory in
            _ = try await Self.store("a", in: directory, hour: 3)
            let first = try await Self.store("c", in: directory, hour: 1)
            _ = try await Self.store("b", in: directory, hour: 2)
            try directory.appending("notes.txt").write("not a report, and not named like one")
            let catalogue = try ReportCatalogue(of: directory, KeyRing(operators: [Self.key.publicKey]))
            #expect(catalogue.entries.map(\.report.plan) == ["c", "b", "a"])
            #expect(catalogue.refusals.isEmpty)
            #expect(catalogue.entries[0].file == first)
            let sum = try Tool.shell.run("-c", "sha256sum c.dsse.json", in: directory).output
            #expect(sum == "\(catalogue.entries[0].digest)  c.dsse.json\n")
        }
    }

    @Test("Of a key that another one took over from, the reports of its time can be used, and no others")
    func ofSeveralKeys() async throws {
        try await withScratchDirectory { directory in
            let old = SigningKey.generate()
            let first = try await Self.store("old", in: directory, hour: 0, signer: old)
            let end = try StoredReport(contentsOf: first).statement.report.finished + 60
            _ = try await Self.store("late", in: directory, hour: 0, signer: old) { $0.finished = end }
            let second = try await Self.store("new", in: directory, hour: 0) { $0.finished = end }
            _ = try await Self.store("early", in: directory, hour: 0)
            let ring = KeyRing([
                KeyRing.Key(old.publicKey, roles: [KeyRing.operatorRole], until: end),
                KeyRing.Key(Self.key.publicKey, roles: [KeyRing.operatorRole], from: end),
            ])
            let catalogue = try ReportCatalogue(of: directory, ring)
            #expect(Set(catalogue.entries.map(\.file)) == [first, second])
            #expect(catalogue.refusals.map { $0.file.lastComponent?.string } == ["early.dsse.json", "late.dsse.json"])
            #expect(catalogue.refusals.allSatisfy { $0.description.contains("by the history of the keys") })
        }
    }

    @Test func whatCannotBeUsedIsNamedWithTheReason() async throws {
        try await withScratchDirectory { directory in
            let good = try await Self.store("good", in: directory, hour: 0)
            _ = try await Self.store("other-key", in: directory, hour: 0, signer: SigningKey.generate())
            _ = try await Self.store("unsigned", in: directory, hour: 0, signer: nil)
            try directory.appending("cut.dsse.json").write(good.contents().dropLast(99))
            try FileManager.default.createDirectory(
                atPath: directory.appending("directory.dsse.json").string, withIntermediateDirectories: false)
            let catalogue = try ReportCatalogue(of: directory, KeyRing(operators: [Self.key.publicKey]))
            #expect(catalogue.entries.map(\.file) == [good])
            let reasons = catalogue.refusals.map { ($0.file.lastComponent?.string ?? "", $0.description) }
            let expected = [
                ("cut.dsse.json", "is damaged"), ("directory.dsse.json", "is not a regular file"),
                ("other-key.dsse.json", "is signed by key"), ("unsigned.dsse.json", "is not signed"),
            ]
            #expect(reasons.map(\.0) == expected.map(\.0))
            for (reason, words) in zip(reasons, expected.map(\.1)) {
                #expect(reason.1.contains(words) && reason.1.contains(reason.0), "\(reason)")
            }
        }
    }

    @Test func withoutAKeyOnlyUnsignedOnesAreUsed() async throws {
        try await withScratchDirectory { directory in
            _ = try await Self.store("signed", in: directory, hour: 0)
            let unsigned = try await Self.store("unsigned", in: directory, hour: 0, signer: nil)
            _ = try await Self.store("stripped", in: directory, hour: 0, signer: nil) { $0.signed = true }
            let lie = try unsigned.contents()
            var envelope = try StatementJSON.decode(Envelope.self, from: lie)
            let text = String(decoding: try #require(Base64.decode(envelope.payload)), as: UTF8.self)
            envelope.payload = Base64.encode(
                Array(text.replacing("\"verdict\":\"passed\"", with: "\"verdict\":\"failed\"").utf8))
            try directory.appending("lie.dsse.json").write(envelope.encoded())
            let catalogue = try ReportCatalogue(of: directory, nil)
            #expect(catalogue.entries.map(\.file) == [unsigned])
            #expect(
                catalogue.refusals.map { $0.file.lastComponent?.string } == [
                    "lie.dsse.json", "signed.dsse.json", "stripped.dsse.json",
                ])
            let words = catalogue.refusals.map(\.description)
            #expect(words[0].contains("contradicts itself"))
            #expect(words[1].contains("no key was given"))
            #expect(words[2].contains("its signature is gone"))
        }
    }

    @Test func aDirectoryThatDoesNotExistHasNoReports() async throws {
        try await withScratchDirectory { scratch in
            #expect(try ReportCatalogue(of: scratch.appending("none"), nil).entries.isEmpty)
            let file = scratch.appending("file")
            try file.write("")
            #expect(throws: FileError(path: file, problem: .system("list", .notDirectory))) {
                try ReportCatalogue(of: file, nil)
            }
        }
    }
}
