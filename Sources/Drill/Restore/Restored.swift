import Backup
import Findings
import Foundation
import Postgres
import Scratch
import SystemPackage

/// A database while it is being restored.
package struct Restoring: Sendable {
    /// Its name at the source, where the drill checks several; nil where it checks one.
    package var database: String?
    /// Its name at the source, where that is known and may be another than here.
    package var nameAtSource: String?
    /// As a role that sees every row.
    package let target: ConnectionTarget
    package let serverVersion: ServerVersion
    /// Nil if it is known only at the end, or if looking earlier could hold up the restore.
    package let early: EarlyView?
    /// Waits for the end of the restore.
    /// - Throws: the error that ended the restore early.
    package let restored: @Sendable () async throws -> Restored
    /// What an error that ended the checks of this database says of the backup; the error itself where nothing more is known.
    package var explain: @Sendable (any Error) -> any Error = { $0 }

    package init(
        target: ConnectionTarget, serverVersion: ServerVersion, early: EarlyView?,
        restored: @escaping @Sendable () async throws -> Restored
    ) {
        self.target = target
        self.serverVersion = serverVersion
        self.early = early
        self.restored = restored
    }
}

extension Restoring {
    /// Its name at the source, as far as that is known.
    package var name: String? { nameAtSource ?? target.database }
}

/// What can be known about a database while it is being restored.
package struct EarlyView: Sendable {
    package let contents: BackupContents
    package let progress: RestoreProgress
    /// Lets a session of the database use the processor only while the restore does not need it.
    package let yieldProcessor: @Sendable (Connection) async throws -> Void

    package init(
        contents: BackupContents, progress: RestoreProgress,
        yieldProcessor: @escaping @Sendable (Connection) async throws -> Void
    ) {
        self.contents = contents
        self.progress = progress
        self.yieldProcessor = yieldProcessor
    }
}

/// A restored database on a running server: where to connect, what should be in it, and the errors of the restore.
package struct Restored: Sendable {
    /// As a role that sees every row.
    package let target: ConnectionTarget
    package let serverVersion: ServerVersion
    /// Time of the last commit that was replayed from a log; nil if none was.
    package let recoveredUpTo: Date?
    /// The time up to which the backup, with its log, claims to have the data; nil if that is the time of the backup
    /// itself.
    package var asOf: Date?
    package let contents: BackupContents
    /// Every error of pg_restore and of the server, with its cause, and what else is told of the restore.
    package var problems: [RestoreProblem]
    /// What the restore found out itself.
    package var findings: [Finding]
    /// True if this machine lacked something, so that missing objects may be missing because of that.
    package var machineLacksSomething: Bool { problems.contains { $0.judgement.cause == .environment } }

    /// True if this machine kept out rows that the backup has, so that other problems may be a consequence.
    package var machineLostRows: Bool { problems.contains(where: \.losesRows) }

    /// The data directory of a physical copy, as it is seen from here; nil for a dump, and on another machine.
    package var dataDirectory: FilePath?

    /// Reads how its objects are defined; nil for a physical copy, and where no `pg_dump` of this machine reads the server.
    package var structure: StructureDump?

    /// How long somebody else took to restore it, before the drill, in seconds; nil where the drill restored it.
    package var secondsElsewhere: Double?

    /// Set if the server was kept for a person to look at: how to connect, and how to remove it.
    package let kept: KeptServer?

    package init(
        target: ConnectionTarget, serverVersion: ServerVersion, recoveredUpTo: Date?, asOf: Date?,
        contents: BackupContents, problems: [RestoreProblem], findings: [Finding], kept: KeptServer?
    ) {
        self.target = target
        self.serverVersion = serverVersion
        self.recoveredUpTo = recoveredUpTo
        self.asOf = asOf
        self.contents = contents
        self.problems = problems
        self.findings = findings
        self.kept = kept
    }
}

/// What the database was restored on.
package struct RestoredEnvironment: Sendable, Equatable {
    /// Version and place of the server, and why it was chosen.
    package var postgres: String
    package var isolation: [String]
    package var weakenedSettings: [String: String]
    package var account: String
    /// How the files of a physical backup reached the server; nil for other kinds.
    package var files: String?

    package init(
        postgres: String, isolation: [String], weakenedSettings: [String: String], account: String, files: String? = nil
    ) {
        self.postgres = postgres
        self.isolation = isolation
        self.weakenedSettings = weakenedSettings
        self.account = account
        self.files = files
    }
}

extension RestoredEnvironment {
    /// - Parameter reason: why its PostgreSQL was chosen.
    init(of server: ScratchServer, because reason: String, files: String? = nil) {
        self.init(
            postgres: "\(server.installation.version) in \(server.installation.directory): \(reason)"
                + server.installation.version.holesInWords,
            isolation: server.fence.isolation, weakenedSettings: server.settings.weakened,
            account: server.fence.account.name, files: files)
    }
}

/// How to use and how to remove the server that `--keep-scratch` left.
package struct KeptServer: Sendable, Equatable {
    package let connect: String
    package let remove: String

    package init(
        connect: String, remove: String
    ) {
        self.connect = connect
        self.remove = remove
    }
}
