import AWS
import Backup
import Causes
import Findings
import Foundation
import Postgres
import Restore
import Scratch

/// A snapshot of an RDS instance or an Aurora cluster. Only AWS can read its bytes: AWS restores it to a new instance
/// or cluster, which is deleted afterwards.
package struct SnapshotBackup: RestorableBackup {
    package let source: SnapshotSource
    package let snapshot: RDSSnapshot
    /// The job of AWS Backup that has restored it already; nil where the drill restores it.
    package let restoredBy: RestoredByJob?

    package init(_ snapshot: RDSSnapshot, of source: SnapshotSource, restoredBy job: RestoredByJob? = nil) {
        self.snapshot = snapshot
        self.source = source
        restoredBy = job
    }

    package static let abilities: Set<RestoreAbility> = [.databaseChoice]

    package var description: BackupDescription {
        BackupDescription(
            kind: "snapshot", format: source.of.kind == .instance ? "RDS snapshot" : "Aurora cluster snapshot",
            compression: "none", bytes: snapshot.bytes, created: snapshot.createdDate,
            createdBasis: "SnapshotCreateTime of RDS", serverVersion: snapshot.engineVersion, dumpVersion: nil,
            database: source.database)
    }

    package var inspection: String { "take the SHA-256 of the snapshot's description: its bytes cannot be read" }

    package func restoration(in setting: RestoreSetting) -> String {
        if let restoredBy { return "find \(restoredBy.resource), which the restore job \(restoredBy.id) has made" }
        return
            "restore it to a new \(source.of.kind.rawValue) of RDS, \(source.instanceClass), and wait until it is available"
    }

    package var isolation: [String] {
        restoredBy == nil
            ? [
                "a private instance of its own in AWS, tagged; pgassay does not fence it: its security groups decide what it reaches"
            ]
            : [
                "an instance that AWS Backup made and deletes; pgassay does not fence it: its security groups decide what it reaches"
            ]
    }

    package func inspect(progress: @escaping (Int64) throws -> Void) -> [Finding] {
        [
            Finding(
                id: .archive, subject: snapshot.identifier, status: .notRun,
                reason: "the bytes of a snapshot cannot be read; damage shows only after the restore")
        ]
    }

    package func withRestored<Result: Sendable>(
        in setting: RestoreSetting, cleanup: CleanupLog, emit: @escaping RestoreEventSink,
        _ body: @escaping @Sendable (Restoring) async throws -> Result
    ) async throws -> [Result] {
        emit(.phase(.restore))
        // Checked before anything is created that costs money.
        if case .passwordFile(let path) = source.login, !FileManager.default.isReadableFile(atPath: path.string) {
            throw SnapshotError.noPasswordFile(path)
        }
        @Sendable func ask(_ instance: RestoredInstance) async throws -> [Result] {
            try await withLogin(to: instance) { login in
                let version = try await connect(instance, login, setting, emit: emit)
                return try await check(login, version, setting, emit: emit, body)
            }
        }
        if let restoredBy {
            emit(.note("\(restoredBy.resource): restored by the job \(restoredBy.id) of AWS Backup"))
            return try await within(source.timeToLive) {
                try await ask(try await instance(madeBy: restoredBy, within: setting.deadline))
            }
        }
        return try await withSnapshotServer(of: self, in: setting, cleanup: cleanup, emit: emit, ask)
    }

    /// Runs `body` for each database that is to be checked. RDS has one for itself, to which nobody may connect.
    private func check<Result: Sendable>(
        _ login: SnapshotLogin, _ version: ServerVersion, _ setting: RestoreSetting, emit: RestoreEventSink,
        _ body: (Restoring) async throws -> Result
    ) async throws -> [Result] {
        let maintenance = try login.target(database: "postgres")
        let server = DatabaseServer(maintenance: maintenance, patience: setting.startDeadline) { database in
            var restored = Restored(
                target: try login.target(database: database), serverVersion: version, recoveredUpTo: nil,
                asOf: nil, contents: BackupContents(isPhysicalCopy: true, replicationSlots: nil), problems: [],
                findings: [], kept: nil)
            restored.secondsElsewhere = restoredBy?.seconds
            return restored
        }
        if let patterns = setting.recovery.databases {
            let chosen = try await chooseDatabases(
                patterns, over: maintenance, besides: ["rdsadmin"], keys: .snapshot)
            return try await server.check(chosen, at: login.target(database:), version, emit: emit, body)
        }
        let database = try await chooseDatabase(
            setting.recovery.database ?? source.database, over: maintenance, besides: ["postgres", "rdsadmin"],
            keys: .snapshot)
        return try await server.checkOne(database, emit: emit, body)
    }

    /// Connects to the restored server, and says what it is.
    private func connect(
        _ instance: RestoredInstance, _ login: SnapshotLogin, _ setting: RestoreSetting, emit: RestoreEventSink
    ) async throws -> ServerVersion {
        emit(.note("connecting to \(login.address)"))
        let version = try await login.waitUntilReady(for: setting.startDeadline, instance.age)
        emit(
            .environment(
                RestoredEnvironment(
                    postgres: """
                        \(version), \(snapshot.engine) \(snapshot.engineVersion) on \
                        \(instance.resource.instanceClass ?? source.instanceClass) in \(snapshot.region)
                        """, isolation: isolation + (instance.resource.isPublic == true ? [Self.publicWords] : []),
                    weakenedSettings: [:], account: login.user)))
        return version
    }

    /// Of an instance that we ordered, this ends the drill.
    private static let publicWords =
        "IT CAN BE REACHED FROM THE INTERNET, as its restore testing plan made it: correct the plan's parameters"
}
