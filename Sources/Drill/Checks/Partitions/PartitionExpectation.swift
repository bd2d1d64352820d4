import PlanFile

/// What a partitioned table should be like, beyond what is always so.
package struct PartitionExpectation: Sendable, Equatable {
    package enum Default: String, Sendable, CaseIterable { case empty }
    package enum Gaps: String, Sendable, CaseIterable { case allowed, fail }

    /// How long after the backup there must be a partition still.
    package var ahead: Duration?
    /// What may be in the default partition; nil allows anything.
    package var `default`: Default?
    /// Whether something may be missing between two partitions, or a remainder of a hash; nil makes it a hazard.
    package var gaps: Gaps?

    package init(ahead: Duration? = nil, default: Default? = nil, gaps: Gaps? = nil) {
        self.ahead = ahead
        self.default = `default`
        self.gaps = gaps
    }
}

extension PartitionExpectation {
    static let keys = ["ahead", "default", "gaps"]

    init(_ node: PlanNode) throws(PlanError) {
        let values = try node.mapping(allowed: Self.keys)
        self.init(
            ahead: try values["ahead"]?.duration(), default: try values["default"]?.choice(Default.self),
            gaps: try values["gaps"]?.choice(Gaps.self))
        guard !values.isEmpty else { throw node.error("expected at least one of \(Self.keys.joined(separator: ", "))") }
    }
}
