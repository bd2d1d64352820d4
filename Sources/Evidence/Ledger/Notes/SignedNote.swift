import Foundation

/// A text with signatures below it (C2SP signed-note).
package struct SignedNote: Sendable, Equatable {
    /// Ends in a line end, which is signed too.
    package let text: String
    package private(set) var signatures: [Signature]

    /// A line below the text. Lines of keys that nobody here knows stay as they are: witnesses add some.
    package struct Signature: Sendable, Equatable {
        package let name: String
        /// The hint at the key, in four bytes.
        package let keyID: UInt32
        /// As the key's algorithm makes it.
        package let bytes: [UInt8]

        package init(name: String, keyID: UInt32, bytes: [UInt8]) {
            self.name = name
            self.keyID = keyID
            self.bytes = bytes
        }

        fileprivate init?(line: Substring) {
            guard line.hasPrefix("— ") else { return nil }
            let parts = line.dropFirst(2).split(separator: " ", omittingEmptySubsequences: false)
            guard parts.count == 2, NoteKey.isName(parts[0]), let bytes = strictBase64(parts[1]), bytes.count > 4 else {
                return nil
            }
            name = String(parts[0])
            keyID = bytes[..<4].reduce(0) { $0 << 8 | UInt32($1) }
            self.bytes = Array(bytes[4...])
        }

        fileprivate var line: String {
            let id = stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: keyID >> UInt32($0)) }
            return "— \(name) \(Data(id + bytes).base64EncodedString())\n"
        }
    }

    /// More signatures than this are not read. Witnesses with keys of 5 kB each fit.
    static let mostSignatures = 100

    init(text: String, signatures: [Signature]) {
        self.text = text
        self.signatures = signatures
    }

    /// - Returns: nil unless the bytes are a note with a signature.
    package init?(_ bytes: [UInt8]) {
        guard let all = String(validating: bytes, as: UTF8.self), bytes.last == UInt8(ascii: "\n"),
            !bytes.contains(where: { $0 < 0x20 && $0 != UInt8(ascii: "\n") }),
            // The last empty line divides; the text may have some too.
            let divide = all.range(of: "\n\n", options: [.backwards, .literal])
        else { return nil }
        text = String(all[..<all.utf8.index(after: divide.lowerBound)])
        let lines = all[divide.upperBound...].dropLast().split(separator: "\n", omittingEmptySubsequences: false)
        guard 1...Self.mostSignatures ~= lines.count else { return nil }
        signatures = []
        for line in lines {
            guard let signature = Signature(line: line) else { return nil }
            signatures.append(signature)
        }
    }

    package var encoded: [UInt8] { Array((text + "\n" + signatures.map(\.line).joined()).utf8) }

    /// What the signatures of some keys are worth.
    package enum Trust: Sendable, Equatable {
        /// At least one of them signed exactly this text.
        case signed
        /// There is a signature of one of them that does not fit the text.
        case changed
        /// None of them signed.
        case unknown
    }

    /// Lines of other keys are ignored. If a line names one of the keys and its signature does not fit the text: ``Trust/changed``.
    package func trust(in keys: [NoteKey]) -> Trust {
        var trust = Trust.unknown
        for signature in signatures {
            for key in keys where key.name == signature.name && key.id == signature.keyID {
                guard key.publicKey.isValid(signature.bytes, for: Array(text.utf8)) else { return .changed }
                trust = .signed
            }
        }
        return trust
    }
}
