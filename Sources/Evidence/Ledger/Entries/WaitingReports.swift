import Evidence

/// Reports that wait for somebody's approval, as far as the entries of a ledger tell.
package enum WaitingReports {
    package struct Waiting: Sendable, Equatable {
        /// Of the report.
        package let entry: NumberedEntry
        /// The roles in which nobody has approved it.
        package let missing: [String]
    }

    /// Whether an approval counts for a reader is told by its signature, and not here.
    /// - Parameters:
    ///   - entries: in their order.
    ///   - refused: approvals that do not count for the reader, by the SHA-256 of their files.
    package static func all(in entries: [NumberedEntry], refusing refused: Set<String> = []) -> [Waiting] {
        var approved: [String: Set<String>] = [:]
        for numbered in entries
        where numbered.entry.kind == .countersigned && !refused.contains(numbered.entry.envelope ?? "") {
            guard let report = numbered.entry.report, let role = numbered.entry.role else { continue }
            approved[report, default: []].insert(role)
        }
        return entries.compactMap { numbered in
            guard let wanted = numbered.entry.approval, let digest = numbered.entry.envelope else { return nil }
            let given = approved[digest, default: []].union([KeyRing.operatorRole])
            let missing = wanted.filter { !given.contains($0) }
            return missing.isEmpty ? nil : Waiting(entry: numbered, missing: missing)
        }
    }
}
