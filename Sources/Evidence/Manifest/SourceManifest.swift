import FoundationEssentials
import Rows

/// What a source had at the moment that a dump shows: the predicate of the signed statement beside the dump, whose subject is the
/// dump.
///
/// It holds names, numbers, times and digests, and no value of a row but the newest times. Sizes are bytes; an absent key means "not
/// known" or "does not apply".
package struct SourceManifest: Codable, Sendable, Equatable {
    /// A URI that nobody else uses (RFC 4151), because predicate types are URIs.
    package static let predicateType = "tag:pgassay,2026:source-manifest/v1"

    /// A UUID in lowercase.
    package var id: String
    /// The version of pgassay that took it.
    package var tool: String
    /// Whether it was meant to be signed. This is part of what is signed.
    package var signed: Bool
    package var scope: Scope
    package var source: Source
    /// The dump that was made in the same snapshot; nil for ``Scope/baseBackup``.
    package var dump: Dump?
    /// Settings that decide what values mean, by name.
    package var settings: [String: String]
    package var tables: [Table]
    package var sequences: [Sequence]
    package var extensions: [Extension]
    /// Nil if they could not be read.
    package var largeObjects: LargeObjects?
    /// Roles that own something or may do something with it.
    package var roles: [Role]

    package init(
        id: String, tool: String, signed: Bool, scope: Scope, source: Source, dump: Dump? = nil,
        settings: [String: String] = [:], tables: [Table] = [], sequences: [Sequence] = [],
        extensions: [Extension] = [], largeObjects: LargeObjects? = nil, roles: [Role] = []
    ) {
        self.id = id
        self.tool = tool
        self.signed = signed
        self.scope = scope
        self.source = source
        self.dump = dump
        self.settings = settings
        self.tables = tables
        self.sequences = sequences
        self.extensions = extensions
        self.largeObjects = largeObjects
        self.roles = roles
    }

    /// What it says of rows.
    package enum Scope: String, Codable, Sendable {
        /// They are those of the dump, exactly: both were read in one snapshot.
        case dump
        /// Estimates: a base backup has no moment that can be looked at at the source.
        case baseBackup
    }

    /// The database and the moment.
    package struct Source: Codable, Sendable, Equatable {
        package var database: String
        package var serverVersion: String
        /// PostgreSQL's name of the encoding, such as `UTF8`.
        package var encoding: String
        /// The encoding in which rows have their canonical form. A database in SQL_ASCII does not say what its bytes mean, so they are
        /// taken as they are.
        package var encodingOfRows: String { encoding == "SQL_ASCII" ? encoding : "UTF8" }
        /// From `pg_control_system()`; nil if the role may not call it.
        package var systemIdentifier: String?
        /// Which transactions were visible, as `txid_current_snapshot()` prints it.
        package var snapshot: String
        /// How far the log was written, or replayed on a replica: `0/16B3748`.
        package var position: String?
        package var isReplica: Bool
        /// When the snapshot was taken.
        package var taken: Date
        /// The role that looked.
        package var role: String

        package init(
            database: String, serverVersion: String, encoding: String, systemIdentifier: String?, snapshot: String,
            position: String?, isReplica: Bool, taken: Date, role: String
        ) {
            self.database = database
            self.serverVersion = serverVersion
            self.encoding = encoding
            self.systemIdentifier = systemIdentifier
            self.snapshot = snapshot
            self.position = position
            self.isReplica = isReplica
            self.taken = taken
            self.role = role
        }
    }

    /// The run of `pg_dump`. The digest of what it wrote is the subject of the statement.
    package struct Dump: Codable, Sendable, Equatable {
        /// `custom`, `directory`, `tar` or `plain`.
        package var format: String
        package var bytes: Int64
        /// When it was begun, as its own header says it; nil for a plain dump.
        package var created: String?
        /// `pg_dump (PostgreSQL) 15.8`
        package var program: String
        /// As they were given; where to connect is not among them.
        package var arguments: [String]
        package var exitCode: Int32
        package var seconds: Double
        /// What it said on standard error; the last lines.
        package var messages: [String]

        package init(
            format: String, bytes: Int64, created: String?, program: String, arguments: [String], exitCode: Int32,
            seconds: Double, messages: [String]
        ) {
            self.format = format
            self.bytes = bytes
            self.created = created
            self.program = program
            self.arguments = arguments
            self.exitCode = exitCode
            self.seconds = seconds
            self.messages = messages
        }
    }

    /// A sequence. It is not part of a snapshot: it may move while it is looked at.
    package struct Sequence: Codable, Sendable, Equatable {
        package var schema: String
        package var name: String
        /// Whether the dump sets it.
        package var isHeld: Bool
        /// Nil if it could not be read, and if it was set back meanwhile.
        package var before: State?
        package var after: State?

        package struct State: Codable, Sendable, Equatable {
            package var last: Int64
            /// `last` has been given already; if not, it is the next key.
            package var isCalled: Bool

            package init(last: Int64, isCalled: Bool) {
                self.last = last
                self.isCalled = isCalled
            }
        }

        package init(schema: String, name: String, isHeld: Bool, before: State?, after: State?) {
            self.schema = schema
            self.name = name
            self.isHeld = isHeld
            self.before = before
            self.after = after
        }
    }

    package struct Extension: Codable, Sendable, Equatable {
        package var name: String
        package var version: String
        /// Whether the dump names it.
        package var isHeld: Bool

        package init(name: String, version: String, isHeld: Bool) {
            self.name = name
            self.version = version
            self.isHeld = isHeld
        }
    }

    package struct LargeObjects: Codable, Sendable, Equatable {
        /// How many there are, how many bytes they hold, and the sum of a hash of each with its OID.
        package var digest: TableDigest
        /// Whether the dump holds their contents.
        package var isHeld: Bool

        package init(digest: TableDigest, isHeld: Bool) {
            self.digest = digest
            self.isHeld = isHeld
        }
    }

    package struct Role: Codable, Sendable, Equatable {
        package var name: String
        package var canLogIn: Bool
        package var isSuperuser: Bool
        package var bypassesRowSecurity: Bool
        package var memberOf: [String]

        package init(
            name: String, canLogIn: Bool, isSuperuser: Bool, bypassesRowSecurity: Bool, memberOf: [String]
        ) {
            self.name = name
            self.canLogIn = canLogIn
            self.isSuperuser = isSuperuser
            self.bypassesRowSecurity = bypassesRowSecurity
            self.memberOf = memberOf
        }
    }
}
