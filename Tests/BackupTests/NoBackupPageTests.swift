import Backup
import Foundation
import Testing

/// The page on what is no backup has the table of the program. `make docs` writes it.
@Suite struct NoBackupPageTests {
    private let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/no-backup.md")
        .standardizedFileURL

    private static let start = "<!-- Written from Sources/Drill/Backup/KnownFile.swift by `make docs`. -->\n"
    private static let end = "<!-- End of what is written. -->"

    private var table: String {
        let rows = KnownFile.all.map { "| \($0.what) | \($0.advice) |\n" }
        // What can be told in two ways is one row here.
        let different = rows.indices.filter { !rows[..<$0].contains(rows[$0]) }.map { rows[$0] }
        return "\n| it is | do |\n|---|---|\n" + different.joined() + "\n"
    }

    @Test func hasTheTable() throws {
        let text = try String(contentsOf: page, encoding: .utf8)
        let start = try #require(text.range(of: Self.start)).upperBound
        let end = try #require(text.range(of: Self.end)).lowerBound
        if ProcessInfo.processInfo.environment["PGASSAY_WRITE_PAGES"] != nil {
            let written = text.replacingCharacters(in: start..<end, with: table)
            try Data(written.utf8).write(to: page)
        } else {
            #expect(text[start..<end] == table, "run make docs")
        }
    }
}
