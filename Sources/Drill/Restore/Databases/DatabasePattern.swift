import Physical

/// Which databases of a server a plan means: a name, or a pattern in which `*` stands for any characters and `?` for one.
///
/// A name means that database, whatever it is. A pattern means those of the ordinary ones that it fits.
package struct DatabasePattern: Sendable, Equatable, CustomStringConvertible {
    package let text: String

    /// Every ordinary database.
    package static let all = DatabasePattern("*")

    package init(_ text: String) { self.text = text }

    package var description: String { text }

    package var isName: Bool { !text.unicodeScalars.contains { $0 == "*" || $0 == "?" } }

    /// Names are compared as PostgreSQL compares them: character by character, with no two spellings of one character.
    package func fits(_ name: String) -> Bool {
        let (pattern, name) = (Array(text.unicodeScalars), Array(name.unicodeScalars))
        var (place, at) = (0, 0)
        // Where the last star stands, and what it has taken so far: it takes one more where the rest does not fit.
        var star: (place: Int, at: Int)?
        while at < name.count {
            if place < pattern.count, pattern[place] == "*" {
                star = (place, at)
                place += 1
            } else if place < pattern.count, pattern[place] == "?" || pattern[place] == name[at] {
                place += 1
                at += 1
            } else if let last = star {
                star = (last.place, last.at + 1)
                (place, at) = (last.place + 1, last.at + 1)
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == "*" }
    }
}

extension [DatabasePattern] {
    /// What means a database: its name, else the first pattern that it fits.
    package func meaning(_ database: String) -> DatabasePattern? {
        first { $0.isName && $0.fits(database) } ?? first { $0.fits(database) }
    }
}

/// The databases of a server that are checked.
package struct ChosenDatabases: Sendable, Equatable {
    /// In the order of their names; not empty.
    package let checked: [String]
    /// Those that a pattern fits and that take no connections, so that nobody can look at them.
    package let closed: [String]

    /// - Parameters:
    ///   - others: databases that do not hold the backup's own data, unless they are named.
    /// - Throws: ``DatabaseChoice`` if a name or a pattern means no database, or none that takes connections.
    init(
        _ patterns: [DatabasePattern], among databases: [SharedCatalogue.Database], besides others: Set<String>,
        _ keys: DatabaseKeys
    ) throws(DatabaseChoice) {
        let own = databases.filter { !$0.isTemplate && !others.contains($0.name) }
        var (checked, closed): (Set<String>, Set<String>) = ([], [])
        for pattern in patterns {
            let fitting = (pattern.isName ? databases : own).filter { pattern.fits($0.name) }
            guard !fitting.isEmpty else {
                throw .none(pattern.text, among: databases.filter(\.isOrdinary).map(\.name), keys)
            }
            if pattern.isName, let shut = fitting.first(where: { !$0.takesConnections }) { throw .closed(shut.name) }
            checked.formUnion(fitting.lazy.filter(\.takesConnections).map(\.name))
            closed.formUnion(fitting.lazy.filter { !$0.takesConnections }.map(\.name))
        }
        guard !checked.isEmpty else { throw .closed(closed.sorted()[0]) }
        self.checked = checked.sorted()
        self.closed = closed.sorted()
    }
}
