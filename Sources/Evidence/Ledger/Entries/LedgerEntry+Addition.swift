import Evidence
import Findings
import FoundationEssentials
import Report

extension LedgerEntry {
    /// The entry of an approval or an annotation: which file it is, and of which report. What it says stays in the file.
    package init(_ addition: StoredAddition, time: Date) {
        switch addition.content {
        case .approval(let statement):
            self.init(.countersigned, time: time)
            role = statement.predicate.role
        case .annotation:
            self.init(.annotated, time: time)
        }
        plan = addition.subject.plan
        run = addition.subject.id
        report = addition.reportDigest
        signer = addition.claimedKeyIDs.first.map { String($0.prefix(64)) }
        envelope = addition.sha256
        file = addition.name
    }
}
