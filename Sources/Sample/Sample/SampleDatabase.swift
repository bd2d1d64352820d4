import Foundation
import Glibc
import Postgres
import Processes
import Scratch
import SystemPackage

/// The AVA OLO sample database: a farmer CRM, deterministic for a scale and a moment. Scale 1 has 10,000 farmers,
/// 50,000 fields, 500,000 conversations and 1,000,000 log rows.
package struct SampleDatabase: Sendable {
    package static let name = "avaolo"

    package let scale: Double
    /// The newest rows are from the minutes before this time.
    package let asOf: Date

    package init(scale: Double, asOf: Date) {
        self.scale = scale
        self.asOf = asOf
    }

    /// Makes the database on a server: roles, schema, rows, then indexes and constraints, as a restore would.
    package func create(on server: ScratchServer) async throws {
        try await withConnection(to: server.target(database: "postgres")) { connection in
            try await connection.execute("CREATE DATABASE \(Self.name) TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
        }
        try await withConnection(to: server.target(database: Self.name)) { connection in
            _ = try await connection.query("SELECT set_config('sample.scale', $1, false)", ["\(scale)"])
            _ = try await connection.query(
                "SELECT set_config('sample.as_of', $1, false)", [asOf.formatted(.iso8601)])
            for file in [
                PackageResources.roles_sql, PackageResources.schema_sql, PackageResources.data_sql,
                PackageResources.finish_sql,
            ] { try await connection.execute(String(decoding: file, as: UTF8.self)) }
        }
    }
}

/// The formats of pg_dump, by the letter of its `--format`.
package enum SampleFormat: String, CaseIterable, Sendable { case custom, directory, tar, plain }

/// Dumps a database of a scratch server with the real pg_dump of its own version.
/// - Parameters:
///   - options: more arguments of pg_dump, such as `--compress=0`.
///   - output: a file or directory that is not there yet.
package func dump(
    _ database: String, of server: ScratchServer, format: SampleFormat, options: [String] = [], to output: FilePath
) async throws {
    let command = Command(
        server.installation.program("pg_dump"),
        [
            "--format=\(format.rawValue)", "--file=\(output)", "--no-password",
            "--dbname=\(server.target(database: database).connectionString)",
        ] + options)
    let outcome = try await command.run(deadline: .seconds(3600))
    guard outcome.succeeded else { throw ScratchError.childFailed(program: "pg_dump", reason: outcome.failure) }
}
