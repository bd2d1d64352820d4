import Findings
import Foundation
import SystemPackage
import TestSupport
import Testing

/// A part of a backup each time, until all of it was read.
@Suite struct InspectSampleTests {
    /// What a sample says of itself.
    private struct Sampled: Decodable {
        struct Coverage: Decodable, Equatable {
            let readParts: Int
            let goodParts: Int
            let goodBytes: Int64
            let parts: Int
            let bytes: Int64
        }
        let verdict: Verdict
        let checks: [Finding]
        let coverage: Coverage
    }

    private static func sample(
        _ backup: FilePath, _ share: String, _ more: [String] = [], at desk: Desk
    ) async throws -> Sampled {
        let record = desk.root.appending("record.json").string
        let outcome = try await desk.pgassay(
            ["inspect", backup.string, "--format", "json", "--sample", share, "--record", record] + more)
        #expect(outcome.exitCode == 0 || outcome.exitCode == 1, "\(outcome.errors)\(outcome.output)")
        return try JSONDecoder().decode(Sampled.self, from: Data(outcome.output.utf8))
    }

    /// Reads until nothing is left, then nothing more, then what was changed, and all again where that is asked.
    /// - Parameter share: so little that one run does not read all.
    private static func rotate(
        _ backup: FilePath, _ share: String, damaging file: FilePath, at offset: Int?, _ desk: Desk
    ) async throws {
        var read = 0
        var runs = 0
        var last = try await sample(backup, share, at: desk)
        let parts = last.coverage.parts
        #expect(last.verdict == .passed && last.coverage.readParts < parts, "\(last)")
        repeat {
            read += last.coverage.readParts
            runs += 1
            #expect(last.verdict == .passed && last.coverage.goodParts == read, "\(last)")
            last = try await sample(backup, share, at: desk)
        } while last.coverage.readParts > 0 && runs < 20
        #expect(read == parts && last.coverage.goodBytes == last.coverage.bytes && last.verdict == .passed, "\(last)")
        let again = try await sample(backup, "100%", ["--again"], at: desk)
        #expect(again.coverage.readParts == parts && again.verdict == .passed, "\(again.checks)")
        guard let offset else { return }
        let place = URL(filePath: file.string)
        var bytes = try Data(contentsOf: place)
        bytes[offset < 0 ? bytes.count + offset : offset] ^= 0x10
        try bytes.write(to: place)
        let damaged = try await sample(backup, "100%", at: desk)
        #expect(damaged.verdict == .failed && damaged.coverage.readParts == 1, "\(damaged)")
        #expect(damaged.coverage.goodParts == parts - 1)
    }

    @Test func aDirectoryDump() async throws {
        try await withDesk { desk in
            let dump = desk.root.appending("dump")
            try FileManager.default.copyItem(
                atPath: try await Dumps.named("orchard.directory").string, toPath: dump.string)
            let files = try desk.names(in: dump).filter { $0.hasSuffix(".dat.gz") }
            try await Self.rotate(dump, "1%", damaging: dump.appending(try #require(files.first)), at: -6, desk)
        }
    }

    @Test func aCustomArchive() async throws {
        try await withDesk { desk in
            let dump = desk.root.appending("my.dump")
            try FileManager.default.copyItem(
                atPath: try await Dumps.named("orchard.custom").string, toPath: dump.string)
            // Its parts lie in one file: whoever writes to it makes all of them new.
            try await Self.rotate(dump, "1%", damaging: dump, at: nil, desk)
            let place = URL(filePath: dump.string)
            var bytes = try Data(contentsOf: place)
            bytes[bytes.count - 40] ^= 0x10
            try bytes.write(to: place)
            let damaged = try await Self.sample(dump, "100%", at: desk)
            #expect(damaged.verdict == .failed && damaged.coverage.readParts == damaged.coverage.parts)
            #expect(damaged.coverage.goodParts == damaged.coverage.parts - 1, "\(damaged.checks)")
        }
    }

    @Test func aBaseBackup() async throws {
        try await withDesk { desk in
            try await withChain { cluster, chain in
                let table = chain.backup.appending(try await cluster.value("SELECT pg_relation_filepath('t')"))
                try await Self.rotate(chain.backup, "30%", damaging: table, at: 8192 + 700, desk)
            }
        }
    }

    @Test(arguments: ["orchard.tar", "orchard.plain"])
    func whatCanOnlyBeReadAsAWhole(dump: String) async throws {
        try await withDesk { desk in
            let outcome = try await desk.pgassay(["inspect", try await Dumps.named(dump).string, "--sample", "10%"])
            #expect(outcome.exitCode == 2)
            #expect(outcome.errors.contains("nothing can be read apart from the rest"), "\(outcome.errors)")
            for wrong in [["--sample", "10%", "--unsigned"], ["--again"], ["--sample", "0%"]] {
                let refused = try await desk.pgassay(["inspect", "x.dump"] + wrong)
                #expect(refused.exitCode == 2, "\(wrong)")
            }
            #expect(try desk.names(in: desk.root) == [])
        }
    }
}
