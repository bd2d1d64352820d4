import Foundation
import Glibc
import Postgres
import Processes
import SystemPackage
import TestSupport
import Testing

@testable import Scratch

@Suite struct ScratchServerTests {
    @Test func aDirectoryIsMadeOnlyBelowOneThatIsThere() throws {
        let parent = SharedDirectory.path
        #expect(try ScratchDirectory.existingDirectory(of: parent) == parent)
        #expect(try ScratchDirectory.existingDirectory(of: parent.appending("new")) == parent)
        let error = #expect(throws: ScratchError.self) {
            try ScratchDirectory.existingDirectory(of: parent.appending("new").appending("newer"))
        }
        #expect(error?.description.contains("there is no directory \(parent.appending("new"))") == true)
    }

    @Test(
        arguments: [
            (memory: 24, data: Int64(0), shared: "32MB"), (24, 100 << 20, "200MB"), (24, 1 << 40, "2048MB"),
            (24, nil, "2048MB"), (4, nil, "512MB"), (4, 1 << 40, "512MB"), (0, nil, "128MB"),
        ] as [(memory: Int64, data: Int64?, shared: String)])
    func buffersAreAsManyAsTheDataNeeds(_ memory: Int64, _ data: Int64?, _ shared: String) throws {
        let settings = ServerSettings(
            version: try #require(ServerVersion(parsing: "15.18")), memory: memory << 30, dataSize: data, objects: nil,
            processors: 2, jobs: 2, socketDirectory: "/s")
        #expect(settings.values["shared_buffers"] == shared)
    }

    @Test(
        arguments: [
            (processors: 2, jobs: 2, workers: "0"), (2, 1, "1"), (4, 4, "0"), (8, 4, "1"), (64, 4, "2"), (1, 4, "0"),
        ])
    func indexesAreBuiltByProcessorsWithoutAJob(_ processors: Int, _ jobs: Int, _ workers: String) throws {
        let settings = ServerSettings(
            version: try #require(ServerVersion(parsing: "15.18")), memory: 24 << 30, dataSize: nil, objects: nil,
            processors: processors, jobs: jobs, socketDirectory: "/s")
        #expect(settings.values["max_parallel_maintenance_workers"] == workers)
    }

    /// Connections may lock four times as many as the backup has objects; without their number, a guess.
    @Test(
        arguments: [
            (objects: nil, locks: "1024"), (0, "128"), (896, "129"), (10_000, "1429"), (.max / 4, "9363"),
        ] as [(objects: Int?, locks: String)])
    func locksAreAsManyAsThereAreObjects(_ objects: Int?, _ locks: String) throws {
        let settings = ServerSettings(
            version: try #require(ServerVersion(parsing: "15.18")), memory: 24 << 30, dataSize: nil, objects: objects,
            processors: 2, jobs: 2, socketDirectory: "/s")
        #expect(settings.values["max_connections"] == "28")
        #expect(settings.values["max_locks_per_transaction"] == locks)
    }

    @Test func runsFencedAndLeavesNothing() async throws {
        let cleanup = CleanupLog()
        let installation = try await TestServer.installation()
        let directory = try await withScratchServer(TestServer.request, of: installation, cleanup: cleanup) { server in
            var status = stat()
            #expect(stat(server.directory.path.string, &status) == 0)
            #expect(status.st_mode & 0o777 == (server.fence.account.isOther ? 0o711 : 0o700))
            #expect(status.st_uid == geteuid())
            for path in [server.directory.data, server.directory.socket] {
                #expect(stat(path.string, &status) == 0)
                #expect(status.st_mode & 0o777 == 0o700)
                #expect(status.st_uid == server.fence.account.userID)
                #expect(status.st_uid != 0, "never root")
            }
            try await withConnection(to: server.target(database: "postgres")) { connection in
                for (name, value) in [
                    ("fsync", "off"), ("listen_addresses", ""), ("archive_mode", "off"), ("autovacuum", "off"),
                ] {
                    let shown = try await connection.query("SELECT current_setting($1)", [name])
                    #expect(try shown[0].need(at: 0, as: String.self) == value)
                }
            }
            #expect(await Sweep().sweep(server.directory.path, evenKept: true)?.outcome == .inUse)
            return server.directory
        }
        #expect(!FileManager.default.fileExists(atPath: directory.path.string))
        #expect(cleanup.entries.map(\.removed) == [true, true])
    }

    /// Autovacuum would first look at a small one when its drill is over; a person looks at a server that is kept for longer.
    @Test(arguments: [(1 << 20, false), (ScratchServer.leastToVacuum, false), (1 << 20, true)])
    func autovacuumRunsWhereThereIsWorkForIt(dataSize: Int64, isKept: Bool) async throws {
        var request = TestServer.request
        (request.dataSize, request.keep) = (dataSize, isKept)
        let installation = try await TestServer.installation()
        let directory = try await withScratchServer(request, of: installation, cleanup: CleanupLog()) { server in
            try await server.allowAutovacuum()
            try await withConnection(to: server.maintenance) { connection in
                func isOn() async throws -> Bool {
                    try await connection.query("SHOW autovacuum")[0].need(at: 0, as: String.self) == "on"
                }
                if dataSize < ScratchServer.leastToVacuum && !isKept {
                    // ALTER SYSTEM makes the line that a server takes at its next reload, whenever that is.
                    let lines = try await connection.query("SELECT pg_read_file('postgresql.auto.conf')")
                    #expect(try !lines[0].need(at: 0, as: String.self).contains("autovacuum"))
                    #expect(try await !isOn())
                } else {
                    try await eventually("autovacuum is on") { try await isOn() }
                }
            }
            return server.directory
        }
        if isKept { #expect(await Sweep().sweep(directory.path, evenKept: true)?.outcome == .removed) }
    }

    /// A server behind the fence, made to call out by the SQL that a hostile backup could hold.
    @Test func networkIsOutOfReach() async throws {
        try await TestServer.with { server in
            // What this is about cannot be shown where the kernel allows none.
            try #require(server.fence.isolation.contains { $0.hasPrefix("own network namespace") })
            try await withConnection(to: server.target(database: "postgres")) { connection in
                try await connection.execute("CREATE TABLE o (line text); COPY o FROM PROGRAM 'cat /proc/net/dev'; ")
                let rows = try await connection.query(
                    "SELECT line FROM o WHERE line LIKE '%:%' AND line NOT LIKE '%lo:%'")
                #expect(rows.isEmpty, "an interface other than loopback is visible")
                let capabilities = try await connection.query(
                    "SELECT pg_read_file('/proc/self/status')")[0].need(at: 0, as: String.self)
                #expect(capabilities.contains("NoNewPrivs:\t1"))
                #expect(capabilities.contains("CapEff:\t0000000000000000"))
            }
        }
    }

    @Test func bodyErrorStillCleansUp() async throws {
        struct Broken: Error {}
        let cleanup = CleanupLog()
        let installation = try await TestServer.installation()
        await #expect(throws: Broken.self) {
            try await withScratchServer(TestServer.request, of: installation, cleanup: cleanup) { _ in throw Broken() }
        }
        #expect(cleanup.entries.map(\.removed) == [true, true])
    }

    @Test func cancellationStillCleansUp() async throws {
        let cleanup = CleanupLog()
        let installation = try await TestServer.installation()
        let started = Latch()
        let task = Task {
            try await withScratchServer(TestServer.request, of: installation, cleanup: cleanup) { _ in
                started.raise()
                try await Task.sleep(for: .seconds(3600))
            }
        }
        try await eventually("the server runs") { started.isRaised }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(cleanup.entries.map(\.removed) == [true, true])
    }

    @Test func keptServerOutlivesUsUntilSwept() async throws {
        var request = TestServer.request
        request.keep = true
        let installation = try await TestServer.installation()
        var server = try await withScratchServer(request, of: installation, cleanup: CleanupLog()) { $0 }
        // It was started again.
        server.postmaster = nil
        try await withConnection(to: server.target(database: "postgres")) { connection in
            let rows = try await connection.query("SELECT 1")
            #expect(rows.count == 1)
        }
        #expect(await Sweep().sweep(server.directory.path, evenKept: false)?.outcome == .kept)
        #expect(await Sweep().sweep(server.directory.path, evenKept: true)?.outcome == .removed)
        #expect(!FileManager.default.fileExists(atPath: server.directory.path.string))
        let target = server.target(database: "postgres")
        await #expect(throws: PostgresError.self) { _ = try await Connection(to: target) }
    }

    @Test func sweepTouchesNothingOfOthers() async throws {
        try await withTemporaryDirectory { parent in
            let foreign = parent.appending("pgassay-00000000")
            try FileManager.default.createDirectory(atPath: foreign.string, withIntermediateDirectories: false)
            let other = parent.appending("pgassay-11111111")
            try FileManager.default.createDirectory(atPath: other.string, withIntermediateDirectories: false)
            try #"{"tool":"somebody else"}"#.write(
                toFile: other.appending("pgassay.lock").string, atomically: true, encoding: .utf8)
            #expect(await Sweep().sweep(below: parent).isEmpty)
            #expect(FileManager.default.fileExists(atPath: foreign.string))
            #expect(FileManager.default.fileExists(atPath: other.string))
        }
    }

    @Test func tooSmallADiskIsSaidBeforeAnythingRuns() async throws {
        var request = TestServer.request
        request.diskSpace = .max
        let installation = try await TestServer.installation()
        let cleanup = CleanupLog()
        let error = await #expect(throws: ScratchError.self) {
            try await withScratchServer(request, of: installation, cleanup: cleanup) { _ in }
        }
        guard case .diskTooSmall = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(cleanup.entries.map(\.removed) == [true])
    }

    @Test func pathTooLongForASocketIsSaid() async throws {
        var request = TestServer.request
        request.parent = FilePath("/tmp/" + String(repeating: "x", count: 100))
        let installation = try await TestServer.installation()
        await #expect(throws: ScratchError.self) {
            try await withScratchServer(request, of: installation, cleanup: CleanupLog()) { _ in }
        }
        try FileManager.default.removeItem(atPath: request.parent.string)
    }

    @Test func logTellsTheCodeOfAMessage() async throws {
        try await TestServer.with { server in
            try await withConnection(to: server.target(database: "postgres")) { connection in
                _ = await #expect(throws: PostgresError.self) {
                    try await connection.query("SELECT * FROM missing_table")
                }
            }
            let message = #"relation "missing_table" does not exist"#
            try await eventually("the log has the message") { server.log.sqlState(ofMessage: message) != nil }
            #expect(server.log.sqlState(ofMessage: message) == "42P01")
        }
    }
}
