import Archive
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite(.keepsItsThread) struct ArchiveDamageTests {
    /// The newest version has the most fields.
    private static let installation = Installation.all.last!

    @Test(arguments: Installation.all) func everyTruncationOfACustomArchiveIsNamed(_ installation: Installation) throws
    {
        let path = try Corpus.dump(installation, "-Fc")
        let end = Int(try #require(try Dump.open(path).contents).end)
        let bytes = Array(try read(path)[..<end])
        try withTemporaryDirectory { directory in
            let cutPath = FilePath("\(directory)/cut")
            for cut in Array(1..<200) + Array(stride(from: 200, to: end, by: 37)) + [end - 1] {
                try write(Array(bytes[..<cut]), to: cutPath.string)
                let error = #expect(throws: ArchiveError.self, "cut to \(cut)") { try Dump.open(cutPath) }
                switch error {
                case .truncated(cutPath, let offset, let reading):
                    #expect(offset == cut)
                    #expect(!reading.isEmpty)
                case .malformed(cutPath, let offset, let problem):
                    // The number of entries, which is compared with what is left.
                    #expect(offset <= cut && problem.contains("entries"), "\(problem)")
                default: Issue.record("cut to \(cut): \(String(describing: error))")
                }
            }
            try write(bytes, to: cutPath.string)
            #expect(throws: Never.self) { try Dump.open(cutPath) }
        }
    }

    @Test(arguments: ["-Fd", "-Ft"]) func everyTruncationOfATableOfContentsIsNamed(_ option: String) throws {
        let path = try Corpus.dump(Self.installation, option)
        let bytes = try read(option == "-Fd" ? "\(path)/toc.dat" : path)
        let end = option == "-Fd" ? bytes.count : 512 + 9000
        try withTemporaryDirectory { directory in
            let cutPath = option == "-Fd" ? "\(directory)/toc.dat" : "\(directory)/cut.tar"
            for cut in stride(from: 8, to: end, by: 53) {
                try write(Array(bytes[..<cut]), to: cutPath)
                let error = #expect(throws: ArchiveError.self) {
                    try Dump.open(option == "-Fd" ? directory : cutPath)
                }
                #expect(error?.isBackupAtFault == true)
                if case .notADump = error { Issue.record("cut to \(cut): \(error!)") }
            }
        }
    }

    @Test func whatFollowsTheTableOfContentsIsNamed() throws {
        let path = try Corpus.dump(Self.installation, "-Fd")
        try withTemporaryDirectory { directory in
            let bytes = try read("\(path)/toc.dat")
            try write(bytes + [0], to: "\(directory)/toc.dat")
            let error = #expect(throws: ArchiveError.self) { try Dump.open(directory) }
            guard case .malformed(_, Int64(bytes.count), _)? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    /// In a process of its own each: of this one it could not be said whose memory it is.
    @Test(arguments: ["-Fc", "-Fd", "-Ft"])
    func noFlippedByteCrashesOrTakesMemory(_ option: String) async throws {
        let path = try Corpus.dump(Self.installation, option)
        try await TestSupport.withTemporaryDirectory { directory in
            let sanitizer = ProcessInfo.processInfo.environment.filter {
                ["ASAN_OPTIONS", "TSAN_OPTIONS"].contains($0.key)
            }
            let ended = try await Program.ofThisPackage("flipped-bytes").run(
                [path, option, directory.string], in: directory, environment: sanitizer, deadline: .seconds(3600))
            try #require(ended.exitCode == 0, "\(ended.errors)")
            let outcome = try JSONDecoder().decode(FlippedOutcome.self, from: Data(ended.output.utf8))
            // Most flips hit text, in which any byte may be.
            #expect(outcome.refused > 100)
            #expect(outcome.wrong == [])
            // Of what it takes under a sanitizer, most is the sanitizer's.
            if sanitizer.isEmpty { #expect(outcome.memory < 100_000) }
        }
    }

    /// What `flipped-bytes` says; its memory in KiB.
    private struct FlippedOutcome: Codable {
        let refused: Int
        let wrong: [String]
        let memory: Int
    }

    struct Lie: CustomTestStringConvertible, Sendable {
        let offset: Int
        let bytes: [UInt8]
        let problem: String
        var testDescription: String { problem }
    }

    @Test(arguments: [
        Lie(offset: 6, bytes: [99], problem: "use a newer release"),
        Lie(offset: 6, bytes: [3], problem: "the oldest"),
        Lie(offset: 8, bytes: [9], problem: "size of integers"),
        Lie(offset: 9, bytes: [0], problem: "size of file offsets"),
        Lie(offset: 10, bytes: [3], problem: "format of the archive"),
        Lie(offset: 11, bytes: [7], problem: "compression algorithm 7"),
        Lie(offset: 12, bytes: [0, 61, 0, 0, 0], problem: "is not a time"),
        Lie(offset: 12, bytes: [2], problem: "is not a number"),
    ])
    func aHeaderThatCannotBeIsRefused(_ lie: Lie) throws {
        try #require(Self.installation.major >= 16, "the offsets are those of version 1.15 and later")
        var bytes = try read(Corpus.dump(Self.installation, "-Fc"))
        bytes.replaceSubrange(lie.offset..<lie.offset + lie.bytes.count, with: lie.bytes)
        try withTemporaryDirectory { directory in
            try write(bytes, to: "\(directory)/lie")
            let error = #expect(throws: ArchiveError.self) { try Dump.open("\(directory)/lie") }
            #expect("\(error!)".contains(lie.problem), "\(error!)")
        }
    }

    @Test func aDataFileOutsideOfTheDumpIsRefused() throws {
        let path = try Corpus.dump(Self.installation, "-Fd")
        var bytes = try read("\(path)/toc.dat")
        let name = try #require(
            try Dump.open(path).contents?.entries.compactMap { entry -> String? in
                if case .file(let name) = entry.data, entry.kind == "TABLE DATA" { name } else { nil }
            }.first)
        let range = try #require(Data(bytes).firstRange(of: Data(name.utf8)))
        bytes.replaceSubrange(range.lowerBound..<range.lowerBound + 3, with: Array("../".utf8))
        try withTemporaryDirectory { directory in
            try write(bytes, to: "\(directory)/toc.dat")
            let error = #expect(throws: ArchiveError.self) { try Dump.open(directory) }
            #expect("\(error!)".contains("not in a file beside toc.dat"))
        }
    }
}
