import Archive
import Findings
import Foundation
import Postgres
import Scratch

/// A restored database, running: where to connect, what should be in it, and what the restore itself said.
package struct Restored: Sendable {
    /// As a role that sees every row.
    package let target: ConnectionTarget
    package let serverVersion: ServerVersion
    /// The state that the data has; nil where that is simply the time of the backup.
    package let recoveredUpTo: Date?
    package let contents: BackupContents
    /// Everything that PostgreSQL's programs complained about, and what to make of it.
    package let problems: [RestoreProblem]
    /// Something that this machine lacks stood in the way, so that what is missing may be missing because of it.
    package var lacksSomething: Bool { problems.contains { $0.judgement.cause == .environment } }

    /// Set when the server was kept for a person to look at: how to connect, and how to remove it.
    package let kept: KeptServer?
}

/// What the backup itself says should be in the restored database.
package struct BackupContents: Sendable {
    package var objects: [ExpectedObject] = []
    package var foreignKeys: [ForeignKeyDefinition] = []

    package init(objects: [ExpectedObject] = [], foreignKeys: [ForeignKeyDefinition] = []) {
        self.objects = objects
        self.foreignKeys = foreignKeys
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
}

/// How to use and how to remove what `--keep-scratch` left.
package struct KeptServer: Sendable, Equatable {
    package let connect: String
    package let remove: String
}
