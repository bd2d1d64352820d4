import Checks
import Postgres

extension PlanNode {
    /// `checks.partitions`: by table.
    func partitionExpectations() throws(PlanError) -> [TableName: PartitionExpectation] {
        var expectations: [TableName: PartitionExpectation] = [:]
        for (key, value) in try named() {
            let table = try key.tableName()
            guard expectations.updateValue(try PartitionExpectation(value), forKey: table) == nil else {
                throw key.error("\(table) is there twice")
            }
        }
        return expectations
    }
}

extension PartitionExpectation {
    static let keys = ["ahead", "default", "gaps"]

    fileprivate init(_ node: PlanNode) throws(PlanError) {
        let values = try node.mapping(allowed: Self.keys)
        self.init(
            ahead: try values["ahead"]?.duration(), default: try values["default"]?.choice(Default.self),
            gaps: try values["gaps"]?.choice(Gaps.self))
        guard !values.isEmpty else { throw node.error("expected at least one of \(Self.keys.joined(separator: ", "))") }
    }
}
