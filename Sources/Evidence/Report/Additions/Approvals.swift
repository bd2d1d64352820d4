import Evidence
import FoundationEssentials

/// Who has approved a report, and which roles are still missing. Who signed the report is its operator.
package struct Approvals: Sendable {
    package struct Given: Sendable, Equatable {
        package let role: String
        package let keyID: String
        package let holder: String?
        package let time: Date
        package let comment: String?
        /// The name of its file.
        package let file: String
    }

    /// An approval that does not count, and why, as the rest of a sentence.
    package struct Refusal: Sendable, Equatable {
        package let file: String
        package let reason: String
    }

    package private(set) var given: [Given] = []
    package private(set) var refused: [Refusal] = []
    /// Roles that the plan asks for and in which nobody has approved.
    package private(set) var missing: [String] = []

    /// - Parameters:
    ///   - signer: the key that signed the report, as it was verified.
    ///   - sha256: of the report's file.
    ///   - additions: what lies beside the report.
    ///   - ring: the keys that the reader trusts.
    package init(
        of report: Report, signedBy signer: KeyRing.Key, sha256: String, _ additions: StoredAdditions, _ ring: KeyRing
    ) {
        var used: [String: String] = [signer.publicKey.keyID: KeyRing.operatorRole]
        var holders: [String: String] = [:]
        if let holder = signer.holder { holders[holder] = KeyRing.operatorRole }
        for addition in additions.all {
            guard case .approval(let claimed) = addition.content else { continue }
            let name = addition.name
            let role = claimed.predicate.role
            func refuse(_ reason: String) { refused.append(Refusal(file: name, reason: reason)) }
            guard addition.reportDigest == sha256, addition.subject == AdditionSubject(report) else {
                refuse("is about another report, or about this one before it was changed")
                continue
            }
            do throws(VerificationError) {
                let (_, key) = try InTotoStatement<Approval>.open(
                    addition.bytes, name: name, ring.keys(for: role)
                ) { $0.predicate.time }
                let id = key.publicKey.keyID
                if let other = used[id], other != role {
                    refuse("is signed by the key that has signed as \(other): another role takes another key")
                    continue
                }
                if let holder = key.holder, let other = holders[holder], other != role {
                    refuse("is signed by \(holder), who has signed as \(other): another role takes another person")
                    continue
                }
                used[id] = role
                if let holder = key.holder { holders[holder] = role }
                given.append(
                    Given(
                        role: role, keyID: id, holder: key.holder, time: claimed.predicate.time,
                        comment: claimed.predicate.comment, file: name))
            } catch {
                switch error.problem {
                case .wrongKey(let signedBy, _):
                    let key = signedBy.first.map { String($0.prefix(64)) } ?? "no key that it names"
                    refuse("is signed by \(key), which you do not trust for the role \(role)")
                default: refuse("cannot be verified: \(error)")
                }
            }
        }
        let roles = Set(given.map(\.role)).union([KeyRing.operatorRole])
        missing = (report.approval ?? []).filter { !roles.contains($0) }
    }

    /// True if everybody has approved it whom the plan asks.
    package var isComplete: Bool { missing.isEmpty }
}
