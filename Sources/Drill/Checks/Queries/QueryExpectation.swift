import PlanFile
import Postgres

/// A query of the application, and how it should be answered; what is nil or empty is not asked.
package struct QueryExpectation: Sendable, Equatable {
    package let name: String
    package let query: String
    package var within: Duration?
    /// Indexes that its plan should use.
    package var uses: [TableName]

    package init(name: String, query: String, within: Duration? = nil, uses: [TableName] = []) {
        self.name = name
        self.query = query
        self.within = within
        self.uses = uses
    }
}

extension QueryExpectation {
    static let keys = ["query", "within", "uses"]

    /// - Parameter name: the key of this query.
    init(_ name: PlanNode, _ node: PlanNode) throws(PlanError) {
        let values = try node.mapping(allowed: Self.keys)
        self.init(
            name: name.name, query: try node.query(in: values), within: try values["within"]?.timeLimit(),
            uses: try values["uses"]?.indexes() ?? [])
        guard values.count > 1 else {
            throw node.error("expected at least one of \(Self.keys.dropFirst().joined(separator: ", "))")
        }
    }
}

extension PlanNode {
    /// An index, or a list of them.
    fileprivate func indexes() throws(PlanError) -> [TableName] {
        try isList ? indexNames() : [indexName()]
    }
}
