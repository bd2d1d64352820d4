import Crypto
import Evidence
import Foundation

/// An Ed25519 key under the name of a log (C2SP signed-note, "Verifier keys").
package struct NoteKey: Sendable, Equatable {
    package let name: String
    package let publicKey: PublicKey
    /// A hint at the key, by which signature lines name it.
    package let id: UInt32

    /// Signatures over the text of the note as it is.
    private static let ed25519: UInt8 = 1

    package init(name: String, _ publicKey: PublicKey) {
        self.name = name
        self.publicKey = publicKey
        let digest = SHA256.hash(data: Array(name.utf8) + [UInt8(ascii: "\n"), Self.ed25519] + publicKey.bytes)
        id = digest.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// As other people's verifiers take it.
    package var verifierKey: String {
        let hex = String(id, radix: 16)
        let padded = String(repeating: "0", count: 8 - hex.count) + hex
        return "\(name)+\(padded)+\(Data([Self.ed25519] + publicKey.bytes).base64EncodedString())"
    }

    /// Names have neither blanks nor plus signs, and no bytes that steer a terminal.
    package static func isName(_ name: some StringProtocol) -> Bool {
        !name.isEmpty && name.utf8.count <= 1024
            && !name.unicodeScalars.contains {
                $0.properties.isWhitespace || $0 == "+" || $0.properties.generalCategory == .control
            }
    }
}

extension Signer {
    /// A note that this key signs.
    /// - Parameter name: of the log.
    /// - Throws: what ``sign(_:)`` throws.
    func note(_ text: String, name: String) async throws -> SignedNote {
        let key = NoteKey(name: name, publicKey)
        let signature = try await sign(Array(text.utf8))
        return SignedNote(
            text: text, signatures: [SignedNote.Signature(name: name, keyID: key.id, bytes: signature)])
    }
}
