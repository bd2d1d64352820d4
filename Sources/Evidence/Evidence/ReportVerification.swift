import SystemPackage

/// Decides whether a file is a report that the holder of a key signed, as it stands.
package enum ReportVerification {
    /// Verifies the signature over the exact bytes, and only then reads them: they must be a drill's statement that
    /// agrees with itself.
    ///
    /// - Throws: ``VerificationError``, which names what is wrong.
    package static func verify(file: FilePath, publicKey: PublicKey) throws(VerificationError) -> Statement {
        try Statement(opening: file, publicKey: publicKey)
    }

    static func verify(
        _ envelope: OpenEnvelope, _ publicKey: PublicKey
    ) throws(VerificationError.Problem) -> Statement {
        try Statement(verifying: envelope, publicKey)
    }
}
