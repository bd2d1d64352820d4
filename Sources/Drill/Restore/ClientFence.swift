import Backup
import Scratch

/// The fence around programs that read a backup and restore it into a server that is not ours.
package struct ClientFence: Sendable {
    let fence: Fence
    /// For the report.
    package let isolation: [String]

    /// - Parameter backup: nil where it is not here yet.
    /// - Throws: ``Scratch/ScratchError`` where this machine allows no walls, programs read the backup, and the plan does not do
    ///   without.
    package init(for backup: (any RestorableFiles)?, isolation demand: IsolationDemand) async throws {
        // A plain dump is sent to the server by pgassay itself.
        let isReadByPrograms = (backup as? DumpBackup)?.dump.format != .plain
        fence = try await Fence.ofClient(isolation: isReadByPrograms ? demand : .none)
        let around =
            switch (isReadByPrograms, fence.walls.isEmpty) {
            case (false, _): "no program but pgassay reads the dump"
            case (true, true): "no walls around programs that read the backup, as the plan says"
            // Without the network's: a client may have to reach the server through it.
            case (true, false): "programs that read the backup run behind: \(fence.walls.subtracting(.network).name)"
            }
        isolation = ["a database of its own on an existing server; the server is not fenced", around]
    }
}
