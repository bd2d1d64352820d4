import Foundation
import Testing

@testable import Checks

/// The page on the checks is what the checks say of themselves. `make docs` writes it.
@Suite struct CheckPageTests {
    private let repository = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")

    @Test func isWhatTheChecksSay() throws {
        let file = repository.appending(path: "docs/checks.md").standardizedFileURL
        if ProcessInfo.processInfo.environment["PGASSAY_WRITE_PAGES"] != nil {
            try Data(checkPage().utf8).write(to: file)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == checkPage(), "run make docs")
    }

    /// The schema of plans lists the ids: for skipping, and for sections without settings.
    @Test func theSchemaOfPlansHasTheIds() throws {
        let file = repository.appending(path: "config/plan.schema.json").standardizedFileURL
        let schema = try String(contentsOf: file, encoding: .utf8)
        let list = try #require(schema.firstMatch(of: /"checkID": \{\n      "enum": \[([^\]]*)\]/))
        let ids = checkCatalogue.map { "\n        \"\($0.id)\"" }.joined(separator: ",") + "\n      "
        if ProcessInfo.processInfo.environment["PGASSAY_WRITE_PAGES"] != nil {
            let written = schema.replacingCharacters(in: list.1.startIndex..<list.1.endIndex, with: ids)
            try Data(written.utf8).write(to: file)
        } else {
            #expect(list.1 == ids, "run make docs")
        }
    }

    /// Where the page sends its readers, there is something to read.
    @Test func everyCheckHasItsRunbook() throws {
        let runbook = try String(contentsOf: repository.appending(path: "runbooks/findings.md"), encoding: .utf8)
        for check in checkCatalogue {
            #expect(runbook.contains("\n## \(check.id)\n"), "runbooks/findings.md says nothing of \(check.id)")
        }
    }
}
