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

    /// Where the page sends its readers, there is something to read.
    @Test func everyCheckHasItsRunbook() throws {
        let runbook = try String(contentsOf: repository.appending(path: "runbooks/findings.md"), encoding: .utf8)
        for check in checkCatalogue(CheckPlan()) {
            #expect(runbook.contains("\n## \(check.id)\n"), "runbooks/findings.md says nothing of \(check.id)")
        }
    }
}
