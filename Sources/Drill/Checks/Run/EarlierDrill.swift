import Findings
import Foundation
import Postgres

/// What a plan says to history: how far a table may differ from how it was in the last drill that passed.
package struct HistoryDemand: Sendable, Equatable {
    /// By how much of its rows a table may fall, in hundredths; nil compares no rows, and with 100 a table may be gone.
    package var mayFall: Int?
    /// What becomes of a definition that changed.
    package var definitions: HazardRule

    package init(mayFall: Int? = nil, definitions: HazardRule = .tell) {
        self.mayFall = mayFall
        self.definitions = definitions
    }
}

/// A drill of the same plan that passed, and what came back in it.
package struct EarlierDrill: Sendable {
    package struct Table: Sendable {
        package var name: TableName
        package var rows: Int64?
        package var definition: String?

        package init(name: TableName, rows: Int64? = nil, definition: String? = nil) {
            self.name = name
            self.rows = rows
            self.definition = definition
        }
    }

    package let started: Date
    /// Those that are no partitions: which partitions there are changes with time.
    package let tables: [Table]
    package let demand: HistoryDemand

    package init(started: Date, tables: [Table], demand: HistoryDemand) {
        self.started = started
        self.tables = tables
        self.demand = demand
    }

    fileprivate var words: String { "the drill of \(started.formatted(.iso8601))" }
}

extension Expectations {
    /// Adds what an earlier drill shows: its tables, how many rows they should have at least, and how they were defined.
    mutating func add(_ earlier: EarlierDrill) {
        // What may fall by all may be gone, too: so a person accepts what is not there any more.
        let expected = earlier.demand.mayFall == 100 ? [] : earlier.tables
        let rows = expected.map { table in
            var expectation = RowCountExpectation()
            if let rows = table.rows, let mayFall = earlier.demand.mayFall {
                // Rounded up: of 3 rows that may fall by half, 2 are left. A table without rows had none to lose.
                let part = Int64(mayFall)
                let least = rows - (rows / 100 * part + rows % 100 * part / 100)
                if least > 0 { expectation.minimum = least }
                expectation.origin = "\(counted(rows, "row")) in \(earlier.words), and may fall by \(mayFall) %"
            }
            return (table.name, expectation)
        }
        add(Dictionary(rows) { $1 }, of: .history, to: RowCountsCheck.self)
        let definitions = earlier.tables.compactMap { table in
            table.definition.map {
                (
                    table.name,
                    DefinitionExpectation(digest: $0, rule: earlier.demand.definitions, since: earlier.words)
                )
            }
        }
        guard !definitions.isEmpty else { return }
        add(Dictionary(definitions) { $1 }, of: .history, to: DefinitionsCheck.self)
    }
}
