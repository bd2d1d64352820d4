import FoundationEssentials

/// A signed document: the bytes, their type, and who signed them.
///
/// Format: DSSE v1.0.0 (Dead Simple Signing Envelope), JSON. A signature is made over the
/// ``preAuthenticationEncoding(type:payload:)``, so neither type nor payload can be changed without breaking it.
package struct Envelope: Codable, Sendable, Equatable {
    /// The type of a report's payload: an in-toto statement.
    package static let payloadType = "application/vnd.in-toto+json"
    /// The largest envelope that is written or read, in bytes.
    package static let maximumSize = 256 << 20

    /// The signed bytes, in base64.
    package var payload: String
    /// The type of the signed bytes; it is signed with them.
    package var payloadType: String
    /// Empty for an unsigned document.
    package var signatures: [Signature]

    /// One signature, and the key that it claims to be from.
    package struct Signature: Codable, Sendable, Equatable {
        /// The ``PublicKey/keyID`` of the signer. It is not signed: people can use it as a hint, but it is never a
        /// reason to trust.
        package var keyid: String?
        /// In base64.
        package var sig: String

        package init(keyid: String?, sig: String) {
            self.keyid = keyid
            self.sig = sig
        }
    }

    /// Wraps an in-toto statement and signs it; without a signer the envelope is unsigned.
    ///
    /// - Throws: what the signer throws.
    package init(statement: [UInt8], signer: (any Signer)?) async throws {
        payload = Base64.encode(statement)
        payloadType = Self.payloadType
        signatures = []
        if let signer { signatures.append(try await signer.signature(of: statement, type: Self.payloadType)) }
    }

    /// One line of JSON that ends in a newline.
    package func encoded() throws -> [UInt8] {
        try StatementJSON.encode(self) + [UInt8(ascii: "\n")]
    }

    /// The bytes a signature is made over: `DSSEv1 <length> <type> <length> <payload>`, lengths in bytes, decimal.
    package static func preAuthenticationEncoding(type: String, payload: [UInt8]) -> [UInt8] {
        Array("DSSEv1 \(type.utf8.count) \(type) \(payload.count) ".utf8) + payload
    }
}

extension Envelope {
    /// - Returns: nil unless the text is exactly what encoding some bytes gives.
    package static func bytes(inBase64 text: String) -> [UInt8]? { Base64.decode(text) }

    /// True if the bytes are those that this package writes for what is in them, with one signature, of a key. DSSE allows other bytes for
    /// the same document: other white space, another key id, another alphabet of base64.
    package static func isExact(_ bytes: [UInt8], signedBy key: PublicKey) -> Bool {
        guard var envelope = try? StatementJSON.decode(Envelope.self, from: bytes), envelope.signatures.count == 1,
            let payload = Base64.decode(envelope.payload), let signature = Base64.decode(envelope.signatures[0].sig)
        else { return false }
        envelope.payload = Base64.encode(payload)
        envelope.signatures = [Signature(keyid: key.keyID, sig: Base64.encode(signature))]
        return (try? envelope.encoded()) == bytes
    }
}

extension Signer {
    /// Signs a document of a type, in the form that an envelope holds.
    ///
    /// - Throws: what ``sign(_:)`` throws.
    package func signature(of payload: [UInt8], type: String) async throws -> Envelope.Signature {
        let signed = Envelope.preAuthenticationEncoding(type: type, payload: payload)
        return Envelope.Signature(keyid: publicKey.keyID, sig: Base64.encode(try await sign(signed)))
    }
}

/// Base64 as DSSE allows it: the standard or the URL-safe alphabet, padded.
enum Base64 {
    static func encode(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString()
    }

    /// - Returns: nil unless the text is exactly what encoding some bytes gives: no white space, no missing padding, no
    ///   stray bits, so that no two texts stand for the same bytes.
    static func decode(_ text: String) -> [UInt8]? {
        let standard = String(decoding: text.utf8.map { standardAlphabet($0) }, as: UTF8.self)
        guard let data = Data(base64Encoded: standard), data.base64EncodedString() == standard else { return nil }
        return Array(data)
    }

    private static func standardAlphabet(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "-"): UInt8(ascii: "+")
        case UInt8(ascii: "_"): UInt8(ascii: "/")
        default: byte
        }
    }
}
