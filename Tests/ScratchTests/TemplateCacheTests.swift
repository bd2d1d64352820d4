import Foundation
import Glibc
import Postgres
import Processes
import SystemPackage
import TestSupport
import Testing

@testable import Scratch

/// What `initdb` makes is kept and copied. It takes root, as the tests of overlays do.
@Suite struct TemplateCacheTests {
    private struct Place: Sendable {
        let root: FilePath
        let fence: Fence
        let installation: Installation
        var cache: TemplateCache { TemplateCache(at: root.appending("cache")) }

        static func with(_ body: @Sendable (Place) async throws -> Void) async throws {
            try await Turn.take {
                try await withTemporaryDirectory { root in
                    let fence = try await Fence.detect(account: try Account.resolve(configured: nil))
                    try #require(fence.account.isOther, "this test needs root")
                    let installation = try await TestServer.installation()
                    let place = Place(root: root, fence: fence, installation: installation)
                    try fence.account.makeDirectory(place.scratch)
                    try await body(place)
                }
            }
        }

        var scratch: FilePath { root.appending("scratch") }

        /// Makes a data directory.
        func make(_ name: String, with script: String? = nil) async throws -> FilePath {
            let installation = try script.map { try replacingInitdb(by: $0) } ?? installation
            let data = scratch.appending(name)
            try await EmptyCluster(of: installation, behind: fence).make(
                at: data, in: scratch, cache: cache, deadline: .seconds(600))
            return data
        }

        /// The same PostgreSQL, whose `initdb` is a script; `$real` is the one that it stands for.
        func replacingInitdb(by script: String) throws -> Installation {
            let directory = root.appending("bin")
            try FileManager.default.createDirectory(atPath: directory.string, withIntermediateDirectories: true)
            let postgres = directory.appending("postgres").string
            if !FileManager.default.fileExists(atPath: postgres) {
                try FileManager.default.createSymbolicLink(
                    atPath: postgres, withDestinationPath: installation.program("postgres").string)
            }
            let initdb = directory.appending("initdb")
            let text = "#!/bin/sh\nreal=\(installation.program("initdb"))\n\(script)\n"
            // A program that was written again is another one to the cache.
            if (try? String(contentsOfFile: initdb.string, encoding: .utf8)) != text {
                try text.write(toFile: initdb.string, atomically: false, encoding: .utf8)
            }
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: initdb.string)
            return Installation(version: installation.version, directory: directory)
        }

        var names: [String] {
            ((try? FileManager.default.contentsOfDirectory(atPath: cache.directory.string)) ?? []).sorted()
        }

