import Archive
import Findings
import Synchronization

/// How far a restore has come, so that tables can be looked at before it has ended.
///
/// It follows pg_restore's messages about its own work. If a message is lost, a table becomes available later, never
/// too early.
package final class RestoreProgress: Sendable {
    private struct Name: ExactlyNamed {
        let schema: String?
        let table: String

        var nameParts: [String] { [schema ?? "", table] }
    }

    private struct State {
        var finished: Set<Int32> = []
        var launched: Set<Int32> = []
        /// The position of a restore without parallel workers, in the archive's order.
        var position = 0
        var isOver = false
    }

    private static let silentEntries = 1000

    private let prerequisites: [Name: TablePrerequisites]
    /// The order of a restore without parallel workers, and pg_restore's message at the beginning of each entry.
    private let order: [(id: Int32, words: [UInt8])]
    private let state = Mutex(State())

    init(_ contents: TableOfContents) {
        prerequisites = Dictionary(
            contents.prerequisites.map { (Name(schema: $0.namespace, table: $0.table), $0) }, uniquingKeysWith: { $1 })
        order = contents.entries.map { entry in
            let name = entry.namespace.map { "\($0).\(entry.tag)" } ?? entry.tag
            return (entry.dumpID, Array("\(entry.kind) \"\(name)\"".utf8))
        }
    }

    func note(_ event: PgRestoreMessages.Event) {
        state.withLock { state in
            switch event {
            case .launched(let id): state.launched.insert(id)
            case .finished(let id): state.finished.insert(id)
            case .began(let what) where state.launched.isEmpty:
                // pg_restore begins some entries without a message, or with another one; never more than a few in a
                // row.
                let ahead = order[state.position...].prefix(Self.silentEntries)
                guard let next = ahead.firstIndex(where: { $0.words.elementsEqual(what.utf8) }) else { break }
                state.finished.formUnion(order[state.position..<next].map(\.id))
                state.position = next
            case .began, .problem: break
            }
        }
    }

    /// Records that the restore has ended, successfully or not.
    func end() { state.withLock { $0.isOver = true } }

    package var isOver: Bool { state.withLock { $0.isOver } }

    /// Number of entries that are being restored now, each by a process of pg_restore and one of the server.
    package var running: Int { state.withLock { max(1, $0.launched.subtracting($0.finished).count) } }

    /// True if all rows are loaded and no later restore step needs an exclusive lock on the table.
    package func canRead(schema: String, table: String) -> Bool { has(\.reading, Name(schema: schema, table: table)) }

    /// True if all rows are loaded and no later restore step is blocked by a SHARE lock on the table, which keeps
    /// writers out.
    package func canLock(schema: String, table: String) -> Bool { has(\.locking, Name(schema: schema, table: table)) }

    private func has(_ needed: KeyPath<TablePrerequisites, Set<Int32>>, _ name: Name) -> Bool {
        state.withLock { state in
            if state.isOver { return true }
            guard let entries = prerequisites[name]?[keyPath: needed] else { return false }
            // Without any, it is not known when; but an empty table is quickly read at the end.
            return !entries.isEmpty && entries.isSubset(of: state.finished)
        }
    }
}
