import Archive
import Findings
import Foundation
import Physical
import Postgres
import Scratch

/// A backup while it is being restored.
package struct Restoring: Sendable {
    /// As a role that sees every row.
    package let target: ConnectionTarget
    package let serverVersion: ServerVersion
    /// Nil where it is known only at the end, or where looking before that could stand in the restore's way.
    package let early: EarlyView?
    /// Waits for the end of the restore.
    /// - Throws: what kept it from coming to an end.
    package let restored: @Sendable () async throws -> Restored
}

/// What can be known of a database while it is being restored.
package struct EarlyView: Sendable {
    package let contents: BackupContents
    package let progress: RestoreProgress
    /// Lets a session of the database have the processor only while nothing of the restore wants it.
    package let yieldProcessor: @Sendable (Connection) async throws -> Void
}

/// A restored database, running: where to connect, what should be in it, and what the restore itself said.
package struct Restored: Sendable {
    /// As a role that sees every row.
    package let target: ConnectionTarget
    package let serverVersion: ServerVersion
    /// Of the last commit that was replayed from a log; nil where none was.
    package let recoveredUpTo: Date?
    /// Up to when the backup, with its log, claims to have the data; nil where that is simply the time of the backup.
    package let asOf: Date?
    package let contents: BackupContents
    /// Everything that PostgreSQL's programs complained about, and what to make of it.
    package let problems: [RestoreProblem]
    /// What the restore found out itself.
    package let findings: [Finding]
    /// Something that this machine lacks stood in the way, so that what is missing may be missing because of it.
    package var lacksSomething: Bool { problems.contains { $0.judgement.cause == .environment } }

    /// This machine kept rows out that the backup has: what is wrong with the others may be wrong because of that.
    package var lacksRows: Bool { problems.contains(where: \.keepsRowsOut) }

    /// Set when the server was kept for a person to look at: how to connect, and how to remove it.
    package let kept: KeptServer?
}

/// What the backup itself says should be in the restored database.
package struct BackupContents: Sendable {
    package var objects: [ExpectedObject] = []
    package var foreignKeys: [ForeignKeyDefinition] = []
    /// How many large objects it creates; nil where that is not known.
    package var largeObjects: Int?
    /// Its files are the source's own, as a base backup or a snapshot brings them: nothing in them was made anew.
    package var isPhysicalCopy: Bool
    /// What the source kept of its log and rows for consumers of it; of a physical copy, and not laid out with it. Nil where
    /// nobody tells.
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
    /// Nil where the backup names none, or where ownership could not be restored on this server.
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
    /// Version and place of the server, and why that one.
    package var postgres: String
    package var isolation: [String]
    package var weakenedSettings: [String: String]
    package var account: String
    /// How the files of a physical backup came to the server; nil for other kinds.
    package var files: String?
}

extension RestoredEnvironment {
    /// - Parameter reason: why its PostgreSQL was picked.
    init(of server: ScratchServer, because reason: String, files: String? = nil) {
        self.init(
            postgres: "\(server.installation.version) in \(server.installation.directory): \(reason)",
            isolation: server.fence.isolation, weakenedSettings: server.settings.weakened,
            account: server.fence.account.name, files: files)
    }
}

/// How to use and how to remove what `--keep-scratch` left.
package struct KeptServer: Sendable, Equatable {
    package let connect: String
    package let remove: String
}
