import Archive
import Backup
import Findings
import Foundation
import Manifest
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
    /// The rows and large objects that the backup holds; nil if nobody read it.
    var data: BackupData?
    /// What was seen at the source.
    var manifest: SourceManifest?
    /// What an earlier drill shows.
    var earlier: EarlierDrill?
    /// A script of the definitions that the backup has, each below the comment of pg_dump.
    var definitions: String?
    /// As if the files of the database had been copied.
    var isPhysicalCopy = false
    var replicationSlots: [ReplicationSlot] = []
    var problems: [RestoreProblem] = []
    /// Noon of 1 May 2026, UTC.
    var backupTime: Date? = noon
    var timeZone = "UTC"
    var recoveryPoint: Duration?
    var deadline = Duration.seconds(600)

    static let noon = Date(timeIntervalSince1970: 1_777_636_800)

    /// Runs checks on it. What the restore said comes first, as in a drill.
    /// - Parameter id: of the one check to run; nil runs them all.
    func results(
        only id: CheckID? = nil, on server: ScratchServer? = OneServer.current
    ) async throws -> CheckResults {
        var only = self
        if let id {
            for check in checkCatalogue where check.id != id { only.plan.skipped[check.id] = Self.another }
        }
        let checking = only
        var results = try await withDatabase(on: server) { try await checking.results(of: $0) }
        results.findings =
            problems.map(RestoreCheck.finding(about:))
            + results.findings.filter { $0.reason?.hasSuffix(Self.another) != true }
        return results
    }

    /// Why the other checks are left out where a test is about one.
    private static let another = "the test is about another check"

    /// Runs every check on a database that was made of it.
    func results(of restored: Restored) async throws -> CheckResults {
        var request = CheckRequest(
            plan: plan, backupTime: backupTime, timeZone: try #require(TimeZone(identifier: timeZone)),
            recoveryPoint: recoveryPoint, manifest: manifest, jobs: 2, deadline: deadline)
        request.earlier = earlier
        request.keepsHistory = earlier != nil
        return try await runChecks(
            request,
            on: Restoring(
                target: restored.target, serverVersion: restored.serverVersion, early: nil,
                restored: { restored }), emit: { _ in }, onRestored: { _ in })
    }

    func findings(_ id: CheckID) async throws -> [Finding] {
        try await results(only: id).findings.filter { $0.id == id }
    }

    func withDatabase<Result: Sendable>(
        on server: ScratchServer? = OneServer.current, _ body: @Sendable (Restored) async throws -> Result
    ) async throws -> Result {
        let server = try #require(server)
        return try await Turn.take { try await withOneDatabase(on: server, body) }
    }

    private func withOneDatabase<Result: Sendable>(
        on server: ScratchServer, _ body: @Sendable (Restored) async throws -> Result
    ) async throws -> Result {
        let definitions = foreignKeys.compactMap { ForeignKeyDefinition(parsing: $0) }
        try #require(definitions.count == foreignKeys.count)
        return try await withNewDatabase(on: server, options: databaseOptions) { target in
            if !sql.isEmpty { try await withConnection(to: target) { try await $0.execute(sql) } }
            var contents = BackupContents(
                objects: objects, foreignKeys: definitions, largeObjects: largeObjects,
                isPhysicalCopy: isPhysicalCopy, replicationSlots: replicationSlots)
            contents.data = data
            contents.structure = self.definitions.flatMap { DumpStructure(definitions: $0) }
            var restored = Restored(
                target: target, serverVersion: server.installation.version, recoveredUpTo: nil, asOf: nil,
                contents: contents, problems: problems, findings: [], kept: nil)
            restored.structure = StructureDump(of: target, on: server)
            return try await body(restored)
        }
    }
}

extension DumpStructure {
    /// - Parameter definitions: a script without the comments that `pg_dump` begins and ends it with.
    init?(definitions: String) {
        var reader = StructureReader(encoding: "UTF8")
        reader.take(Array("\(definitions)\n--\n-- PostgreSQL database dump complete\n--\n".utf8))
        guard let structure = reader.finish() else { return nil }
        self = structure
    }
}

extension StructureDump {
    /// As if the server's own version had made the backup.
    init?(of target: ConnectionTarget, on server: ScratchServer) {
        let version = server.installation.version
        self.init(
            of: EmptyDatabase(
                target: target, serverVersion: version, installation: server.installation, fence: server.fence,
                login: nil, log: nil, environment: RestoredEnvironment(of: server, because: "the test's"), kept: nil,
                sortsDifferently: false, problem: nil, endRestore: {}, rolesMade: RoleList(), yieldProcessor: nil),
            among: [], serverVersion: version, dumpVersion: version, label: "test", cleanup: CleanupLog())
    }
}
