import FoundationEssentials
import Postgres
import Rows

extension SourceManifest {
    /// A table that holds rows, or a partitioned one, which holds none itself.
    package struct Table: Codable, Sendable, Equatable {
        package var schema: String
        package var name: String
        /// What the dump has of it.
        package var held: Held
        package var isPartitioned: Bool
        package var isPartition: Bool
        /// Those that are stored, in their order: generated columns are in no dump.
        package var columns: [Column]
        /// Columns of the primary key, in its order; empty if there is none.
        package var key: [String]
        package var owner: String
        package var security: Security
        /// On disk, with what is stored out of line.
        package var bytes: Int64
        /// The server's own guess of its rows; nil if it has none.
        package var estimatedRows: Int64?
        /// Nil if the rows were not read.
        package var rows: Rows?
        /// Why the rows were not read.
        package var unread: String?

        package var tableName: TableName { TableName(schema: schema, name: name) }

        /// Where the columns of the key are among ``columns``.
        package var keyPositions: [Int] {
            key.compactMap { column in columns.firstIndex { $0.name.utf8.elementsEqual(column.utf8) } }
        }

        /// Takes rows as the source's were taken: with the same key, by the same ranges of it. Nil if its rows were not read, or their
        /// ranges are none.
        package var emptyRows: KeyedRows? {
            guard let rows else { return nil }
            let key = RowKey(columns: columns.count, key: keyPositions, order: rows.ranges?.order)
            guard let ranges = rows.ranges else { return KeyedRows(key, KeyRanges(atMost: 1)) }
            return ranges.keyRanges.map { KeyedRows(key, KeyRanges(like: $0)) }
        }

        package init(
            schema: String, name: String, held: Held, isPartitioned: Bool, isPartition: Bool, columns: [Column],
            key: [String], owner: String, security: Security, bytes: Int64, estimatedRows: Int64?, rows: Rows? = nil,
            unread: String? = nil
        ) {
            self.schema = schema
            self.name = name
            self.held = held
            self.isPartitioned = isPartitioned
            self.isPartition = isPartition
            self.columns = columns
            self.key = key
            self.owner = owner
            self.security = security
            self.bytes = bytes
            self.estimatedRows = estimatedRows
            self.rows = rows
            self.unread = unread
        }
    }

    /// What a dump has of a table.
    package enum Held: String, Codable, Sendable {
        case rows
        /// Its definition alone.
        case definition
        case nothing
    }

    package struct Column: Codable, Sendable, Equatable {
        package var name: String
        /// As `format_type` spells it.
        package var type: String

        package init(name: String, type: String) {
            self.name = name
            self.type = type
        }
    }

    /// What guards a table at the source, and which of it the dump holds: its arguments may leave out some.
    package struct Security: Codable, Sendable, Equatable {
        /// `enabled`, or `forced` for the owner too; nil if it is off.
        package var rowSecurity: String?
        package var isRowSecurityHeld: Bool
        package var policies: [Policy]
        package var triggers: [Trigger]
        package var grants: [Grant]
        package var areGrantsHeld: Bool
        package var isOwnerHeld: Bool

        package struct Policy: Codable, Sendable, Equatable {
            package var name: String
            package var isHeld: Bool

            package init(name: String, isHeld: Bool) {
                self.name = name
                self.isHeld = isHeld
            }
        }

        package struct Trigger: Codable, Sendable, Equatable {
            package var name: String
            /// `O` fires, `A` always does, `R` in replicas only, `D` is disabled.
            package var state: String
            package var isHeld: Bool

            package init(name: String, state: String, isHeld: Bool) {
                self.name = name
                self.state = state
                self.isHeld = isHeld
            }
        }

        /// What a role other than the owner was granted; `public` stands for every role.
        package struct Grant: Codable, Sendable, Equatable {
            package var role: String
            package var privileges: [String]

            package init(role: String, privileges: [String]) {
                self.role = role
                self.privileges = privileges
            }
        }

        package init(
            rowSecurity: String? = nil, isRowSecurityHeld: Bool = true, policies: [Policy] = [],
            triggers: [Trigger] = [], grants: [Grant] = [], areGrantsHeld: Bool = true, isOwnerHeld: Bool = true
        ) {
            self.rowSecurity = rowSecurity
            self.isRowSecurityHeld = isRowSecurityHeld
            self.policies = policies
            self.triggers = triggers
            self.grants = grants
            self.areGrantsHeld = areGrantsHeld
            self.isOwnerHeld = isOwnerHeld
        }
    }

    /// What proves the rows of a table.
    package struct Rows: Codable, Sendable, Equatable {
        package var digest: TableDigest
        /// In bytes.
        package var longestRow: Int
        /// Nil for a key that is not divided into ranges.
        package var ranges: Ranges?
        /// ``Rows/RowSketch`` in base64.
        package var sketch: String?
        /// The newest value of each column of times, as PostgreSQL prints it in UTC; of columns that have one.
        package var newest: [String: String]

        package init(_ rows: KeyedRows, order: KeyOrder?, newest: [String: String]) {
            digest = rows.digest
            longestRow = rows.longestRow
            ranges = order.map { Ranges($0, rows.ranges) }
            sketch = Data(rows.sketch.bytes).base64EncodedString()
            self.newest = newest
        }

        /// - Returns: nil if there is none, or what is there is none.
        package var rowSketch: RowSketch? {
            sketch.flatMap { Data(base64Encoded: $0) }.flatMap { RowSketch(Array($0)) }
        }
    }

    /// Rows by ranges of the first column of the primary key.
    package struct Ranges: Codable, Sendable, Equatable {
        package var order: KeyOrder
        package var parts: [Part]
        /// Rows without such a key.
        package var elsewhere: TableDigest

        /// Numbers of ``Rows/KeyOrder/position(of:)`` in 16 hex digits; both ends belong to it.
        package struct Part: Codable, Sendable, Equatable {
            package var first: String
            package var last: String
            package var digest: TableDigest
        }

        init(_ order: KeyOrder, _ ranges: KeyRanges) {
            self.order = order
            parts = ranges.parts.map { Part(first: Self.hex($0.first), last: Self.hex($0.last), digest: $0.digest) }
            elsewhere = ranges.elsewhere
        }

        /// - Returns: nil if an end is no number, or the ranges do not follow one another.
        package var keyRanges: KeyRanges? {
            let read = parts.compactMap { part -> KeyRanges.Part? in
                guard let first = Self.number(part.first), let last = Self.number(part.last), first <= last else {
                    return nil
                }
                return KeyRanges.Part(first: first, last: last, digest: part.digest)
            }
            guard read.count == parts.count, zip(read, read.dropFirst()).allSatisfy({ $0.last < $1.first }) else {
                return nil
            }
            return KeyRanges(read, elsewhere: elsewhere)
        }

        private static func hex(_ number: UInt64) -> String {
            let digits = String(number, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }

        private static func number(_ digits: String) -> UInt64? {
            guard let number = UInt64(digits, radix: 16), hex(number) == digits else { return nil }
            return number
        }
    }
}
