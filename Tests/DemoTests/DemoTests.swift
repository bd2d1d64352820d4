import Files
import Findings
import Foundation
import Report
import Scratch
import SystemPackage
import TestSupport
import Testing

@testable import Demo

/// The demonstration shows what is so, with each PostgreSQL: pg_restore says that damaged copies are well, and pgassay does not.
@Suite struct DemoTests {
    @Test(arguments: [15, 16, 17, 18])
    func showsWhatPgRestoreDoesNotNotice(_ major: Int) async throws {
        let installation = try await TestServer.installation(major: major)
        try await Turn.take {
            try await withTemporaryDirectory { directory in
                let output = directory.appending("demo")
                var request = DemoRequest(
                    output: output, trigger: Report.Trigger(kind: "test", user: "test", host: "test"), toolVersion: "0")
                request.scratch = TestServer.parent
                request.installation = installation
                let result = try await runDemo(request) { _ in }
                try expect(result, in: output)
            }
        }
    }

    private func expect(_ result: DemoResult, in output: FilePath) throws {
        #expect(result.copies.map(\.name) == ["whole.d", "emptied.d", "cut.d", "unlisted.d"])
        #expect(result.source == DemoCount(rows: 4052, photos: 12))
        #expect(result.isJudgedRight)
        #expect(result.unnoticed.count == 3)
        for copy in result.copies {
            #expect(copy.restore.exitCode == 0 && copy.restore.words.isEmpty, "\(copy.name): \(copy.restore)")
        }
        let counts = Dictionary(uniqueKeysWithValues: result.copies.map { ($0.name, $0.restore.count) })
        #expect(counts["whole.d"] == result.source)
        #expect(counts["emptied.d"] == DemoCount(rows: 1052, photos: 12))
        let cut = try #require(counts["cut.d"]?.rows)
        #expect((3252..<4052).contains(cut), "\(cut)")
        #expect(counts["unlisted.d"] == DemoCount(rows: 4052, photos: 0))
        let subjects = Dictionary(uniqueKeysWithValues: result.copies.map { ($0.name, $0.complaints.map(\.subject)) })
        #expect(subjects["whole.d"] == [])
        #expect(subjects["emptied.d"] == ["public.harvests"])
        #expect(subjects["cut.d"] == ["public.visits"])
        #expect(subjects["unlisted.d"]?.isEmpty == false)
        for copy in result.copies {
            #expect(Files.exists(copy.path) && Files.exists(copy.reportFile))
            #expect(copy.path.removingLastComponent() == output)
        }
    }

    /// Each damage is of one file, and leaves the others.
    @Test(arguments: DemoDamage.allCases)
    func refusesADumpThatIsAnother(_ damage: DemoDamage) throws {
        let directory = FilePath(FileManager.default.temporaryDirectory.path).appending("pgassay-\(UUID().uuidString)")
        try FileManager.default.createDirectory(atPath: directory.string, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: directory.string) }
        #expect(throws: (any Error).self) { try damage.apply(to: directory) }
    }
}
