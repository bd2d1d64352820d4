import Checks
import Postgres

extension PlanNode {
    /// `checks.schema-version`.
    /// - Returns: nil if nothing follows the key.
    func schemaVersionExpectation() throws(PlanError) -> SchemaVersionExpectation? {
        let values = try mapping(allowed: SchemaVersionExpectation.keys)
        guard !values.isEmpty else { return nil }
        guard let table = values["table"] else { throw error("the key table is missing") }
        guard let column = values["column"] else { throw error("the key column is missing") }
        guard let name = TableName(parsing: try table.text()) else {
            throw table.error("expected a table: name, or schema.name")
        }
        return SchemaVersionExpectation(
            column: ColumnName(table: name, name: try column.text()), demand: try demand(values))
    }

    private func demand(_ values: [String: PlanNode]) throws(PlanError) -> SchemaVersionExpectation.Demand {
        switch (values["expected"], values["minimum"]) {
        case (let expected?, nil): .exactly(try expected.digitsOrText())
        case (nil, let minimum?): .minimum(try minimum.versionNumber())
        default: throw error("expected one of expected, minimum, and not both")
        }
    }
}

extension SchemaVersionExpectation {
    static let keys = ["table", "column", "expected", "minimum"]
}
