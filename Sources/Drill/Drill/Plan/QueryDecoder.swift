import Checks
import Foundation
import Postgres

extension SQLExpectation {
    static let keys = ["query", "equals", "minimum", "maximum", "rows", "within"]

    /// - Parameter name: the key of this query.
    init(_ name: PlanNode, _ node: PlanNode) throws(PlanError) {
        let values = try node.mapping(allowed: Self.keys)
        self.init(
            name: name.name, query: try node.query(in: values), equals: try values["equals"]?.scalar(),
            minimum: try values["minimum"]?.number(), maximum: try values["maximum"]?.number(),
            within: try values["within"]?.timeLimit())
        if let node = values["rows"] { rows = try RowCountExpectation(node) }
        guard values.count > 1 else {
            throw node.error("expected at least one of \(Self.keys.dropFirst().joined(separator: ", "))")
        }
        if equals != nil, minimum != nil || maximum != nil {
            throw node.error("equals leaves nothing for minimum and maximum to say")
        }
        if rows != nil, equals != nil || minimum != nil || maximum != nil {
            throw node.error("rows are counted, or a single value is compared: two questions are two queries")
        }
        if let minimum, let maximum, minimum > maximum { throw node.error("minimum is larger than maximum") }
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
    fileprivate func query(in values: [String: PlanNode]) throws(PlanError) -> String {
        guard let value = values["query"] else { throw error("the key query is missing") }
        let query = try value.text()
        let words = ["SELECT", "VALUES", "TABLE", "WITH"]
        // If the query begins with a comment, PostgreSQL itself decides whether a query follows.
        let start = query.drop { $0.isWhitespace || $0 == "(" }
        let isQuery = words.contains { start.prefix { $0.isLetter }.uppercased() == $0 }
        guard isQuery || start.hasPrefix("--") || start.hasPrefix("/*") else {
            throw value.error("expected a query that begins with \(words.joined(separator: ", "))")
        }
        return query
    }

    /// An index, or a list of them.
    fileprivate func indexes() throws(PlanError) -> [TableName] {
        var nodes = [self]
        if case .sequence = node { nodes = try list() }
        var indexes: [TableName] = []
        for element in nodes {
            guard let index = TableName(parsing: try element.text()) else {
                throw element.error("expected an index: name, or schema.name")
            }
            guard !indexes.contains(index) else { throw element.error("\(index) is there twice") }
            indexes.append(index)
        }
        guard !indexes.isEmpty else { throw error("expected at least one index") }
        return indexes
    }

    fileprivate func timeLimit() throws(PlanError) -> Duration {
        let limit = try responseTime()
        guard limit > .zero else { throw error("a limit of nothing lets nothing run") }
        return limit
    }

    fileprivate func scalar() throws(PlanError) -> SQLExpectation.Value {
        if let truth = truthIfAny { return .truth(truth) }
        if let number = numberIfAny { return .number(number) }
        return .text(try text())
    }
}
