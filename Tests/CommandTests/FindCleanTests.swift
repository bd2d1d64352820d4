import Findings
import Foundation
import Report
import SystemPackage
import TestSupport
import Testing

/// Eight backups, of which the newest three are bad: a price that somebody set to zero, and one of them cut off besides.
/// What is found and said of it is in `Scenarios/find-clean.txt`; here is in which order, and what a signal does.
@Suite struct FindCleanTests {
    private static func plan(_ desk: Desk, _ more: String = "") throws -> FilePath {
        for number in 1...8 {
            let price = number <= 5 ? 7 : 0
            let whole = try desk.script(
                "CREATE TABLE public.t AS SELECT \(price) AS price, \(number) AS day FROM generate_series(1, \(number));"
            )
            let bytes = [UInt8](try #require(FileManager.default.contents(atPath: whole.string)))
            let file = try desk.file("day-\(number).sql", number == 7 ? Array(bytes.dropLast(60)) : bytes)
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 1_790_000_000 + 86_400 * Double(number))],
                ofItemAtPath: file.string)
        }
        return try desk.file(
            "plan.yaml", "name: test\nbackup: { path: '\(desk.root)/day-*.sql'\(more) }\nreports: '\(desk.reports)'\n")
    }

    private static let expectation = "SELECT bool_and(price > 0) FROM t"

    @Test func damageThatPersistsIsBisected() async throws {
        try await withDesk { desk in
            let plan = try Self.plan(desk, ", damagePersists: true")
            let outcome = try await desk.pgassay(
                ["find-clean", plan.string, "--unsigned", "--expect", Self.expectation])
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            #expect(outcome.output.contains("The newest that passes: \(desk.root)/day-5.sql"), "\(outcome.output)")
            // The newest, and then halves: 8, 4, 6, 5.
            let drilled = try desk.names(in: desk.reports).map {
                try StoredReport(contentsOf: desk.reports.appending($0)).statement.report
            }.sorted { $0.started < $1.started }.map { FilePath($0.backup.location).lastComponent!.string }
            #expect(drilled == ["day-8.sql", "day-4.sql", "day-6.sql", "day-5.sql"])
        }
    }

    /// Another release may check more, or judge otherwise: its reports are no answer to this one's question.
    @Test func onlyReportsOfTheSameReleaseAreKnown() async throws {
        try await withDesk { desk in
            let arguments = ["find-clean", try Self.plan(desk).string, "--unsigned"]
            #expect(try await desk.pgassay(arguments).exitCode == 0)
            let names = try desk.names(in: desk.reports)
            for name in names where name.hasSuffix(".dsse.json") {
                let file = URL(filePath: desk.reports.appending(name).string)
                var envelope = try #require(
                    try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
                let payload = try #require((envelope["payload"] as? String).flatMap { Data(base64Encoded: $0) })
                let statement = String(decoding: payload, as: UTF8.self)
                let old = statement.replacing(/"tool":\s*"pgassay [^"]*"/, with: #""tool":"pgassay 0.0.1""#)
                try #require(old != statement, "the report says what made it")
                envelope["payload"] = Data(old.utf8).base64EncodedString()
                try JSONSerialization.data(withJSONObject: envelope).write(to: file)
                #expect(
                    try StoredReport(contentsOf: FilePath(file.path)).statement.report.environment.tool
                        == "pgassay 0.0.1")
            }
            let again = try await desk.pgassay(arguments)
            #expect(again.exitCode == 0, "\(again.errors)")
            #expect(!again.output.contains("drilled before"), "\(again.output)")
            #expect(try desk.names(in: desk.reports).count == 2 * names.count)
        }
    }

    @Test func interruptedItGoesOnLater() async throws {
        try await withDesk { desk in
            let plan = try Self.plan(desk)
            let arguments = ["find-clean", plan.string, "--unsigned", "--expect", Self.expectation]
            let running = try desk.start(arguments)
            try await eventually("the first report is written") {
                try desk.names(in: desk.reports).contains { $0.hasSuffix(".dsse.json") }
            }
            running.send(SIGINT)
            let outcome = try await running.outcome()
            #expect(outcome.exitCode == 130, "\(outcome.errors)")
            let again = try await desk.pgassay(arguments)
            #expect(again.exitCode == 0, "\(again.errors)")
            #expect(again.output.contains("day-8.sql") && again.output.contains("(drilled before)"))
        }
    }
}
