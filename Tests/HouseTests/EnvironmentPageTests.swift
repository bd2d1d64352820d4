import Foundation
import Testing

/// docs/environment.md names each variable that the program reads, and no other.
@Suite struct EnvironmentPageTests {
    @Test func namesEachVariable() throws {
        var read: Set<String> = []
        for text in try House.sources().values {
            read.formUnion(text.matches(of: /"(PGASSAY_[A-Z_]+)"/).map { String($0.1) })
        }
        try #require(read.count > 5)
        let page = try String(contentsOf: House.folder.appending(path: "docs/environment.md"), encoding: .utf8)
        #expect(Set(page.matches(of: /`(PGASSAY_[A-Z_]+)`/).map { String($0.1) }) == read)
    }
}
