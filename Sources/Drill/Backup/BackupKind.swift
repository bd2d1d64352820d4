import Files
import Findings
import SystemPackage

/// A kind of backup: what it is and what it says of itself, read without a server.
///
/// What it takes to restore one is ``Restore/RestorableBackup``.
package protocol BackupKind: Sendable {
    var description: BackupDescription { get }

    /// What inspecting it means for this kind, in words for a dry run.
    var inspection: String { get }

    /// Looks for what is wrong with the backup where it lies, by reading it. What it holds is kept for the restore and the
    /// checks.
    /// - Parameter progress: called with the bytes read so far; may throw to stop.
    mutating func inspect(progress: @escaping (Int64) throws -> Void) throws -> [Finding]

    /// Whether a server should be started on it after an inspection that found this.
    func isWorthRestoring(_ findings: [Finding]) -> Bool

    /// Reads all of the backup, where no server will look at it: what can be seen of it without one.
    /// - Throws: also `CancellationError`.
    mutating func inspectAlone(_ setting: InspectionSetting) async throws -> [Finding]

    /// What of it can be read apart; nil where it can only be read as a whole.
    var parts: [BackupPart]? { get }

    /// The rows that it holds; nil before it was inspected, and for a kind that shows none without a server.
    var data: BackupData? { get }

    /// The rows, one element for each database. A kind that holds one database has one element, and its name is nil.
    var dataOfDatabases: [DatabaseData] { get }

    /// Its databases, where it has several and that is known without a server; else empty.
    var databases: [String] { get }
}

/// The rows that a backup holds of one database.
package struct DatabaseData: Sendable {
    /// Nil where the backup has one.
    package let database: String?
    package let data: BackupData
}

extension BackupKind {
    package var data: BackupData? { nil }

    package var dataOfDatabases: [DatabaseData] { data.map { [DatabaseData(database: nil, data: $0)] } ?? [] }

    package var databases: [String] { [] }

    package var parts: [BackupPart]? { nil }

    /// pg_restore can run for ever on a backup that is cut off, runs what a crafted one tells it to, and what it restored would not be
    /// the backup.
    package func isWorthRestoring(_ findings: [Finding]) -> Bool { !findings.contains { $0.status == .failed } }

    package mutating func inspectAlone(_ setting: InspectionSetting) async throws -> [Finding] {
        try inspect(progress: setting.following(description.bytes))
    }
}

/// A kind of backup that lies in files.
///
/// Adding a kind is one file that conforms to this, one line in ``backupKinds``, one file that restores it and one row of the
/// conformance test.
package protocol FileBackup: BackupKind {
    /// Looks at what was opened, by content and not by name.
    /// - Returns: nil for a backup of another kind.
    /// - Throws: an error that says what is wrong with a backup of this kind.
    static func recognise(_ tree: OpenTree, clock: BackupClock) throws -> Self?

    /// All that was opened of it: also other places that belong to it. What changes there while it is drilled makes the drill void.
    var trees: [OpenTree] { get }
}

/// Every kind there is in files, in the order in which they are tried. The last one takes everything, and says what is wrong
/// with a file that is no backup.
package let backupKinds: [any FileBackup.Type] = [
    IncrementalBackup.self, PhysicalBackup.self, TarBackup.self, DumpSet.self, WrappedDump.self, DumpBackup.self,
]

/// Opens a backup as the first kind that recognises it. Ask ``NotABackup`` first whether it can be one.
/// - Throws: ``NotABackup`` of a tar file; the error of that kind, if the backup is broken.
package func openBackup(_ tree: OpenTree, clock: BackupClock) throws -> any FileBackup {
    for kind in backupKinds {
        if let backup = try kind.recognise(tree, clock: clock) { return backup }
    }
    preconditionFailure("the last kind recognises everything or throws")
}
