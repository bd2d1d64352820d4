import AWS
import Foundation
import Glibc
import Postgres
import Scratch
import SystemPackage

/// How to log in to the restored server. It holds no password: libpq finds that itself, or in a file.
struct SnapshotLogin: Sendable {
    let address: SnapshotAddress
    let user: String
    /// A file in libpq's own form.
    let passwordFile: FilePath?
    /// True if the connection must be encrypted, so that others cannot read it; a token is always sent encrypted.
    let needsEncryption: Bool

    /// - Throws: `badConnectionString`, `noClientLibrary`.
    func target(database: String) throws -> ConnectionTarget {
        let base = ConnectionTarget(host: address.host, port: address.port, user: user, database: database)
        var words = base.connectionString
        if let passwordFile {
            let quoted = passwordFile.string.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
            words += " passfile='\(quoted)'"
        }
        // A person who set PGSSLMODE knows more, such as where the certificates are.
        if needsEncryption, ProcessInfo.processInfo.environment["PGSSLMODE"] == nil { words += " sslmode=require" }
        return try ConnectionTarget(parsing: words)
    }

    /// Waits until a connection succeeds, and checks that the server is the restored one.
    /// - Throws: ``SnapshotError``, `PostgresError`, `CancellationError`.
    func waitUntilReady(for deadline: Duration, _ age: RestoredInstance.Age) async throws -> ServerVersion {
        let limit = ContinuousClock.now + deadline
        var pauses = Pauses(from: .milliseconds(500), upTo: .seconds(10))
        while true {
            do {
                return try await withConnection(to: try target(database: "postgres")) { connection in
                    try await proveIdentity(over: connection, age)
                    return ServerVersion(number: try await connection.serverVersion)
                }
            } catch let error as PostgresError {
                let (reason, isFinal): (String, Bool)
                switch error {
                case .cannotConnect(_, let words):
                    (reason, isFinal) = (words, Self.finalWords.contains(where: words.contains))
                case .refused(let refusal): (reason, isFinal) = (refusal.description, !refusal.isForNow)
                default: throw error
                }
                guard .now < limit, !isFinal else {
                    throw SnapshotError.cannotConnect(
                        address: "\(address)", seconds: (.now - limit + deadline) / .seconds(1), reason: reason)
                }
                try await pauses.wait()
            }
        }
    }

    /// A server that refuses our login with these words will refuse it again.
    private static let finalWords = ["authentication failed", "no password supplied", "no pg_hba.conf entry"]

    /// Checks that the server is the restored one. A tunnel may lead to another server, such as production, and then
    /// nothing of the snapshot would be checked. The restored server started after the restore was ordered. Times are compared
    /// by one clock, so differences between clocks do not matter: of ours, how long it has run; of those of AWS, since when.
    private func proveIdentity(over connection: Connection, _ age: RestoredInstance.Age) async throws {
        let row = try await connection.query(
            """
            SELECT extract(epoch FROM pg_catalog.clock_timestamp() - pg_catalog.pg_postmaster_start_time())::float8 AS uptime,
                extract(epoch FROM pg_catalog.pg_postmaster_start_time())::float8 AS started,
                pg_catalog.to_char(pg_catalog.pg_postmaster_start_time() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"')
                    AS began
            """)[0]
        let isOurs =
            switch age {
            case .ordered(let moment):
                try row.need("uptime", as: Double.self) <= (ContinuousClock.now - moment) / .seconds(1)
            case .made(let time): try row.need("started", as: Double.self) >= time.timeIntervalSince1970
            }
        guard isOurs else {
            throw SnapshotError.otherServer(
                address: "\(address)", began: try row.need("began", as: String.self))
        }
    }
}

/// Runs `body` with a way to log in. A token is kept in a private file, which is renewed while `body` runs, and
/// removed.
/// - Throws: ``SnapshotError``; what `body` throws.
func withLogin<Result: Sendable>(
    to instance: RestoredInstance,
    _ body: @escaping @Sendable (SnapshotLogin) async throws -> Result
) async throws -> Result {
    let (source, made) = (instance.source, instance.resource)
    let endpoint = made.host.flatMap { host in made.port.map { SnapshotAddress(host: host, port: $0) } }
    guard let address = source.address ?? endpoint else { throw SnapshotError.noEndpoint("\(instance.name)") }
    let user = source.user ?? instance.snapshot.masterUser ?? "postgres"
    @Sendable func login(_ file: FilePath?) -> SnapshotLogin {
        SnapshotLogin(
            address: address, user: user, passwordFile: file,
            needsEncryption: source.address == nil || source.login == .token)
    }
    switch source.login {
    case .libpqDefault: return try await body(login(nil))
    case .passwordFile(let path): return try await body(login(path))
    case .token:
        // A token is made for the endpoint, even if the connection goes through a tunnel.
        guard let endpoint else { throw SnapshotError.noEndpoint("\(instance.name)") }
        return try await withTokenFile(for: endpoint, user: user, instance.service, region: instance.snapshot.region) {
            try await body(login($0))
        }
    }
}
