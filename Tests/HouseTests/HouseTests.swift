import Foundation
import TestSupport
import Testing

/// The house stands as docs/architecture.md draws it.
@Suite struct HouseTests {
    @Test func everyTargetLiesInARoom() async throws {
        // What tests use lies beside them.
        for target in try await House.described().targets where !target.path.hasPrefix("Tests/") {
            let room = try #require(target.room, "\(target.name) lies in \(target.path)")
            #expect(House.rooms.contains(room), "\(target.name) lies in \(target.path)")
        }
    }

    @Test func noArrowPointsUp() async throws {
        let house = try await House.described()
        var seen = 0
        for target in house.targets {
            guard let room = target.room.flatMap({ House.rooms.firstIndex(of: $0) }) else { continue }
            for name in target.imports {
                let other = try #require(house[name]?.room.flatMap { House.rooms.firstIndex(of: $0) })
                #expect(other <= room, "\(target.name) imports \(name), which is above it")
                seen += 1
            }
        }
        #expect(seen > 50)
    }

    /// What a backup is and says of itself can be read where there is no server, and nothing is run for it.
    @Test(arguments: [
        "Backup", "Archive", "Physical", "Files", "Bytes", "Compression", "Rows", "Values", "Causes", "Findings",
    ])
    func neitherAServerNorAChildProcessIsBelow(_ name: String) async throws {
        let house = try await House.described()
        try #require(house[name] != nil)
        let all = house.everything(importedBy: name)
        #expect(all.isDisjoint(with: ["CLibPQ", "Postgres", "Subprocess", "Processes", "Scratch"]), "\(all.sorted())")
        // The same question finds them where they are.
        #expect(house.everything(importedBy: "Restore").isSuperset(of: ["CLibPQ", "Subprocess"]))
    }

    /// `make docs` writes the drawing between its two marks.
    @Test func thePageShowsTheHouse() async throws {
        let page = House.folder.appending(path: "docs/architecture.md")
        let (begin, end) = ("<!-- house: written from Package.swift by `make docs` -->\n", "<!-- /house -->")
        let text = try String(contentsOf: page, encoding: .utf8)
        let from = try #require(text.range(of: begin)).upperBound
        let to = try #require(text.range(of: end)).lowerBound
        let drawing = "```\n\(try await House.described().drawing)\n```\n"
        if ProcessInfo.processInfo.environment["PGASSAY_WRITE_PAGES"] != nil {
            try Data((text[..<from] + drawing + text[to...]).utf8).write(to: page)
        } else {
            #expect(text[from..<to] == drawing, "docs/architecture.md does not show the house: run make docs")
        }
    }
}
