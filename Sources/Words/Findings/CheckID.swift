/// The stable name of what answered with a finding: plans, reports and runbooks refer to it.
///
/// Each check declares its own beside itself. Here are those of the drill, which more than one target uses.
package struct CheckID: RawRepresentable, Codable, Hashable, Sendable, Comparable, CustomStringConvertible {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }
    package init(_ name: String) { rawValue = name }

    package var description: String { rawValue }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// The backup itself, as opposed to the restored database.
    package static let archive = CheckID("archive")
    /// The errors of the restore, and whether everything is there that the backup names.
    package static let restore = CheckID("restore")
    /// What belongs to a server as a whole: roles, their memberships and settings, tablespaces.
    package static let globals = CheckID("globals")
    /// How far a recovery replayed the log.
    package static let recovery = CheckID("recovery")
    /// The drill itself: an error that ended it, something that it could not remove.
    package static let drill = CheckID("drill")
    /// What the ledger says of earlier drills.
    package static let ledger = CheckID("ledger")
    /// The objectives of the plan, against what was measured.
    package static let objectives = CheckID("objectives")

    // Checks of a restored database that `inspect` asks of a dump as well.
    package static let rowCounts = CheckID("row-counts")
    package static let freshness = CheckID("freshness")
    package static let foreignKeys = CheckID("foreign-keys")
    package static let jsonb = CheckID("jsonb")
    package static let constraints = CheckID("constraints")
    package static let extensions = CheckID("extensions")
    package static let values = CheckID("values")
}
