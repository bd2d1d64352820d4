/// What a partitioned table should be like, beyond what is always so.
package struct PartitionExpectation: Sendable, Equatable {
    package enum Default: String, Sendable, CaseIterable { case empty }
    package enum Gaps: String, Sendable, CaseIterable { case allowed }

    /// How long after the backup there must be a partition still.
    package var ahead: Duration?
    /// What may be in the default partition; nil allows anything.
    package var `default`: Default?
    /// Whether something may be missing between two partitions; nil forbids it.
    package var gaps: Gaps?

    package init(ahead: Duration? = nil, default: Default? = nil, gaps: Gaps? = nil) {
        self.ahead = ahead
        self.default = `default`
        self.gaps = gaps
    }
}
