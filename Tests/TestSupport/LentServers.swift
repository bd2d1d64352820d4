import Postgres
import Scratch

extension TestServer {
    /// A server for one test alone, which another test may have had before: it has no databases but its own, and no roles but
    /// its own. It is neither stopped nor configured: a test that does that starts one of its own.
    package static func lent<Result: Sendable>(
        major: Int? = nil, _ body: @Sendable (ScratchServer) async throws -> Result
    ) async throws -> Result {
        let installation = try await installation(major: major)
        await LentServers.all.enter(installation)
        let outcome: Swift.Result<Result, any Error>
        do {
            outcome = .success(try await Turn.take { try await lend(installation, body) })
        } catch {
            outcome = .failure(error)
        }
        try await LentServers.all.leave(installation)
        return try outcome.get()
    }

    private static func lend<Result: Sendable>(
        _ installation: Installation, _ body: @Sendable (ScratchServer) async throws -> Result
    ) async throws -> Result {
        let lent = await LentServers.all.take(installation)
        do {
            let server = try await lent.server
            let result = try await body(server)
            try await server.clear()
            await LentServers.all.giveBack(lent)
            return result
        } catch {
            // What a test leaves that failed is for no other; and its own error says more than that of the end.
            try? await lent.end()
            throw error
        }
    }
}

extension ScratchServer {
    /// Drops the databases and the roles that it did not have when it was new.
    fileprivate func clear() async throws {
        try await withConnection(to: target(database: "postgres")) { connection in
            func drop(_ what: String, _ query: String, _ how: String = "") async throws {
                for row in try await connection.query(query) {
                    try await connection.execute("DROP \(what) \(quoteIdentifier(try row.need(at: 0))) \(how)")
                }
            }
            try await drop(
                "DATABASE", "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'",
                "WITH (FORCE)")
            try await drop("ROLE", "SELECT rolname FROM pg_roles WHERE oid >= 16384")
        }
    }
}

/// The servers that are lent: as many as tests have at a time. They end with the last test that is to have one.
private actor LentServers {
    static let all = LentServers()

    /// Tests that have one, or wait for their turn.
    private var users: [Installation: Int] = [:]
    private var idle: [BackgroundServer] = []

    func enter(_ installation: Installation) { users[installation, default: 0] += 1 }

    func take(_ installation: Installation) -> BackgroundServer {
        guard let index = idle.firstIndex(where: { $0.installation == installation }) else {
            return BackgroundServer(of: installation, jobs: 2)
        }
        return idle.remove(at: index)
    }

    func giveBack(_ server: BackgroundServer) { idle.append(server) }

    func leave(_ installation: Installation) async throws {
        users[installation, default: 0] -= 1
        guard users[installation] == 0 else { return }
        let unused = idle.filter { $0.installation == installation }
        idle.removeAll { $0.installation == installation }
        for server in unused { try await server.end() }
    }
}
