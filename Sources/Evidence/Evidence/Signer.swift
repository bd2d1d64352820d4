/// Makes Ed25519 signatures: a key in a file (``SigningKey``), or a service that keeps the key and only signs.
package protocol Signer: Sendable {
    /// The public half of the key that signs. The envelope names it.
    var publicKey: PublicKey { get }

    /// - Returns: the 64 bytes of the signature over exactly these bytes (RFC 8032).
    /// - Throws: when the signer cannot be reached or refuses. A key in memory always signs.
    func sign(_ bytes: [UInt8]) async throws -> [UInt8]
}

extension SigningKey: Signer {}
