import FoundationEssentials
import Postgres
import Rows
import SourceSnapshot

/// What an export holds: every slice of every table, with the data that proves it. It is the predicate of the signed
/// statement `manifest.dsse.json`, whose subjects are the files by SHA-256.
///
/// The manifest grows: a later export into the same place adds slices, and keeps the entries of those that are there.
/// Times of the database are text as PostgreSQL prints them in UTC, because they may be infinite, before our era or
/// after the year 9999; sizes are bytes; an absent key means "not known" or "does not apply".
package struct ExportManifest: Codable, Sendable, Equatable {
    /// A URI that nobody else uses (RFC 4151), because predicate types are URIs.
    package static let predicateType = "tag:pgassay,2026:cold-tier-export/v1"
    /// The manifest's name in a store.
    package static let fileName = "manifest.dsse.json"
    /// A UUID in lowercase. It identifies the place, not one run: it stays the same when slices are added.
    package var id: String
    /// The name of the plan.
    package var plan: String
    /// The version of pgassay in the last run.
    package var tool: String
    /// When the last slice was added, rows were erased the last time, or another key took over.
    package var updated: Date
    /// Whether the manifest was meant to be signed. This is part of what is signed.
    package var signed: Bool
    package var layout: ExportLayout
    package var compression: Compression
    /// How rows are divided into slices.
    package var slicing: Slicing
    package var tables: [Table]
    /// The SHA-256 of the `purge.sql` beside it, lowercase hex: a person who runs the script as owner of a database can
    /// check that it is the one that was written with the manifest.
    package var purgeSHA256: String?
    /// What was erased, the first time first; nil if nothing was.
    package var erasures: [Erasure]?

    package init(
        id: String, plan: String, tool: String, updated: Date, signed: Bool, layout: ExportLayout,
        compression: Compression, slicing: Slicing, tables: [Table] = []
    ) {
        self.id = id
        self.plan = plan
        self.tool = tool
        self.updated = updated
        self.signed = signed
        self.layout = layout
        self.compression = compression
        self.slicing = slicing
        self.tables = tables
    }

    /// How files are compressed: zstd frames with checksums; in Parquet, a zstd frame for each page.
    package struct Compression: Codable, Sendable, Equatable {
        /// zstd's level: 1 to 19.
        package var level: Int
        package var longDistanceMatching: Bool
        /// A frame, or a row group of Parquet, ends with the row in which it reaches this many bytes, uncompressed.
        package var rowGroupBytes: Int
        /// True if each file of text is one frame, for engines that stop behind the first. Nil is false.
        package var singleFrame: Bool?

        package var isSingleFrame: Bool { singleFrame ?? false }

        package init(level: Int, longDistanceMatching: Bool, rowGroupBytes: Int, singleFrame: Bool? = nil) {
            self.level = level
            self.longDistanceMatching = longDistanceMatching
            self.rowGroupBytes = rowGroupBytes
            self.singleFrame = singleFrame
        }
    }

    /// How rows are divided into slices.
    package struct Slicing: Codable, Sendable, Equatable {
        package var by: SlicePeriod
        /// The time zone in which days, months and years begin, for columns with a time zone.
        package var timeZone: String

        package init(by: SlicePeriod, timeZone: String) {
            self.by = by
            self.timeZone = timeZone
        }
    }

    /// One table.
    package struct Table: Codable, Sendable, Equatable {
        package var schema: String
        package var name: String
        /// The directory of its slices, in the store.
        package var directory: String
        package var timeColumn: String
        /// `timestamp with time zone`, `timestamp without time zone` or `date`.
        package var timeType: String
        /// Every definition that the table has had; a slice names its own by index.
        package var shapes: [Shape]
        package var slices: [Slice]

        package var tableName: TableName { TableName(schema: schema, name: name) }

        package init(
            schema: String, name: String, directory: String, timeColumn: String, timeType: String,
            shapes: [Shape] = [], slices: [Slice] = []
        ) {
            self.schema = schema
            self.name = name
            self.directory = directory
            self.timeColumn = timeColumn
            self.timeType = timeType
            self.shapes = shapes
            self.slices = slices
        }
    }

    /// One definition of a table.
    package struct Shape: Codable, Sendable, Equatable {
        /// Columns in the order of the files. Generated columns are in no file: their values follow from the others.
        package var columns: [ExportColumn]
        /// Columns of the primary key, in its order; empty if there is none.
        package var key: [String]
        /// Enumerations and domains that the columns use, each before the types that are built on it.
        package var types: [TypeDefinition]
        /// SQL that creates the table.
        package var definition: String

        package init(columns: [ExportColumn], key: [String], types: [TypeDefinition], definition: String) {
            self.columns = columns
            self.key = key
            self.types = types
            self.definition = definition
        }
    }

    /// A type that a database must have before a table can be made.
    package struct TypeDefinition: Codable, Sendable, Equatable {
        /// The type's name in SQL: qualified, and quoted if necessary.
        package var name: String
        /// SQL that creates the type.
        package var definition: String

        package init(name: String, definition: String) {
            self.name = name
            self.definition = definition
        }
    }

    /// The rows of one period.
    package struct Slice: Codable, Sendable, Equatable {
        /// `2022-07`; `2022` or `2022-07-01` for other periods; ``nullName`` and ``minusInfinityName`` for rows without a
        /// period.
        package var name: String
        /// Directory in the store: `conversations/month=2022-07`.
        package var directory: String
        /// The first moment that belongs to it; nil for rows that have no time, and for those at `-infinity`.
        package var from: String?
        /// The first moment that no longer belongs to it.
        package var to: String?
        /// Index of the table's shape.
        package var shape: Int
        /// Digest of all its rows, as they were in the database.
        package var digest: TableDigest
        /// The smallest and the largest time; nil where no row has one.
        package var minimum: String?
        package var maximum: String?
        /// Content sum of the same rows, which a server can compute again; nil if it was not taken.
        package var contentSum: ContentSum?
        /// Partitions of the table that hold exactly these rows, and so can be dropped. Empty if there are none.
        package var partitions: [Partition]
        /// Columns that the files store as PostgreSQL's text although Parquet has a type for them, and why; nil if there are
        /// none.
        package var fallbacks: [Fallback]?
        package var source: Source
        package var parts: [Part]

        /// The name for rows whose time is NULL. Hive, Spark, DuckDB, Athena and Trino read it as NULL in the name of a
        /// directory.
        package static let nullName = "__HIVE_DEFAULT_PARTITION__"
        /// The name for rows whose time is `-infinity`.
        package static let minusInfinityName = "-infinity"

        package init(
            name: String, directory: String, from: String?, to: String?, shape: Int, digest: TableDigest,
            minimum: String?, maximum: String?, contentSum: ContentSum? = nil, partitions: [Partition] = [],
            fallbacks: [Fallback]? = nil, source: Source, parts: [Part]
        ) {
            self.name = name
            self.directory = directory
            self.from = from
            self.to = to
            self.shape = shape
            self.digest = digest
            self.minimum = minimum
            self.maximum = maximum
            self.contentSum = contentSum
            self.partitions = partitions
            self.fallbacks = fallbacks
            self.source = source
            self.parts = parts
        }
    }

    /// A leaf of a partitioned table, or the table that has all these leaves below it. Names are not quoted.
    package struct Partition: Codable, Sendable, Equatable, Hashable {
        package var schema: String
        package var name: String

        package init(schema: String, name: String) {
            self.schema = schema
            self.name = name
        }
    }

    /// Where rows came from.
    package struct Source: Codable, Sendable, Equatable {
        package var database: String
        package var serverVersion: String
        /// From `pg_control_system()`; nil if the role may not call it.
        package var systemIdentifier: String?
        /// From `pg_current_snapshot()`: which transactions were visible.
        package var snapshot: String
        /// When the snapshot was taken.
        package var taken: Date
        /// The drill that restored and checked the database; nil for a live one.
        package var drill: Drill?

        package init(
            database: String, serverVersion: String, systemIdentifier: String?, snapshot: String, taken: Date,
            drill: Drill? = nil
        ) {
            self.database = database
            self.serverVersion = serverVersion
            self.systemIdentifier = systemIdentifier
            self.snapshot = snapshot
            self.taken = taken
            self.drill = drill
        }

        init(_ source: SourceSnapshot.Identity) {
            self.init(
                database: source.database, serverVersion: source.serverVersion,
                systemIdentifier: source.systemIdentifier, snapshot: source.snapshot, taken: source.taken)
        }
    }

    /// The drill that checked a source.
    package struct Drill: Codable, Sendable, Equatable {
        /// The id of its report.
        package var id: String
        package var verdict: String
        /// The name of the report's file, and its SHA-256.
        package var report: String
        package var sha256: String
        /// The digest of the backup, as in the report.
        package var backup: [String: String]
        /// The name of the database that the backup was taken from; the restored database has another name. Nil if the
        /// backup does not say it.
        package var database: String?

        package init(
            id: String, verdict: String, report: String, sha256: String, backup: [String: String],
            database: String? = nil
        ) {
            self.id = id
            self.verdict = verdict
            self.report = report
            self.sha256 = sha256
            self.backup = backup
            self.database = database
        }
    }

    /// One file.
    package struct Part: Codable, Sendable, Equatable {
        /// Name of the file, relative to the store.
        package var file: String
        /// Size as it is stored, in bytes.
        package var bytes: Int64
        /// Size before compression, in bytes.
        package var rawBytes: Int64
        /// SHA-256 of the file as it is stored, lowercase hex.
        package var sha256: String
        /// Digest of its rows.
        package var digest: TableDigest
        package var minimum: String?
        package var maximum: String?
        /// Number of frames that hold rows; of row groups in Parquet.
        package var rowGroups: Int
        /// Each of them, in the order of the file: a program can read one without the others, and prove it. Nil in manifests
        /// from before there were any; files of text then have a table of their frames within them.
        package var groups: [RowGroup]?

        package init(
            file: String, bytes: Int64, rawBytes: Int64, sha256: String, digest: TableDigest, minimum: String?,
            maximum: String?, rowGroups: Int, groups: [RowGroup]? = nil
        ) {
            self.file = file
            self.bytes = bytes
            self.rawBytes = rawBytes
            self.sha256 = sha256
            self.digest = digest
            self.minimum = minimum
            self.maximum = maximum
            self.rowGroups = rowGroups
            self.groups = groups
        }
    }

    /// A frame of a file of text, or a row group of a Parquet file: whole rows that can be read without the others. The first
    /// one begins where the file does, in Parquet behind its magic, and each other one where the one before it ends.
    package struct RowGroup: Codable, Sendable, Equatable {
        /// Size as it is stored, in bytes.
        package var bytes: Int64
        /// Size before compression, in bytes.
        package var rawBytes: Int64
        package var rows: Int64
        /// SHA-256 of its bytes as they are stored, lowercase hex.
        package var sha256: String
        /// The smallest and the largest time; nil where no row has one.
        package var minimum: String?
        package var maximum: String?
        /// The smallest and the largest value of the first column of the primary key: a whole number, the first half of a UUID,
        /// or a time without time zone. Nil for keys of other types.
        package var firstKey: String?
        package var lastKey: String?

        package init(
            bytes: Int64, rawBytes: Int64, rows: Int64, sha256: String, minimum: String?, maximum: String?,
            firstKey: String?, lastKey: String?
        ) {
            self.bytes = bytes
            self.rawBytes = rawBytes
            self.rows = rows
            self.sha256 = sha256
            self.minimum = minimum
            self.maximum = maximum
            self.firstKey = firstKey
            self.lastKey = lastKey
        }

        /// True if both are of the same row group. Of one that was not read back yet, only sizes are known.
        func isSame(as other: RowGroup) -> Bool {
            other.sha256.isEmpty ? bytes == other.bytes && rawBytes == other.rawBytes : self == other
        }
    }
}

/// How long a slice is.
package enum SlicePeriod: String, Codable, Sendable, CaseIterable {
    case day, month, year
}
