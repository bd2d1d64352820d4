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
