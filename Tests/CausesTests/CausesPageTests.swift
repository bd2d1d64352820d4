import Causes
import Foundation
import Testing

/// The page of all causes is the table, and leads to where it says what to do.
@Suite struct CausesPageTests {
    /// `make docs` sets PGASSAY_WRITE_PAGES, and then the page is written first.
    @Test func isTheTable() throws {
        let page = packageRoot.appending(path: "docs/causes.md")
        if ProcessInfo.processInfo.environment["PGASSAY_WRITE_PAGES"] != nil {
            try Data(CausesPage.text.utf8).write(to: page)
        }
        let text = try String(contentsOf: page, encoding: .utf8)
        #expect(text == CausesPage.text, "docs/causes.md is not what Sources/Words/Causes says: make docs")
        for rule in causeTable where !rule.during.isEmpty { #expect(text.contains("| `\(rule.id)` |")) }
    }

    @Test func itsLinksLeadSomewhere() throws {
        let links = CausesPage.text.matches(of: /\]\((?<file>[^)#]+)(?:#(?<heading>[^)]+))?\)/)
        #expect(links.count > 2 * causeTable.count)
        let docs = packageRoot.appending(path: "docs")
        for link in Set(links.map { String($0.0) }) {
            let parts = link.dropFirst(2).dropLast().split(separator: "#")
            let file = docs.appending(path: String(parts[0])).standardizedFileURL
            let text = try String(contentsOf: file, encoding: .utf8)
            guard parts.count > 1 else { continue }
            #expect(anchors(of: text).contains(String(parts[1])), "\(link)")
        }
    }

    /// Every cause that a report can name has a section of its own.
    @Test func everyCauseHasARunbookSection() throws {
        let page = try String(contentsOf: packageRoot.appending(path: "runbooks/causes.md"), encoding: .utf8)
        for name in Set(causeTable.map { $0.cause?.rawValue ?? "harmless" }) {
            #expect(anchors(of: page).contains(name))
        }
    }

    /// As GitHub makes them of headings.
    private func anchors(of text: String) -> Set<String> {
        Set(
            text.split(separator: "\n").filter { $0.hasPrefix("#") }.map { heading in
                let words = heading.drop { $0 == "#" }.drop { $0 == " " }.lowercased()
                return String(words.filter { $0.isLetter || $0.isNumber || "-_ ".contains($0) }).replacing(
                    " ", with: "-")
            })
    }
}