        /// What `pg_controldata` says of a data directory.
        func control(_ data: FilePath) async throws -> [String: String] {
            let command = Command(installation.program("pg_controldata"), [data.string], directory: root)
            let outcome = try await command.run(deadline: .seconds(600))
            #expect(outcome.succeeded, "\(outcome.failure)")
            #expect(!outcome.output.contains("WARNING") && !outcome.errorOutput.contains("arning"), "\(outcome)")
            return Dictionary(
                outcome.output.split(separator: "\n").map { line in
                    let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
                    return (parts[0], parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : "")
                }, uniquingKeysWith: { $1 })
        }
    }

    /// Leaves a number of this run in the directory that it makes: the script can write nowhere else.
    private static let counting = #"""
        for word; do case $word in --pgdata=*) data=${word#--pgdata=} ;; esac; done
        "$real" "$@" && od -An -N16 -tx1 /dev/urandom >"$data/run"
        """#

    private static func run(of data: FilePath) throws -> String {
        try String(contentsOfFile: data.appending("run").string, encoding: .utf8)
    }

    @Test func initdbRunsOnceAndEveryCopyIsACluster() async throws {
        try await Place.with { place in
            let one = try await place.make("one", with: Self.counting)
            let two = try await place.make("two", with: Self.counting)
            #expect(try Self.run(of: one) == Self.run(of: two))
            #expect(place.names.count == 1)
            let controls = [try await place.control(one), try await place.control(two)]
            let identifiers = controls.compactMap { $0["Database system identifier"] }
            #expect(Set(identifiers).count == 2, "\(identifiers)")
            #expect(controls.map { $0["Database cluster state"] } == ["shut down", "shut down"])
            for path in [one, two, two.appending("global/pg_control")] {
                var status = stat()
                #expect(stat(path.string, &status) == 0)
                #expect(status.st_uid == place.fence.account.userID)
                #expect(status.st_mode & 0o077 == 0)
            }
        }
    }

    @Test func aServerRunsOnACopyAndSaysItsIdentifier() async throws {
        try await Place.with { place in
            var request = TestServer.request
            request.cache = place.cache
            var seen: Set<String> = []
            for _ in 0..<2 {
                seen.insert(
                    try await withScratchServer(request, of: place.installation, cleanup: CleanupLog()) { server in
                        try await withConnection(to: server.target(database: "postgres")) {
                            try await $0.query("SELECT system_identifier::text FROM pg_control_system()")[0].need(at: 0)
                        }
                    })
            }
            #expect(seen.count == 2)
        }
    }

    /// Neither to change it nor to read it.
    @Test func theAccountOfServersReachesNoTemplate() async throws {
        try await Place.with { place in
            _ = try await place.make("one")
            let template = place.cache.directory.appending(try #require(place.names.first))
            for path in [place.cache.directory, template, template.appending("data"), template.appending("data/base")] {
                var status = stat()
                #expect(lstat(path.string, &status) == 0)
                #expect(status.st_uid == 0)
                #expect(status.st_mode & 0o077 == 0)
                for flag in ["-x", "-w", "-r"] { #expect(try await !place.fence.account(can: flag, path)) }
            }
        }
    }

    @Test func aTemplateOfAnotherInitdbIsReplaced() async throws {
        try await Place.with { place in
            let one = try await place.make("one", with: Self.counting)
            let before = place.names
            let two = try await place.make("two", with: Self.counting + "\n# newer")
            #expect(try Self.run(of: one) != Self.run(of: two))
            #expect(place.names.count == 1 && place.names != before)
        }
    }

    static let unusable: [(reason: String, make: @Sendable (FilePath) throws -> Void)] = [
        ("a file", { try Data().write(to: URL(filePath: $0.string)) }),
        ("others may write to it", { try makeDirectory($0, mode: 0o777) }),
        (
            "it is another's",
            { path in
                try makeDirectory(path, mode: 0o700)
                try #require(chown(path.string, 65534, 65534) == 0)
            }
        ),
        (
            "a link",
            { path in
                let elsewhere = path.removingLastComponent().appending("elsewhere")
                try makeDirectory(elsewhere, mode: 0o700)
                try FileManager.default.createSymbolicLink(atPath: path.string, withDestinationPath: elsewhere.string)
            }
        ),
    ]

    private static func makeDirectory(_ path: FilePath, mode: mode_t) throws {
        try #require(mkdir(path.string, 0o700) == 0 && chmod(path.string, mode) == 0)
    }

    @Test(arguments: unusable.indices)
    func aCacheThatCannotBeUsedIsNoReasonToFail(_ index: Int) async throws {
        try await Place.with { place in
            try Self.unusable[index].make(place.cache.directory)
            let data = try await place.make("one")
            #expect(try await place.control(data)["Database cluster state"] == "shut down")
            #expect(place.names == [], "nothing is put there")
        }
    }

    @Test func aDamagedTemplateIsNoReasonToFail() async throws {
        try await Place.with { place in
            _ = try await place.make("one")
            let template = place.cache.directory.appending(try #require(place.names.first))
            try FileManager.default.removeItem(atPath: template.appending("data/global/pg_control").string)
            let data = try await place.make("two")
            #expect(try await place.control(data)["Database cluster state"] == "shut down")
        }
    }

    @Test func anInitdbThatFailsLeavesNothingAndIsTold() async throws {
        try await Place.with { place in
            let error = await #expect(throws: ScratchError.self) {
                _ = try await place.make("one", with: "echo 'no room' >&2; exit 1")
            }
            #expect(error == .childFailed(program: "initdb", reason: "no room (exit code 1)"))
            #expect(place.names == [])
        }
    }

    @Test func whatWasKilledHalfWayIsSweptAndTemplatesAreCleared() async throws {
        try await Place.with { place in
            _ = try await place.make("one")
            let dead = place.cache.directory.appending("pgassay-00000001")
            try Self.makeDirectory(dead, mode: 0o700)
            let lock = dead.appending("pgassay.lock")
            do {
                let held = try ScratchLock(creating: lock, owner: .init(label: "test"))
                #expect(await place.cache.sweep().map(\.outcome) == [.inUse])
                withExtendedLifetime(held) {}
            }
            #expect(await place.cache.sweep() == [Sweep.Entry(directory: dead, outcome: .removed)])
            #expect(place.names.count == 1)
            #expect(place.cache.clear().map(\.outcome) == [.removed])
            #expect(place.names == [])
        }
    }
}
