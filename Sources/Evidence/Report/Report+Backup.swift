import Evidence
import Findings
import FoundationEssentials

extension Report {
    /// The backup under test, and why it was chosen.
    package struct Backup: Codable, Sendable, Equatable {
        /// `dump`, or another kind of backup.
        package var kind: String
        /// The format within the kind, such as `custom`, `directory`, `tar`, `plain`.
        package var format: String
        /// The compression inside the backup; nil if there is none or it does not apply.
        package var compression: String?
        /// Path or URI, without secrets.
        package var location: String
        /// Size in bytes; for a directory, the sum of its files. Nil if the drill ended before it saw the backup.
        package var bytes: Int64?
        /// When the backup was made; nil if nothing says so, or if the time is not in the years 1 to 9999.
        package var created: Date?
        /// Where `created` came from, such as "modification time"; nil exactly if `created` is nil.
        package var createdBasis: String?
        /// The version of the PostgreSQL server it was taken from.
        package var serverVersion: String?
        /// The version of the program that took it.
        package var dumpVersion: String?
        /// The name of the source database; nil where several were checked.
        package var database: String?
        /// The databases that were checked, where the drill was to check several; else nil.
        package var databases: [String]?
        /// Why this backup was chosen among the others, in a sentence.
        package var whyThisOne: String
        /// Algorithm to lowercase hex: `sha256` of a file, `dirHash` of a directory. Empty when the drill ended before
        /// the digest was known. (Algorithm names: in-toto's digest set.)
        package var digest: [String: String]

        package init(
            kind: String, format: String, compression: String? = nil, location: String, bytes: Int64?,
            created: Date? = nil, createdBasis: String? = nil, serverVersion: String? = nil,
            dumpVersion: String? = nil, database: String? = nil, whyThisOne: String, digest: [String: String] = [:]
        ) {
            self.kind = kind
            self.format = format
            self.compression = compression
            self.location = location
            self.bytes = bytes
            self.created = created.flatMap { Timestamp.canWrite($0) ? $0 : nil }
            self.createdBasis = self.created == nil ? nil : createdBasis
            self.serverVersion = serverVersion
            self.dumpVersion = dumpVersion
            self.database = database
            self.whyThisOne = whyThisOne
            self.digest = digest
        }

        /// The last part of the location: the name by which an auditor finds the backup.
        package var name: String {
            location.split(separator: "/").last.map(String.init) ?? location
        }

        /// The name, and the size if it is known: `shop.dump, 406.3 kB`.
        package var nameAndSize: String { bytes.map { "\(name), \(HumanUnits.bytes($0))" } ?? name }
    }
}
