import FoundationEssentials

/// The keys whose signatures count for a reader: for what, and when. The reader names them; none of them is taken from what is verified.
package struct KeyRing: Sendable, Equatable {
    /// The role of whoever signs reports and the ledger.
    package static let operatorRole = "operator"

    package struct Key: Sendable, Equatable {
        package let publicKey: PublicKey
        /// The person or the machine; nil where nobody said.
        package var holder: String?
        package var roles: Set<String>
        /// From when on it counts; nil for as long as anybody knows.
        package var from: Date?
        /// Until when it counts; nil if it still does.
        package var until: Date?
        /// Why it does not any more, for people: `revoked: the laptop was stolen`.
        package var ending: String?

        package init(
            _ publicKey: PublicKey, holder: String? = nil, roles: Set<String>, from: Date? = nil, until: Date? = nil,
            ending: String? = nil
        ) {
            self.publicKey = publicKey
            self.holder = holder
            self.roles = roles
            self.from = from
            self.until = until
            self.ending = ending
        }

        package func isValid(at time: Date) -> Bool {
            if let from, time < from { return false }
            if let until, time >= until { return false }
            return true
        }

        /// When it counts, for people.
        package var period: String {
            switch (from, until) {
            case (nil, nil): "at any time"
            case (let from?, nil): "from \(Timestamp.plain(from)) on"
            case (nil, let until?): "before \(Timestamp.plain(until))" + (ending.map { " (\($0))" } ?? "")
            case (let from?, let until?):
                "from \(Timestamp.plain(from)) to \(Timestamp.plain(until))" + (ending.map { " (\($0))" } ?? "")
            }
        }
    }

    package var keys: [Key]

    package init(_ keys: [Key] = []) { self.keys = keys }

    /// Keys of whoever signs reports, and no others.
    package init(operators: [PublicKey]) { keys = operators.map { Key($0, roles: [Self.operatorRole]) } }

    /// Keys that count, or counted once, for a role.
    package func keys(for role: String) -> [Key] { keys.filter { $0.roles.contains(role) } }

    /// Those that sign reports and the ledger, or did.
    package var operators: [PublicKey] { keys(for: Self.operatorRole).map(\.publicKey) }

    /// A role's name, which names files too.
    package static func isRole(_ text: String) -> Bool { text.wholeMatch(of: /[a-z][a-z0-9\-]{0,31}/) != nil }
}

extension InTotoStatement {
    /// Opens a document that the holder of one of some keys signed, at a time at which the key counted.
    /// - Parameters:
    ///   - name: the path or the URI that the bytes came from, for messages.
    ///   - time: when the statement says that it was signed.
    /// - Throws: ``VerificationError``, as with one key; `outsideKeyTime`.
    package static func open(
        _ bytes: [UInt8], name: String, _ keys: [KeyRing.Key], time: (Self) -> Date
    ) throws(VerificationError) -> (statement: Self, key: KeyRing.Key) {
        var (signedBy, outside): ([String], VerificationError?) = ([], nil)
        for key in keys {
            do throws(VerificationError) {
                let statement = try Self(opening: bytes, name: name, publicKey: key.publicKey)
                let time = time(statement)
                guard key.isValid(at: time) else {
                    outside = VerificationError(
                        name: name,
                        problem: .outsideKeyTime(keyID: key.publicKey.keyID, signed: time, valid: key.period),
                        words: Predicate.words)
                    continue
                }
                return (statement, key)
            } catch {
                switch error.problem {
                case .wrongKey(let ids, _): signedBy = ids
                case .signatureDoesNotFit: continue
                default: throw error
                }
            }
        }
        if let outside { throw outside }
        let given = keys.isEmpty ? "none" : keys.map(\.publicKey.keyID).joined(separator: ", ")
        throw VerificationError(
            name: name,
            problem: signedBy.isEmpty && !keys.isEmpty
                ? .signatureDoesNotFit(given: given) : .wrongKey(signedBy: signedBy, given: given),
            words: Predicate.words)
    }
}
