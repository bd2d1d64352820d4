import FoundationEssentials

/// One change of the keys that count, signed by whoever may change them.
package struct KeyChange: StatementPredicate {
    package static let predicateType = "tag:pgassay,2026:key-change/v1"
    package static let words = DocumentNames(
        name: "change of keys", fullName: "a change of keys",
        file: "A history of keys is a file of such changes, one a line; pgassay keys writes it.",
        howToSign: "pgassay keys signs it.")
    package static let signedField = "predicate.signed"

    package enum Kind: String, Codable, Sendable {
        /// It counts from now on.
        case added
        /// It has done its work: what it signed before stays good.
        case retired
        /// It is in wrong hands, or may be: what it signed since does not count.
        case revoked
    }

    package var signed = true
    /// Its place in the history, from 0.
    package var number: Int
    /// The SHA-256 of the line before, in lowercase hex; nil in the first one.
    package var previous: String?
    package var time: Date
    package var change: Kind
    /// Its ``PublicKey/keyID``, which is the subject's digest too.
    package var key: String
    /// The 32 bytes in base64; of a key that is added.
    package var publicKey: String?
    /// The person or machine; of a key that is added.
    package var holder: String?
    /// Of a key that is added.
    package var roles: [String]?
    /// From when on it counts, or does not count any more. Nil in the first line: nothing says when that key began.
    package var at: Date?
    package var reason: String?

    package init(number: Int, previous: String?, time: Date, change: Kind, key: String) {
        self.number = number
        self.previous = previous
        self.time = time
        self.change = change
        self.key = key
    }

    package func contradictions(subject: [ResourceDescriptor]) -> [String] {
        var found: [String] = []
        if subject.count != 1 || subject[0].digest?["sha256"] != key {
            found.append("`subject` is not the key of `predicate.key`")
        }
        if (number == 0) != (previous == nil) { found.append("only the first change has none before it") }
        switch change {
        case .added:
            if added?.keyID != key { found.append("`predicate.publicKey` is not the key of `predicate.key`") }
            if roles?.isEmpty != false || roles?.allSatisfy(KeyRing.isRole) != true {
                found.append("`predicate.roles` names no role")
            }
        case .retired, .revoked:
            if at == nil { found.append("`predicate.at` is missing") }
        }
        return found
    }

    /// The key that is added.
    package var added: PublicKey? {
        guard let publicKey, let bytes = Base64.decode(publicKey), bytes.count == 32 else { return nil }
        return PublicKey(bytes: bytes)
    }
}
