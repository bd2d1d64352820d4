import Foundation
import Launcher
import Postgres
import Scratch
import SystemPackage

/// How a program that reads the backup logs in on an existing server: as the person who runs pgassay does, with nothing else of
/// that person in sight.
struct ClientLogin: Sendable {
    /// The server that was reached and looked at, by its address: the program neither asks for names nor reads service files.
    let target: ConnectionTarget
    /// Holds the password, which no argument may.
    let environment: [String: String]
    /// Nil where it is reached through a Unix socket.
    let port: UInt16?
    /// Certificates and keys for TLS.
    let files: [FilePath]

    /// - Parameter connection: one that logged in.
    /// - Throws: ``Postgres/PostgresError``.
    init(of connection: Connection) async throws {
        var target = try await connection.resolvedTarget
        environment = try await connection.password.map { ["PGPASSWORD": $0] } ?? [:]
        let isLocal = target.host?.hasPrefix("/") ?? true
        port = isLocal ? nil : UInt16(target.port ?? 5432)
        var files: [FilePath] = []
        if !isLocal {
            // What libpq takes by default lies in the home directory ("Client-Side Usage of TLS").
            let home = FilePath(NSHomeDirectory()).appending(".postgresql")
            for (keyword, name) in [
                ("sslcert", "postgresql.crt"), ("sslkey", "postgresql.key"), ("sslrootcert", "root.crt"),
                ("sslcrl", "root.crl"),
            ] where target.parameters[keyword] == nil {
                let usual = home.appending(name).string
                if FileManager.default.fileExists(atPath: usual) { target = target.with(keyword, usual) }
            }
            let named = ["sslcert", "sslkey", "sslrootcert", "sslcrl", "sslcrldir"].compactMap { target.parameters[$0] }
            files = (named + ["/etc/ssl"]).filter { $0.hasPrefix("/") && FileManager.default.fileExists(atPath: $0) }
                .map { FilePath($0) }
        }
        self.files = files
        self.target = target
    }
}
