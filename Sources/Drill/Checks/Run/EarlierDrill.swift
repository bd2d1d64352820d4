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
        /// Whether it is a materialized view.
        package var isView: Bool

        package init(name: TableName, rows: Int64? = nil, definition: String? = nil, isView: Bool = false) {
            self.name = name
            self.rows = rows
            self.definition = definition
            self.isView = isView
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

    /// How many rows a table has at least; nil where none are compared, or it may have none.
    fileprivate func least(of table: Table) -> Int64? {
        guard let rows = table.rows, let mayFall = demand.mayFall else { return nil }
        // Rounded up: of 3 rows that may fall by half, 2 are left. A table without rows had none to lose.
        let part = Int64(mayFall)
        let least = rows - (rows / 100 * part + rows % 100 * part / 100)
        return least > 0 ? least : nil
    }

    fileprivate func origin(of table: Table) -> String? {
        guard let rows = table.rows, let mayFall = demand.mayFall else { return nil }
        return "\(counted(rows, "row")) in \(words), and may fall by \(mayFall) %"
    }

    fileprivate var words: String { "the drill of \(started.formatted(.iso8601))" }
}

extension Expectations {
    /// Adds what an earlier drill shows: its tables, how many rows they should have at least, and how they were defined.
    mutating func add(_ earlier: EarlierDrill) {
        // What may fall by all may be gone, too: so a person accepts what is not there any more.
        let mayBeGone = earlier.demand.mayFall == 100
        let rows = (mayBeGone ? [] : earlier.tables.filter { !$0.isView }).map { table in
            var expectation = RowCountExpectation()
            expectation.minimum = earlier.least(of: table)
            expectation.origin = earlier.origin(of: table)
            return (table.name, expectation)
        }
        add(Dictionary(rows) { $1 }, of: .history, to: RowCountsCheck.self)
        let definitions = earlier.tables.compactMap { table in
            table.definition.map { digest in
                var expectation = DefinitionExpectation(
                    digest: digest, rule: earlier.demand.definitions, since: earlier.words)
                if table.isView {
                    expectation.view = ViewExpectation(
                        least: earlier.least(of: table), origin: earlier.origin(of: table) ?? "", mayBeGone: mayBeGone)
                }
                return (table.name, expectation)
            }
        }
        guard !definitions.isEmpty else { return }
        add(Dictionary(definitions) { $1 }, of: .history, to: DefinitionsCheck.self)
    }
}
