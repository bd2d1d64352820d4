import Archive
import Causes
import Findings

/// Statements of a dump that pg_dump never writes: each kind is told, and its first places.
struct ForeignStatements: Sendable {
    private static let toldPerKind = 10

    private var places: [ForeignStatement: [String]] = [:]
    private var counts: [ForeignStatement: Int] = [:]

    var isEmpty: Bool { counts.isEmpty }

    mutating func note(_ statement: ForeignStatement, at place: String) {
        counts[statement, default: 0] += 1
        if counts[statement]! <= Self.toldPerKind { places[statement, default: []].append(place) }
    }

    /// What to tell of them, the worst kind first. It decides nothing.
    var told: [RestoreProblem] {
        let kinds = ForeignStatement.Kind.allCases
        let order = counts.keys.sorted {
            (kinds.firstIndex(of: $0.kind)!, $0.words) < (kinds.firstIndex(of: $1.kind)!, $1.words)
        }
        return order.flatMap { statement in
            let places = places[statement] ?? []
            let more = counts[statement]! - places.count
            return places.map { RestoreProblem(foreign: statement, at: $0) }
                + (more > 0 ? [RestoreProblem(foreign: statement, at: "\(more) more places of the dump")] : [])
        }
    }
}

extension RestoreProblem {
    fileprivate init(foreign statement: ForeignStatement, at place: String) {
        self.init(
            subject: place, message: "\(statement.words): \(statement.kind.words)",
            rule: cause(of: .statementIsForeign, while: .restoring))
        isTold = true
    }

    static func statisticsLeftOut(_ count: Int) -> RestoreProblem {
        RestoreProblem(
            subject: "planner statistics", message: "\(counted(count, "entry", "entries")) left out",
            rule: cause(of: .statisticsLeftOut, while: .restoring))
    }
}

extension TableOfContents {
    /// The statements in its entries that pg_dump never writes.
    var foreignStatements: ForeignStatements {
        var found = ForeignStatements()
        for entry in entries {
            if let statement = entry.foreignStatement { found.note(statement, at: entry.place) }
        }
        return found
    }
}

extension ArchiveEntry {
    /// How a person finds it in the output of `pg_restore --list`.
    var place: String { "entry \(dumpID), \(kind) \(namespace.map { "\($0).\(tag)" } ?? tag)" }
}
