import Postgres
import Processes
import Scratch
import SystemPackage

/// A small made-up database, the same wherever it is made.
enum FarmDatabase {
    static let name = "farm"

    /// How a person would dump it, but for where it is.
    static let dumpOptions = ["--format=directory", "--compress=0"]

    /// Makes it on a server.
    static func create(on server: ScratchServer) async throws {
        try await createEmpty(name, on: server)
        try await withConnection(to: server.target(database: name)) { connection in
            try await connection.execute(SQLFile.farm.text)
        }
    }

    /// Makes a database to restore it into.
    static func createEmpty(_ database: String, on server: ScratchServer) async throws {
        try await withConnection(to: server.maintenance) { connection in
            try await connection.execute("CREATE DATABASE \(database) TEMPLATE template0")
        }
    }

    /// Dumps it with the pg_dump of its server.
    /// - Parameter directory: not there yet.
    /// - Throws: ``Scratch/ScratchError``.
    static func dump(_ server: ScratchServer, to directory: FilePath) async throws {
        let command = Command(
            server.installation.program("pg_dump"),
            dumpOptions + [
                "--file=\(directory)", "--no-password", "--dbname=\(server.target(database: name).connectionString)",
            ])
        let outcome = try await command.run(deadline: .seconds(300))
        guard outcome.succeeded else { throw ScratchError.childFailed(program: "pg_dump", reason: outcome.failure) }
    }

    /// What a database has of it.
    /// - Parameter database: the farm database itself, or one that it was restored into.
    static func count(in database: String, on server: ScratchServer) async throws -> DemoCount {
        try await withConnection(to: server.target(database: database)) { connection in
            let row = try await connection.query(SQLFile.countFarm.text)[0]
            return DemoCount(rows: try row.need("rows"), photos: try row.need("photos"))
        }
    }
}

extension SQLFile {
    fileprivate static var farm: SQLFile { SQLFile(PackageResources.farm_sql) }
    fileprivate static var countFarm: SQLFile { SQLFile(PackageResources.count_farm_sql) }
}
