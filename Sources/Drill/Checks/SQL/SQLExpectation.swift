import Foundation
import PlanFile
import Postgres

/// A query of the plan's author, and what it should answer; what is nil is not asked.
package struct SQLExpectation: Sendable, Equatable {
    package enum Value: Sendable, Equatable {
        case text(String)
        case number(Decimal)
        case truth(Bool)
    }

    package let name: String
    package let query: String
    /// The single value that the query yields.
    package var equals: Value?
    package var minimum: Decimal?
    package var maximum: Decimal?
    /// How many rows the query yields.
    package var rows: RowCountExpectation?
    /// How long it may take.
    package var within: Duration?
    /// True for a question that a command asks of many backups: one that makes no sense is a slip, and blames none of them.
    package var isOfCommand = false

    package init(
        name: String, query: String, equals: Value? = nil, minimum: Decimal? = nil, maximum: Decimal? = nil,
        rows: RowCountExpectation? = nil, within: Duration? = nil
    ) {
        self.name = name
        self.query = query
        self.equals = equals
        self.minimum = minimum
        self.maximum = maximum
        self.rows = rows
        self.within = within
    }

    var wantsValue: Bool { equals != nil || minimum != nil || maximum != nil }

    var words: String {
        let value: String? =
            switch equals {
            case .text(let text): "equals “\(text)”"
            case .number(let number): "equals \(number)"
            case .truth(let truth): "equals \(truth)"
            case nil: nil
            }
        return [
            value, minimum.map { "at least \($0)" }, maximum.map { "at most \($0)" }, rows?.words,
            within.map { "within \(HumanText.text($0))" },
        ].compactMap { $0 }.joined(separator: ", ")
    }
}

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
            throw node.error("a query either counts rows or compares one value: write two queries")
        }
        if let minimum, let maximum, minimum > maximum { throw node.error("minimum is larger than maximum") }
    }
}

extension CheckPlan {
    /// The queries of the check `sql`.
    package var sql: [SQLExpectation] {
        get { self[SQLCheck.self] ?? [] }
        set { self[SQLCheck.self] = newValue }
    }
}

extension PlanNode {
    fileprivate func scalar() throws(PlanError) -> SQLExpectation.Value {
        if let truth = truthIfAny { return .truth(truth) }
        if let number = numberIfAny { return .number(number) }
        return .text(try text())
    }
}
