import PlanFile

/// What every value of a JSON column should be.
package struct JSONBExpectation: Sendable, Equatable {
    package enum JSONType: String, Sendable, CaseIterable { case object, array, string, number, boolean, null }

    package var type: JSONType?
    /// jsonpath predicates that every value satisfies, such as `$.type == "Polygon"`.
    package var every: [String]

    package init(type: JSONType? = nil, every: [String] = []) {
        self.type = type
        self.every = every
    }
}

extension JSONBExpectation {
    static let keys = ["type", "every"]

    init(_ node: PlanNode) throws(PlanError) {
        let values = try node.mapping(allowed: Self.keys)
        self.init(type: try values["type"]?.choice(JSONType.self))
        if let list = values["every"] {
            for element in try list.list() {
                let predicate = try element.text()
                guard !every.contains(predicate) else { throw element.error("the same predicate is listed twice") }
                every.append(predicate)
            }
            guard !every.isEmpty else { throw list.error("expected at least one jsonpath predicate") }
        }
        guard !values.isEmpty else { throw node.error("expected at least one of \(Self.keys.joined(separator: ", "))") }
    }
}
