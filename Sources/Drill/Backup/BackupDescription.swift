import Foundation

/// How to read times in a backup that do not name their zone.
package struct BackupClock: Sendable {
    package var timeZone: TimeZone
    /// What to call the zone and the choice in the report.
    package var name: String

    package init(timeZone: TimeZone, name: String) {
        self.timeZone = timeZone
        self.name = name
    }

    /// Where nobody asks for times.
    static let any = BackupClock(timeZone: .gmt, name: "UTC")
}

/// What a backup says of itself.
package struct BackupDescription: Sendable, Equatable {
    /// `dump`, `base backup`, `snapshot`.
    package var kind: String
    /// `custom`, `directory`, `tar`, `plain`; `data directory`, `tar files`, `incremental`; `RDS snapshot`,
    /// `Aurora cluster snapshot`.
    package var format: String
    /// `none`, `gzip`, `lz4`, `zstd`.
    package var compression: String
    package var bytes: Int64
    /// When it was taken, and how that is known.
    package var created: Date?
    package var createdBasis: String?
    package var serverVersion: String?
    package var dumpVersion: String?
    package var database: String?

    package init(
        kind: String, format: String, compression: String, bytes: Int64, created: Date?, createdBasis: String?,
        serverVersion: String?, dumpVersion: String?, database: String?
    ) {
        self.kind = kind
        self.format = format
        self.compression = compression
        self.bytes = bytes
        self.created = created
        self.createdBasis = createdBasis
        self.serverVersion = serverVersion
        self.dumpVersion = dumpVersion
        self.database = database
    }
}
