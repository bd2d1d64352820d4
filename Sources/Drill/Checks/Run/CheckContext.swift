import Backup
import Findings
import Foundation
import Postgres
import Restore
import Scratch
import SystemPackage

/// What checks know of the drill that they are part of.
package struct CheckContext: Sendable {
    let catalogue: Catalogue
    /// What the backup itself says should be there.
    let contents: BackupContents
    /// What is expected of the restored database, by check.
    var expectations = Expectations()
    /// Something that this machine lacks stood in the restore's way; not known before the restore has ended.
    var machineLacksSomething = false
    /// The data directory of a physical copy, as it is seen from here; nil for a dump, and on another machine.
    var dataDirectory: FilePath? = nil
    /// What the restore has told of: an object's kind and name, or a place of the dump.
    var toldByRestore: Set<String> = []
    /// Reads how the restored objects are defined; nil where nothing can.
    var structure: StructureDump? = nil
    /// How each table is defined, or why that could not be read; nil where the plan asks for no history.
    var definitions: Result<TableDefinitions, any Error>? = nil
    /// All databases that the drill checks, where those are several; else empty.
    var databases: [String] = []
    /// Whether this database stands for the server as a whole, and for its databases that are not checked.
    var asksServer = true
    let serverVersion: ServerVersion
    /// The time that the backup was taken, and how that is known; nil where it is not.
    let backupTime: Date?
    /// The last commit that a recovery replayed; nil where none was.
    var recoveredUpTo: Date? = nil
    /// How far the newest rows may lie behind the backup's time, from the plan's objectives.
    let recoveryPoint: Duration?
    /// Connections for queries of a check's own.
    let connections: ConnectionPool
    /// Time that one statement of a check may take.
    let deadline: Duration

    /// Runs a query on the next free connection, with the deadline of the plan.
    func query(_ sql: String, _ parameters: [String?] = []) async throws -> [Row] {
        try await connections.with { try await $0.query(sql, parameters, deadline: deadline) }
    }

    /// Whether what belongs to a database of the server is told here: of several that are checked, each tells its own, and one tells
    /// what belongs to the others.
    /// - Parameter own: the database that is checked.
    func tells(of database: String, in own: String) -> Bool {
        databases.isEmpty || database == own || asksServer && !databases.contains(database)
    }
}
