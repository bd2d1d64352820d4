import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Scratch

@Suite struct InstallationTests {
    @Test(arguments: [
        ("15.18 (Debian 15.18-0+deb12u1)", 15, 18), ("postgres (PostgreSQL) 17.5", 17, 5), ("9.6.24", 9, 6),
        ("18beta1", 18, 0),
        ("16devel", 16, 0),
    ])
    func versionsAreRead(text: String, major: Int, minor: Int) {
        #expect(ServerVersion(parsing: text) == ServerVersion(major: major, minor: minor))
    }

    @Test func versionNumbersAreRead() {
        #expect(ServerVersion(number: 150_018) == ServerVersion(major: 15, minor: 18))
        #expect(ServerVersion(number: 90_624) == ServerVersion(major: 9, minor: 6))
        #expect(ServerVersion(parsing: "none") == nil)
    }

    private static func installed(_ versions: [Int]) -> [Installation] {
        versions.map { Installation(version: ServerVersion(major: $0, minor: 3), directory: FilePath("/pg/\($0)")) }
    }

    /// (dumped server, pg_dump, expected pick)
    @Test(arguments: [(15, 15, 15), (14, 14, 15), (15, 17, 17), (16, 16, 17), (18, 18, 18)])
    func nearestThatIsNotOlderIsPicked(server: Int, dump: Int, expected: Int) throws {
        let choice = try InstallationChoice(
            serverVersion: ServerVersion(major: server, minor: 9), dumpVersion: ServerVersion(major: dump, minor: 9),
            among: Self.installed([18, 17, 15]))
        #expect(choice.installation.version.major == expected)
    }

    @Test func olderThanTheDumpIsRefused() {
        #expect(
            throws: ScratchError.tooOld(needed: .init(major: 18, minor: 1), installed: [.init(major: 15, minor: 3)])
        ) {
            try InstallationChoice(
                serverVersion: ServerVersion(major: 15, minor: 1), dumpVersion: ServerVersion(major: 18, minor: 1),
                among: Self.installed([15]))
        }
        #expect(throws: ScratchError.noPostgres(configured: [])) {
            try InstallationChoice(serverVersion: nil, dumpVersion: nil, among: [])
        }
    }

    @Test func debianLayoutIsFoundAndWrappersAreNot() async throws {
        let all = try await Installation.findAll()
        #expect(!all.isEmpty)
        #expect(!all.contains { $0.directory == "/usr/bin" })
        #expect(all.map(\.version) == all.map(\.version).sorted(by: >))
    }

    /// A directory with programs of PostgreSQL, of which one notes how often it is asked.
    private struct Asked {
        let root: FilePath
        var directory: FilePath { root.appending("bin") }
        var cache: TemplateCache { TemplateCache(at: root.appending("cache")) }

        /// Puts `postgres` there.
        func write(_ version: String) throws {
            let script = "#!/bin/sh\necho >> '\(root)/asked'\necho 'postgres (PostgreSQL) \(version)'\n"
            for name in ["postgres", "initdb", "pg_restore"] {
                let file = directory.appending(name).string
                try Data(script.utf8).write(to: URL(filePath: file))
                try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
            }
        }

        func version() async throws -> ServerVersion? {
            let real = URL(filePath: directory.string).resolvingSymlinksInPath().path
            return try await Installation.findAll(configured: [directory], cache: cache)
                .first { $0.directory.string == real }?.version
        }

        var times: Int { (FileManager.default.contents(atPath: root.appending("asked").string) ?? Data()).count }

        static func with(_ body: (Asked) async throws -> Void) async throws {
            try await withTemporaryDirectory { root in
                let asked = Asked(root: root)
                try FileManager.default.createDirectory(
                    atPath: asked.directory.string, withIntermediateDirectories: false)
                try asked.write("15.3")
                try await body(asked)
            }
        }
    }

    private static func make(_ cache: TemplateCache, mode: Int) throws {
        try FileManager.default.createDirectory(
            atPath: cache.directory.string, withIntermediateDirectories: false, attributes: [.posixPermissions: mode])
    }

    @Test("A program that has not changed is asked once for its version")
    func versionsAreKnown() async throws {
        try await Asked.with { asked in
            try Self.make(asked.cache, mode: 0o700)
            for _ in 0..<3 { #expect(try await asked.version() == ServerVersion(major: 15, minor: 3)) }
            #expect(asked.times == 1)
            try asked.write("15.10")
            for _ in 0..<2 { #expect(try await asked.version() == ServerVersion(major: 15, minor: 10)) }
            #expect(asked.times == 2)
            _ = asked.cache.clear()
            #expect(try FileManager.default.contentsOfDirectory(atPath: asked.cache.directory.string) == [])
        }
    }

    @Test(
        "A cache that is not there, is damaged, or that others can write to is not believed",
        arguments: ["none", "damaged", "open"])
    func cacheIsNotBelieved(_ what: String) async throws {
        try await Asked.with { asked in
            if what != "none" {
                try Self.make(asked.cache, mode: 0o700)
                _ = try await asked.version()
                try #require(FileManager.default.fileExists(atPath: asked.cache.versions.string))
            }
            if what == "open" {
                try FileManager.default.setAttributes(
                    [.posixPermissions: 0o777], ofItemAtPath: asked.cache.directory.string)
            }
            for _ in 0..<2 {
                if what == "damaged" { try Data("{".utf8).write(to: URL(filePath: asked.cache.versions.string)) }
                let before = asked.times
                #expect(try await asked.version() == ServerVersion(major: 15, minor: 3))
                #expect(asked.times == before + 1)
            }
        }
    }
}
