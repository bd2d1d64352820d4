import Archive
import Findings
import Synchronization

/// How far a restore has come, for whoever wants to look at tables before it has ended.
///
/// It goes by what pg_restore says of its own work. A message that is lost makes a table come later, never too early.
package final class RestoreProgress: Sendable {
    private struct Name: ExactlyNamed {
        let schema: String?
        let table: String

        var nameParts: [String] { [schema ?? "", table] }
    }

    private struct State {
        var finished: Set<Int32> = []
        var launched: Set<Int32> = []
        /// Where a restore that goes one by one has come to, in the archive's order.
        var position = 0
        var isOver = false
    }

    private static let silentEntries = 1000

    private let prerequisites: [Name: TablePrerequisites]
    /// The order of a restore that goes one by one, and what it says when it begins an entry.
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
                // Some entries are begun without a word, or in other words; no more than a few in a row.
                let ahead = order[state.position...].prefix(Self.silentEntries)
                guard let next = ahead.firstIndex(where: { $0.words.elementsEqual(what.utf8) }) else { break }
                state.finished.formUnion(order[state.position..<next].map(\.id))
                state.position = next
            case .began, .problem: break
            }
        }
    }

    /// The restore has come to its end, good or bad.
    func end() { state.withLock { $0.isOver = true } }

    package var isOver: Bool { state.withLock { $0.isOver } }

    /// Entries that are being restored now, each by a process of pg_restore and one of the server.
    package var running: Int { state.withLock { max(1, $0.launched.subtracting($0.finished).count) } }

    /// Whether the rows of a table are all there and reading it stands in nobody's way.
    package func canRead(schema: String, table: String) -> Bool { has(\.reading, Name(schema: schema, table: table)) }

    /// Whether the same goes for holding a lock on the table that keeps writers out.
    package func canLock(schema: String, table: String) -> Bool { has(\.locking, Name(schema: schema, table: table)) }

    private func has(_ needed: KeyPath<TablePrerequisites, Set<Int32>>, _ name: Name) -> Bool {
        state.withLock { state in
            if state.isOver { return true }
            guard let entries = prerequisites[name]?[keyPath: needed] else { return false }
            // Without any there is no telling when: an empty table is soon read at the end.
            return !entries.isEmpty && entries.isSubset(of: state.finished)
        }
    }
}
