import Checks
import Postgres

extension CheckPlan {
    /// Reads `indexes: { expected: [farmers_name_idx, crm.farmers_name_idx] }`.
    static func expectedIndexes(_ node: PlanNode) throws(PlanError) -> [TableName] {
        guard let list = try node.mapping(allowed: indexesKeys)["expected"] else { return [] }
        var indexes: [TableName] = []
        for element in try list.list() {
            guard let index = TableName(parsing: try element.text()) else {
                throw element.error("expected an index: name, or schema.name")
            }
            guard !indexes.contains(index) else { throw element.error("\(index) is there twice") }
            indexes.append(index)
        }
        guard !indexes.isEmpty else { throw list.error("expected at least one index") }
        return indexes
    }

    static let indexesKeys = ["expected"]
}
