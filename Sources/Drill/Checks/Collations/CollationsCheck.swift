import Causes
import Findings
import Postgres

extension CheckID {
    package static let collations = CheckID("collations")
}

/// Is text ordered here as it was when indexes were built?
struct CollationsCheck: Check {
    static let description = CheckDescription(
        id: .collations,
        asks: "Does this machine order text by the versions of the collations that indexes were built with?",
        covers: """
            Every collation that an index, or the bounds of range partitions, depend on, the database's own included \
            (PostgreSQL 15 on): the version that the database has recorded against the one of this machine's C library or ICU, \
            with the indexes that a change puts out of order. Such an index is not held against the backup when amcheck \
            finds it out of order.
            """,
        doesNotCover: """
            Collations without a version, such as C, whose order never changes. Collations that an index names only within an \
            expression. Libraries that order text anew under the version that they had.
            """,
        notRun: "no index and no partition depends on a collation that has versions")

    /// So many indexes of each are named.
    private static let named = 20

    func findings(in context: CheckContext, _ answers: ScanAnswers) async throws -> [Finding] {
        try await OrderingCollation.all(in: context).map { Self.finding(about: $0, in: context) }
    }

    private static func finding(about collation: OrderingCollation, in context: CheckContext) -> Finding {
        var finding = Finding(
            id: id, subject: collation.name, status: .passed, basis: .archive,
            expected: "the version that indexes were built with", observed: "the same")
        guard collation.isOutdated else { return finding }
        finding.observed = "version \(collation.recorded) then, \(collation.actual ?? "none") here"
        guard context.contents.isPhysicalCopy else {
            finding.reason = "it does no harm here: the indexes of a dump are built when it is restored"
            return finding
        }
        let names = collation.dependentNames
        let rule = Causes.cause(of: .collationDiffers, while: .checking)
        finding.status = rule.status
        finding.reason = """
            \(rule.reason): drill with the source's version of it, or expect to REINDEX after a recovery on such a machine: \
            \(names.prefix(named).joined(separator: ", "))\
            \(names.count > named ? ", and \(names.count - named) more" : "")
            """
        finding.cause = rule.cause
        return finding
    }
}
