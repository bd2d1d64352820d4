import Postgres
import Scratch
import TestSupport
import Testing

@testable import Restore

/// A database of a drill on a server that somebody runs.
@Suite struct ScratchDatabaseTests {
    private struct Stopped: Error {}

    /// The drill is stopped between the server's answer to CREATE ROLE and its own note of it.
    @Test func aRoleThatTheDrillDoesNotKnowOfIsDropped() async throws {
        try await TestServer.with { server in
            let target = server.target(database: "postgres")
            let fence = try await ClientFence(for: nil, isolation: .required)
            await #expect(throws: Stopped.self) {
                try await withDatabase(
                    on: target, fencedOff: FencedOff(), encoding: nil, needed: nil,
                    installation: server.installation, fence: fence, cleanup: CleanupLog(), label: "test"
                ) { database in
                    try await withConnection(to: database.target) { connection in
                        let maker = RoleMaker(
                            connection: connection, made: RoleList(), database: database.target.database ?? "")
                        try await maker.make(["keeper"])
                    }
                    throw Stopped()
                }
            }
            try await withConnection(to: target) { connection in
                let left = try await connection.query(
                    """
                    SELECT rolname FROM pg_roles WHERE rolname = 'keeper'
                    UNION ALL SELECT datname FROM pg_database WHERE datname LIKE 'pgassay%'
                    """)
                #expect(left.isEmpty)
            }
        }
    }
}
