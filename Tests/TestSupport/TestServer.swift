import Foundation
import Postgres
import Scratch
import SystemPackage

/// Real servers for tests. A test that needs one fails without one.
package enum TestServer {
    /// Where tests make scratch directories, apart from anybody's real ones.
    package static let parent = SharedDirectory.path.appending("s")

    package static let request = ScratchRequest(parent: parent, jobs: 2, diskSpace: 0, label: "test")

    /// Looked for once: hundreds of tests that start at the same time would ask every program hundreds of times.
    private static let installations = Once { try await Installation.findAll() }

    /// The newest installed PostgreSQL of a major version; nil asks for the lowest there is.
    package static func installation(major: Int? = nil) async throws -> Installation {
        let all = try await installations.value
        guard let found = all.last(where: { major == nil || $0.version.major == major }) else {
            throw ScratchError.noPostgres(configured: [])
        }
        return found
    }

    /// Runs a scratch server for one test.
    package static func with<Result: Sendable>(
        major: Int? = nil, _ body: @Sendable (ScratchServer) async throws -> Result
    ) async throws -> Result {
        try await withScratchServer(
            request, of: try await installation(major: major), cleanup: CleanupLog(), body)
    }

    /// Runs a scratch server and a connection to its `postgres` database for one test.
    package static func withConnection<Result: Sendable>(
        _ body: @Sendable (Connection) async throws -> Result
    ) async throws -> Result {
        try await with { server in
            try await Postgres.withConnection(to: server.target(database: "postgres"), body)
        }
    }
}
