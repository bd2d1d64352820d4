import Archive
import Backup
import Findings
import Foundation
import Physical
import Postgres
import Scratch
import TestSupport
import Testing

@testable import Checks
@testable import Restore

/// A database to check, as a restore would have left it, and what is known of its backup.
struct Checking: Sendable {
    /// Makes the database.
    var sql = ""
    /// Of CREATE DATABASE, such as its encoding.
    var databaseOptions = ""
    var plan = CheckPlan()
    /// What the backup names.
    var objects: [ExpectedObject] = []
    /// Statements in the backup that add foreign keys.
    var foreignKeys: [String] = []
    /// How many of them the backup names.
    var largeObjects: Int?
    /// As if the files of the database had been copied.
    var isPhysicalCopy = false
    var replicationSlots: [ReplicationSlot] = []
    var problems: [RestoreProblem] = []
    /// Noon of 1 May 2026, UTC.
    var backupTime: Date? = noon
    var timeZone = "UTC"
    var recoveryPoint: Duration?
    var deadline = Duration.seconds(60)

    static let noon = Date(timeIntervalSince1970: 1_777_636_800)

    /// Runs every check on it. What the restore said comes first, as in a drill.
    func results(on server: ScratchServer? = OneServer.current) async throws -> CheckResults {
        var results = try await withDatabase(on: server) { try await self.results(of: $0) }
        results.findings = problems.map(RestoreCheck.finding(about:)) + results.findings
        return results
    }

    /// Runs every check on a database that was made of it.
    func results(of restored: Restored) async throws -> CheckResults {
        try await runChecks(
            CheckRequest(
                plan: plan, backupTime: backupTime, timeZone: try #require(TimeZone(identifier: timeZone)),
                recoveryPoint: recoveryPoint, jobs: 2, deadline: deadline),
            on: Restoring(
                target: restored.target, serverVersion: restored.serverVersion, early: nil,
                restored: { restored }), emit: { _ in }, onRestored: { _ in })
    }

    func findings(_ id: CheckID) async throws -> [Finding] {
        try await results().findings.filter { $0.id == id }
    }

    func withDatabase<Result: Sendable>(
        on server: ScratchServer? = OneServer.current, _ body: @Sendable (Restored) async throws -> Result
    ) async throws -> Result {
        let server = try #require(server)
        return try await Self.turns.take { try await withOneDatabase(on: server, body) }
    }

    /// The server has room for few connections.
    private static let turns = Turns(4)

    private func withOneDatabase<Result: Sendable>(
        on server: ScratchServer, _ body: @Sendable (Restored) async throws -> Result
    ) async throws -> Result {
        let name = "check_" + String(UInt32.random(in: 0 ... .max), radix: 36)
        try await withConnection(to: server.target(database: "postgres")) { connection in
            try await connection.execute("CREATE DATABASE \(name) TEMPLATE template0 \(databaseOptions)")
        }
        let target = server.target(database: name)
        if !sql.isEmpty { try await withConnection(to: target) { try await $0.execute(sql) } }
        let definitions = foreignKeys.compactMap { ForeignKeyDefinition(parsing: $0) }
        try #require(definitions.count == foreignKeys.count)
        return try await body(
            Restored(
                target: target, serverVersion: server.installation.version, recoveredUpTo: nil, asOf: nil,
                contents: BackupContents(
                    objects: objects, foreignKeys: definitions, largeObjects: largeObjects,
                    isPhysicalCopy: isPhysicalCopy, replicationSlots: replicationSlots), problems: problems,
                findings: [],
                kept: nil))
    }
}
