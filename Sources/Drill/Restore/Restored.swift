import Archive
import Findings
import Foundation
import Physical
import Postgres
import Scratch

/// A backup while it is being restored.
package struct Restoring: Sendable {
    /// Connects as a role that sees every row.
    package let target: ConnectionTarget
    package let serverVersion: ServerVersion
    /// Nil if it is known only at the end, or if looking earlier could hold up the restore.
    package let early: EarlyView?
    /// Waits for the end of the restore.
    /// - Throws: the error that ended the restore early.
    package let restored: @Sendable () async throws -> Restored
}

/// What can be known about a database while it is being restored.
package struct EarlyView: Sendable {
    package let contents: BackupContents
    package let progress: RestoreProgress
    /// Lets a session of the database use the processor only while the restore does not need it.
    package let yieldProcessor: @Sendable (Connection) async throws -> Void
}

/// A restored database on a running server: where to connect, what should be in it, and the errors of the restore.
package struct Restored: Sendable {
    /// Connects as a role that sees every row.
    package let target: ConnectionTarget
    package let serverVersion: ServerVersion
    /// Time of the last commit that was replayed from a log; nil if none was.
    package let recoveredUpTo: Date?
    /// The time up to which the backup, with its log, claims to have the data; nil if that is the time of the backup
    /// itself.
    package let asOf: Date?
    package let contents: BackupContents
    /// Every error that pg_restore, psql or the server printed, with its cause.
    package let problems: [RestoreProblem]
    /// Findings of the restore itself.
    package let findings: [Finding]
    /// True if this machine lacked something, so that missing objects may be missing because of that.
    package var lacksSomething: Bool { problems.contains { $0.judgement.cause == .environment } }

    /// True if this machine kept out rows that the backup has, so that other problems may be a consequence.
    package var lacksRows: Bool { problems.contains(where: \.keepsRowsOut) }

    /// Set if the server was kept for a person to look at: how to connect, and how to remove it.
    package let kept: KeptServer?
}

/// What the backup itself says should be in the restored database.
package struct BackupContents: Sendable {
    package var objects: [ExpectedObject] = []
    package var foreignKeys: [ForeignKeyDefinition] = []
    /// How many large objects it creates; nil if that is not known.
    package var largeObjects: Int?
    /// True if its files are the source's own, as in a base backup or a snapshot: nothing in them was created anew.
    package var isPhysicalCopy: Bool
    /// Replication slots of the source, for which it kept log and rows. Only of a physical copy, and not laid out with
    /// it. Nil if nothing says what slots there were.
    package var replicationSlots: [ReplicationSlot]?

    package init(
        objects: [ExpectedObject] = [], foreignKeys: [ForeignKeyDefinition] = [], largeObjects: Int? = nil,
        isPhysicalCopy: Bool = false, replicationSlots: [ReplicationSlot]? = []
    ) {
        self.objects = objects
        self.foreignKeys = foreignKeys
        self.largeObjects = largeObjects
        self.isPhysicalCopy = isPhysicalCopy
        self.replicationSlots = replicationSlots
    }
}

extension BackupContents {
    init(_ archive: TableOfContents) {
        self.init(
            objects: archive.entries.map {
                ExpectedObject(kind: $0.kind, schema: $0.namespace, name: $0.tag, owner: $0.owner)
            }, foreignKeys: archive.foreignKeys, largeObjects: archive.largeObjects.count)
    }
}

/// An object that the backup names, in the words of a dump's table of contents.
package struct ExpectedObject: Sendable, ExactlyNamed {
    /// `TABLE`, `INDEX`, `FK CONSTRAINT`, …
    package let kind: String
    package let schema: String?
    package let name: String
    /// Nil if the backup names no owner, or if ownership could not be restored on this server.
    package let owner: String?

    package var nameParts: [String] { [kind, schema ?? "", name, owner ?? ""] }

    package init(kind: String, schema: String?, name: String, owner: String?) {
        self.kind = kind
        self.schema = schema
        self.name = name
        self.owner = owner
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
}

extension RestoredEnvironment {
    /// - Parameter reason: why its PostgreSQL was chosen.
    init(of server: ScratchServer, because reason: String, files: String? = nil) {
        self.init(
            postgres: "\(server.installation.version) in \(server.installation.directory): \(reason)",
            isolation: server.fence.isolation, weakenedSettings: server.settings.weakened,
            account: server.fence.account.name, files: files)
    }
}

/// How to use and how to remove the server that `--keep-scratch` left.
package struct KeptServer: Sendable, Equatable {
    package let connect: String
    package let remove: String
}
