import Findings
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Whatever a backup starts ends with its drill.
@Suite struct LeftoverTests {
    @Test func aProgramThatLeavesTheServersSession() async throws {
        try await withDesk { desk in
            // A number that nobody else sleeps.
            let sleep = "sleep 3600.\(UInt32.random(in: 1_000_000 ... .max))"
            let drilled = try await desk.drill(
                try desk.script(
                    """
                    CREATE TABLE public.t (id integer);
                    COPY public.t (id) FROM PROGRAM 'cd /; setsid \(sleep) >/dev/null 2>&1 & echo 1';
                    """))
            #expect(drilled.exitCode == 0, "\(drilled.complaints)")
            #expect(drilled.rows == ["public.t": 1])
            #expect(processes(using: FilePath(sleep)) == [])
        }
    }

    @Test("What a killed drill left half made in the cache is removed; templates are removed when that is asked for")
    func theCache() async throws {
        try await withDesk { desk in
            let cache = desk.root.appending("cache")
            let environment = ["PGASSAY_CACHE": cache.string]
            let dump = try desk.script("CREATE TABLE public.t (id integer);")
            #expect(try await desk.drill(dump, environment: environment).exitCode == 0)
            // The first drill makes the cache, the second notes the versions there.
            #expect(try await desk.drill(dump, environment: environment).exitCode == 0)
            let made = try desk.names(in: cache)
            #expect(made.count == 2 && made[0].hasPrefix("initdb-") && made[1] == "versions.json", "\(made)")
            let dead = cache.appending("pgassay-00000001")
            try FileManager.default.createDirectory(
                atPath: dead.string, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
            let owner = #"{"tool":"pgassay","label":"template of initdb","processID":1,"created":0,"kept":false}"#
            try Data(owner.utf8).write(to: URL(filePath: dead.appending("pgassay.lock").string))
            let swept = try await desk.pgassay(["clean"], environment: environment)
            #expect(swept.exitCode == 0 && swept.output == "removed  \(dead)\n", "\(swept)")
            #expect(try desk.names(in: cache) == made)
            let cleared = try await desk.pgassay(["clean", "--cache"], environment: environment)
            #expect(cleared.exitCode == 0 && cleared.output == "removed  \(cache.appending(made[0]))\n", "\(cleared)")
            #expect(try desk.names(in: cache) == [])
            let again = try await desk.pgassay(["clean", "--cache"], environment: environment)
            #expect(again.exitCode == 0 && again.output == "nothing to clean\n", "\(again)")
        }
    }
}
