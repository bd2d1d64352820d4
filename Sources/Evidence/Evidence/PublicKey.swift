import Crypto
import Files
import Findings
import SystemPackage

/// An Ed25519 public key: reports that were signed with its private half are trusted.
package struct PublicKey: Sendable, Equatable {
    /// The 32 bytes of the key (RFC 8032).
    package let bytes: [UInt8]
    private let der: [UInt8]

    init(bytes: [UInt8]) {
        self.bytes = bytes
        der = KeyDER.encodePublic(bytes)
    }

    /// Reads a PEM file with one SubjectPublicKeyInfo.
    ///
    /// - Throws: ``KeyError`` when the file cannot be read or holds anything else.
    package init(contentsOf file: FilePath) throws(KeyError) {
        do {
            let text = try Files.read(file, limit: KeyPEM.maximumSize)
            try self.init(pem: String(decoding: text, as: UTF8.self))
        } catch {
            throw KeyError(file: file, reading: error)
        }
    }

    /// - Throws: when the text does not hold exactly one Ed25519 public key.
    package init(pem: String) throws(KeyError.Problem) {
        let der = try KeyPEM.decode(pem, label: KeyPEM.publicLabel)
        guard let key = try? KeyDER.parsePublic(der) else { throw .damaged("it is not a SubjectPublicKeyInfo") }
        guard key.algorithm == KeyDER.ed25519 else { throw .wrongAlgorithm(KeyDER.name(of: key.algorithm)) }
        guard key.contents.count == 32 else { throw .damaged("an Ed25519 public key has 32 bytes") }
        self.init(bytes: key.contents)
    }

    /// SubjectPublicKeyInfo in PEM (RFC 8410), as `openssl pkey -pubout` writes it.
    package var pem: String { KeyPEM.encode(KeyPEM.publicLabel, der) }

    /// The SHA-256 of the key's DER in lowercase hex: `openssl pkey -pubin -outform DER | sha256sum` prints the same.
    package var keyID: String { Hex.encode(SHA256.hash(data: der)) }

    /// The key id in groups of eight digits, to compare by eye or by telephone.
    package var fingerprint: String {
        let digits = Array(keyID)
        return stride(from: 0, to: digits.count, by: 8)
            .map { String(digits[$0..<$0 + 8]) }
            .joined(separator: " ")
    }

    /// True if the private half of this key made this signature (64 bytes) over exactly these bytes.
    package func isValid(_ signature: [UInt8], for bytes: [UInt8]) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: self.bytes) else { return false }
        return key.isValidSignature(signature, for: bytes)
    }
}
