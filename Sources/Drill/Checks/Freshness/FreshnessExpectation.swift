import PlanFile

/// How old the newest value of a column may be, counted back from the time of the backup.
package struct FreshnessExpectation: Sendable, Equatable {
    /// Nil takes the plan's recovery point objective.
    package var within: Duration?

    package init(within: Duration?) { self.within = within }
}

extension FreshnessExpectation {
    static let keys = ["within"]

    /// Without `within`, the recovery point objective is the limit.
    init(_ node: PlanNode) throws(PlanError) {
        let values = try node.mapping(allowed: Self.keys)
        self.init(within: try values["within"]?.duration())
    }
}
