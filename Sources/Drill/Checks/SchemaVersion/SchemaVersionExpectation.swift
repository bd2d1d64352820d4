import PlanFile
import Postgres

/// Which version of its schema a database should have, and which column says it.
package struct SchemaVersionExpectation: Sendable, Equatable {
    package enum Demand: Sendable, Equatable {
        case exactly(String)
        case minimum(VersionNumber)
    }

    package let column: ColumnName
    package let demand: Demand

    package init(column: ColumnName, demand: Demand) {
        self.column = column
        self.demand = demand
    }

    var words: String {
        switch demand {
        case .exactly(let version): version
        case .minimum(let version): "\(version) or later"
        }
    }

    /// - Returns: nil where the two cannot be compared.
    func allows(_ found: String) -> Bool? {
        switch demand {
        case .exactly(let version): version.utf8.elementsEqual(found.utf8)
        case .minimum(let minimum): VersionNumber(parsing: found).map { $0 >= minimum }
        }
    }
}

extension SchemaVersionExpectation {
    static let keys = ["table", "column", "expected", "minimum"]

    /// - Returns: nil if nothing follows the key.
    init?(_ node: PlanNode) throws(PlanError) {
        let values = try node.mapping(allowed: Self.keys)
        guard !values.isEmpty else { return nil }
        guard let table = values["table"] else { throw node.missing("table") }
        guard let column = values["column"] else { throw node.missing("column") }
        guard let name = TableName(parsing: try table.text()) else {
            throw table.error("expected a table: name, or schema.name")
        }
        let columnName = ColumnName(table: name, name: try column.text())
        switch (values["expected"], values["minimum"]) {
        case (let expected?, nil): self.init(column: columnName, demand: .exactly(try expected.digitsOrText()))
        case (nil, let minimum?): self.init(column: columnName, demand: .minimum(try minimum.versionNumber()))
        default: throw node.error("expected one of expected, minimum, and not both")
        }
    }
}
