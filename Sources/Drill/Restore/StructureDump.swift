import Archive
import Foundation
import Postgres
import Processes
import Scratch

/// Reads with `pg_dump --schema-only` how the objects of a restored database are defined, and how those are of a database
/// that has nothing but the definitions of a backup. Both texts are of one server and one `pg_dump`: where they differ,
/// the objects differ.
package struct StructureDump: Sendable {
    private let database: EmptyDatabase
    private let program: Installation
    private let label: String
    private let cleanup: CleanupLog
    /// Whether server and `pg_dump` are of the same major versions as those that wrote the backup.
    package let isOfSameVersions: Bool

    /// - Parameters:
    ///   - installed: where a `pg_dump` may be. It must not be older than the server; the one that is of the version of the
    ///     backup's is best.
    ///   - serverVersion: of the dumped server; nil where the backup does not tell.
    ///   - dumpVersion: of the `pg_dump` that wrote the backup; nil where the backup does not tell.
    /// - Returns: nil where there is none that reads the server.
    init?(
        of database: EmptyDatabase, among installed: [Installation], serverVersion: ServerVersion?,
        dumpVersion: ServerVersion?, label: String, cleanup: CleanupLog
    ) {
        let usable = ([database.installation] + installed).filter { installation in
            installation.version.major >= database.serverVersion.major
                && FileManager.default.isExecutableFile(atPath: installation.program("pg_dump").string)
        }
        guard
            let program = usable.first(where: { $0.version.major == dumpVersion?.major })
                ?? usable.min(by: { $0.version.major < $1.version.major })
        else { return nil }
        self.database = database
        self.program = program
        self.label = label
        self.cleanup = cleanup
        isOfSameVersions =
            program.version.major == dumpVersion?.major && database.serverVersion.major == serverVersion?.major
    }

    /// How the objects of the restored database are defined.
    /// - Parameter encoding: PostgreSQL's name of the encoding that the text is to be in.
    /// - Throws: ``StructureNotRead``; `CancellationError`, ``Scratch/ScratchError``.
    package func restored(encoding: String, deadline: Duration) async throws -> StructureIndex {
        try await read(database.target, encoding, deadline)
    }

    /// How this server and this `pg_dump` print what a backup defines: in a database of their own, the backup's objects are
    /// made anew from their own definitions, without rows and without any other statement of the backup.
    /// - Returns: also the objects of which a statement failed.
    /// - Throws: ``StructureNotRead``, ``Postgres/PostgresError``; `CancellationError`, ``Scratch/ScratchError``.
    package func made(
        from backup: DumpStructure, deadline: Duration
    ) async throws -> (structure: StructureIndex, failed: Set<String>) {
        let end = ContinuousClock.now + deadline
        return try await withDatabase(beside: database.target, label: label, cleanup: cleanup) { target in
            let settings = Self.settings.merging(["client_encoding": backup.encoding]) { $1 }
            let failed = try await withConnection(to: target, settings: settings) { connection in
                try await make(backup, over: connection, until: end)
            }
            return (try await read(target, backup.encoding, end - .now), failed)
        }
    }

    /// Those that a script of `pg_dump` begins with.
    private static let settings = [
        "search_path": "", "check_function_bodies": "off", "xmloption": "content", "row_security": "off",
    ]

    private func make(
        _ backup: DumpStructure, over connection: isolated Connection, until end: ContinuousClock.Instant
    ) throws -> Set<String> {
        var failed: Set<String> = []
        for object in backup.objects where object.canBeMadeAlone {
            for statement in object.definitions {
                try Task.checkCancellation()
                guard !statement.text.contains(0), case .done = try connection.run(statement.text, deadline: end - .now)
                else {
                    failed.insert(object.label)
                    continue
                }
            }
        }
        return failed
    }

    private func read(
        _ target: ConnectionTarget, _ encoding: String, _ deadline: Duration
    ) async throws -> StructureIndex {
        let command = Command(
            program.program("pg_dump"),
            [
                "--schema-only", "--no-password", "--encoding=\(encoding)", "--dbname=\(target.connectionString)",
            ], directory: "/")
        var reader = StructureReader(encoding: encoding)
        let outcome = try await database.command(command, of: program).filter(
            deadline: deadline, input: { _ in }, output: { reader.take($0) })
        if outcome.timedOut {
            throw StructureNotRead(reason: "it was stopped after \(deadline.components.seconds) s, its deadline")
        }
        guard outcome.succeeded else { throw StructureNotRead(reason: outcome.failure) }
        guard let structure = reader.finish() else { throw StructureNotRead(reason: "its output was cut off") }
        guard !structure.isTooLarge else { throw StructureNotRead(reason: "its output is larger than pgassay takes") }
        return StructureIndex(structure)
    }
}

/// `pg_dump` could not tell how the objects of a database are defined.
package struct StructureNotRead: Error, Sendable, Equatable {
    package let reason: String
}
