import Findings
import PlanFile

/// How many rows a table should have; nil bounds nothing. Without any bound, the table only has to exist.
package struct RowCountExpectation: Sendable, Equatable {
    package var minimum: Int64?
    package var maximum: Int64?
    package var exactly: Int64?
    /// Where the numbers come from, if no person wrote them.
    var origin: String?

    package init(minimum: Int64? = nil, maximum: Int64? = nil, exactly: Int64? = nil) {
        self.minimum = minimum
        self.maximum = maximum
        self.exactly = exactly
    }

    var isBound: Bool { minimum != nil || maximum != nil || exactly != nil }

    func allows(_ rows: Int64) -> Bool {
        rows >= minimum ?? .min && rows <= maximum ?? .max && (exactly == nil || rows == exactly)
    }

    var words: String {
        [
            exactly.map { "exactly \(counted($0, "row"))" }, minimum.map { "at least \(counted($0, "row"))" },
            maximum.map { "at most \(counted($0, "row"))" },
        ].compactMap { $0 }.joined(separator: ", ") + (origin.map { " (\($0))" } ?? "")
    }
}

extension RowCountExpectation {
    static let keys = ["minimum", "maximum", "exactly"]

    init(_ node: PlanNode) throws(PlanError) {
        let values = try node.mapping(allowed: Self.keys)
        func rows(_ key: String) throws(PlanError) -> Int64? { try values[key]?.wholeNumber(0...Int64.max) }
        self.init(minimum: try rows("minimum"), maximum: try rows("maximum"), exactly: try rows("exactly"))
        guard !values.isEmpty else { throw node.error("expected at least one of \(Self.keys.joined(separator: ", "))") }
        if exactly != nil, values.count > 1 {
            throw node.error("exactly leaves nothing for minimum and maximum to say")
        }
        if let minimum, let maximum, minimum > maximum { throw node.error("minimum is larger than maximum") }
    }
}
