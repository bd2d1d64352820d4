import Files
import Foundation
import SystemPackage
import Testing

@testable import Evidence
@testable import Report

/// Reports reach the disk whole, or not at all, and never on top of another.
struct ReportStoreTests {
    private let statement = Array("{\"a\":1}".utf8)

    @Test(arguments: [
        ("avaolo-weekly", "avaolo-weekly-20261123T041207Z-3fa85f64.dsse.json"),
        ("../../etc/passwd", "etc-passwd-20261123T041207Z-3fa85f64.dsse.json"),
        ("-", "20261123T041207Z-3fa85f64.dsse.json"), ("--all", "all-20261123T041207Z-3fa85f64.dsse.json"),
        ("Kmetje ž\n", "Kmetje----20261123T041207Z-3fa85f64.dsse.json"),
        (
            String(repeating: "x", count: 300),
            String(repeating: "x", count: 100) + "-20261123T041207Z-3fa85f64.dsse.json"
        ),
    ])
    func namesAreSafe(_ plan: String, _ name: String) {
        #expect(ReportStore.fileName(for: .sample(plan: plan)) == name)
    }

    @Test func writesIntoANewDirectoryAndLeavesNothingElse() async throws {
        try await withScratchDirectory { scratch in
            let directory = scratch.appending("a/b")
            let file = try await ReportStore.write(statement, signer: nil, name: "r.dsse.json", to: directory)
            #expect(file == directory.appending("r.dsse.json"))
            #expect(try directory.names() == ["r.dsse.json"])
            #expect(try await file.contents() == Envelope(statement: statement, signer: nil).encoded())
        }
    }

    @Test func writesWhereItStands() async throws {
        let name = "evidence-\(UUID().uuidString).dsse.json"
        let file = try await ReportStore.write(statement, signer: nil, name: name, to: ".")
        defer { try? FileManager.default.removeItem(atPath: file.string) }
        #expect(try await FilePath(name).contents() == Envelope(statement: statement, signer: nil).encoded())
    }

    @Test func neverOverwrites() async throws {
        try await withScratchDirectory { directory in
            let file = try await ReportStore.write(statement, signer: nil, name: "r.dsse.json", to: directory)
            let before = try file.contents()
            await #expect(throws: ReportStoreError.alreadyExists(file)) {
                try await ReportStore.write([], signer: nil, name: "r.dsse.json", to: directory)
            }
            #expect(try file.contents() == before)
            #expect(try directory.names() == ["r.dsse.json"])
        }
    }

    @Test("A directory that cannot be is refused, to root as well") func namesADirectoryThatCannotBe() async throws {
        try await withScratchDirectory { scratch in
            let file = scratch.appending("file")
            try file.write("")
            for directory in [file, file.appending("reports"), file.appending("a/b")] {
                let first = #expect(throws: ReportStoreError.self) { try ReportStore.probe(directory) }
                let second = await #expect(throws: ReportStoreError.self) {
                    try await ReportStore.write(statement, signer: nil, name: "r.dsse.json", to: directory)
                }
                #expect(first == .notADirectory(directory))
                guard case .unwritable(let reason) = second else {
                    Issue.record("\(String(describing: second))")
                    continue
                }
                #expect(reason.problem == .system("create the directory", .notDirectory))
                for error in [first, second] { #expect(error?.description.contains("--reports") == true) }
            }
            #expect(try scratch.names() == ["file"])
        }
    }

    @Test("A directory that is there and takes no files is found out before the drill") func probesByWriting()
        async throws
    {
        // Nobody can create a file in /proc, whatever its mode says.
        #expect(throws: ReportStoreError.self) { try ReportStore.probe("/proc") }
        await #expect(throws: ReportStoreError.self) {
            try await ReportStore.write(statement, signer: nil, name: "r.dsse.json", to: "/proc")
        }
    }

    @Test func probingLeavesNothingBehind() async throws {
        try await withScratchDirectory { scratch in
            let directory = scratch.appending("a/b")
            try ReportStore.probe(directory)
            try ReportStore.probe(directory)
            #expect(try directory.names() == [])
        }
    }

    @Test("When the last step fails, the half-made file is gone") func leavesNoPartialFile() async throws {
        try await withScratchDirectory { directory in
            let file = directory.appending("r.dsse.json")
            try FileManager.default.createDirectory(atPath: file.string, withIntermediateDirectories: false)
            #expect(throws: FileError(path: file, problem: .system("put in place", .isDirectory))) {
                try Files.replace(file, with: [1], mode: .ownerReadWrite)
            }
            #expect(try directory.names() == ["r.dsse.json"])
        }
    }
}
