import Foundation
import Glibc
import Postgres
import Scratch
import SystemPackage

/// Real servers for tests. A test that needs one fails without one.
package enum TestServer {
    /// Where tests make scratch directories, apart from anybody's real ones.
    package static let parent = SharedDirectory.path.appending("s")

    /// What `initdb` makes, to be copied by all servers and drills of this process.
    package static let cache = TemplateCache(at: SharedDirectory.path.appending("cache"))

    package static let request: ScratchRequest = {
        var request = ScratchRequest(parent: parent, jobs: 2, diskSpace: 0, label: "test")
        request.dataSize = 0
        request.deadline = .seconds(600)
        request.cache = cache
        return request
    }()

    /// Looked for once: hundreds of tests that start at the same time would ask every program hundreds of times.
    private static let installations = Once { try await Installation.findAll() }

    /// The newest installed PostgreSQL of a major version; nil asks for the oldest major version that there is.
    package static func installation(major: Int? = nil) async throws -> Installation {
        // Newest first.
        let all = try await installations.value
        guard let wanted = major ?? all.last?.version.major,
            let found = all.first(where: { $0.version.major == wanted })
        else { throw ScratchError.noPostgres(configured: []) }
        return found
    }

    /// Runs a scratch server for one test, which may stop it and configure it.
    package static func with<Result: Sendable>(
        major: Int? = nil, _ body: @Sendable (ScratchServer) async throws -> Result
    ) async throws -> Result {
        let installation = try await installation(major: major)
        return try await Turn.take {
            try await withScratchServer(request, of: installation, cleanup: CleanupLog()) { server in
                try open(server)
                return try await body(server)
            }
        }
    }

    /// Lets every account connect to it, as to a server that somebody runs.
    static func open(_ server: ScratchServer) throws {
        let directory = server.directory.socket
        for path in [directory, directory.appending(".s.PGSQL.5432")] {
            guard chmod(path.string, 0o777) == 0 else { throw Errno(rawValue: errno) }
        }
    }

    /// A server that tests use at the same time, each in databases of its own. It runs from the first who asks for it to the
    /// last, who waits until it is gone. It takes no turn: what is done with it does.
    package static func shared<Result>(
        major: Int? = nil, isolation: isolated (any Actor)? = #isolation,
        _ body: (ScratchServer) async throws -> Result
    ) async throws -> Result {
        let installation = try await installation(major: major)
        let server = try await SharedServers.all.enter(installation)
        do {
            let result = try await body(server)
            try await SharedServers.all.leave(installation)
            return result
        } catch {
            try await SharedServers.all.leave(installation)
            throw error
        }
    }
}

/// Makes a database for one test on a server that others use too, and drops it.
/// - Parameter options: of CREATE DATABASE, such as its encoding.
package func withNewDatabase<Result: Sendable>(
    _ purpose: String = "test", on server: ScratchServer, options: String = "",
    _ body: @Sendable (ConnectionTarget) async throws -> Result
) async throws -> Result {
    let name = "\(purpose)_" + String(UInt32.random(in: 0 ... .max), radix: 36)
    func execute(_ statement: String) async throws {
        try await withConnection(to: server.target(database: "postgres")) { try await $0.execute(statement) }
    }
    try await execute("CREATE DATABASE \(name) TEMPLATE template0 STRATEGY file_copy \(options)")
    let outcome: Swift.Result<Result, any Error>
    do {
        outcome = .success(try await body(server.target(database: name)))
    } catch {
        outcome = .failure(error)
    }
    // Sessions that a test leaves open end by it.
    try await execute("DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
    return try outcome.get()
}
