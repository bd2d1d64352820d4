import AWS
import Foundation
import Glibc
import Postgres
import Scratch
import SystemPackage

/// How to log in to what was restored. Holds no password: libpq finds that by itself, or in a file.
struct SnapshotLogin: Sendable {
    let address: SnapshotAddress
    let user: String
    /// Of libpq's form.
    let passwordFile: FilePath?
    /// Nobody without encryption reads along, and no token goes without it.
    let needsEncryption: Bool

    /// - Throws: `badConnectionString`.
    func target(database: String) throws -> ConnectionTarget {
        let base = ConnectionTarget(host: address.host, port: address.port, user: user, database: database)
        var words = base.connectionString
        if let passwordFile {
            let quoted = passwordFile.string.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
            words += " passfile='\(quoted)'"
        }
        // Whoever set it knows more, such as where the certificates are.
        if needsEncryption, ProcessInfo.processInfo.environment["PGSSLMODE"] == nil { words += " sslmode=require" }
        return try ConnectionTarget(parsing: words)
    }

    /// Waits until somebody can connect, and sees that it is what was restored.
    /// - Parameter longestUptime: how long that can have run by now.
    /// - Throws: ``SnapshotError``, `PostgresError`, `CancellationError`.
    func waitUntilReady(for deadline: Duration, longestUptime: () -> Duration) async throws -> ServerVersion {
        let limit = ContinuousClock.now + deadline
        var pauses = Pauses(from: .milliseconds(500), upTo: .seconds(10))
        while true {
            do {
                return try await withConnection(to: try target(database: "postgres")) { connection in
                    try await proveIdentity(over: connection, longestUptime: longestUptime)
                    return ServerVersion(number: try await connection.serverVersion)
                }
            } catch PostgresError.cannotConnect(_, let reason) {
                let isFinal = Self.finalWords.contains(where: reason.contains)
                guard .now < limit, !isFinal else {
                    throw SnapshotError.cannotConnect(
                        address: "\(address)", seconds: (.now - limit + deadline) / .seconds(1), reason: reason)
                }
                try await pauses.wait()
            }
        }
    }

    /// A server that refuses whom we are will do so again.
    private static let finalWords = ["authentication failed", "no password supplied", "no pg_hba.conf entry"]

    /// A tunnel may lead to another server, such as production, and then nothing of the snapshot would be checked. What was
    /// restored began to run after it was ordered; by its own clock, so that no difference of clocks matters.
    private func proveIdentity(over connection: Connection, longestUptime: () -> Duration) async throws {
        let row = try await connection.query(
            """
            SELECT extract(epoch FROM pg_catalog.clock_timestamp() - pg_catalog.pg_postmaster_start_time())::float8 AS uptime,
                pg_catalog.to_char(pg_catalog.pg_postmaster_start_time() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"')
                    AS began
            """)[0]
        guard try row.need("uptime", as: Double.self) <= longestUptime() / .seconds(1) else {
            throw SnapshotError.otherServer(
                address: "\(address)", began: try row.need("began", as: String.self))
        }
    }
}

/// Runs `body` with a way to log in; a token is kept in a private file, made anew while that lasts, and removed.
/// - Throws: ``SnapshotError``; what `body` throws.
func withLogin<Result: Sendable>(
    to server: SnapshotServer, _ made: RDSResource,
    _ body: @escaping @Sendable (SnapshotLogin) async throws -> Result
) async throws -> Result {
    let source = server.source
    let endpoint = made.host.flatMap { host in made.port.map { SnapshotAddress(host: host, port: $0) } }
    guard let address = source.address ?? endpoint else { throw SnapshotError.noEndpoint("\(server.instance)") }
    let user = source.user ?? server.snapshot.masterUser ?? "postgres"
    @Sendable func login(_ file: FilePath?) -> SnapshotLogin {
        SnapshotLogin(
            address: address, user: user, passwordFile: file,
            needsEncryption: source.address == nil || source.login == .token)
    }
    switch source.login {
    case .asLibpqFindsIt: return try await body(login(nil))
    case .passwordFile(let path): return try await body(login(path))
    case .token:
        // A token is made for the endpoint, also where a tunnel leads there.
        guard let endpoint else { throw SnapshotError.noEndpoint("\(server.instance)") }
        return try await withTokenFile(for: endpoint, user: user, server.service, region: server.snapshot.region) {
            try await body(login($0))
        }
    }
}
