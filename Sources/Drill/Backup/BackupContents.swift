import Archive
import Findings
import Physical

/// What the backup itself says should be in the restored database.
package struct BackupContents: Sendable {
    package var objects: [ExpectedObject] = []
    package var foreignKeys: [ForeignKeyDefinition] = []
    /// How many large objects it creates; nil if that is not known.
    package var largeObjects: Int?
    /// How each sequence stands that it sets.
    package var sequences: [SequenceSetting] = []
    /// The rows and large objects themselves; nil if the backup was not read so far.
    package var data: BackupData?
    /// How it defines its objects; nil where it does not say, and before the restore has ended.
    package var structure: DumpStructure?
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
    /// - Parameter data: what was read of its rows.
    package init(_ archive: TableOfContents, data: BackupData? = nil) {
        self.init(
            objects: archive.entries.map {
                ExpectedObject(kind: $0.kind, schema: $0.namespace, name: $0.tag, owner: $0.owner)
            }, foreignKeys: archive.foreignKeys, largeObjects: archive.largeObjects.count)
        sequences = archive.entries.compactMap(SequenceSetting.init)
        self.data = data
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
