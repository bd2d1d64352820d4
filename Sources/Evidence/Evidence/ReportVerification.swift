import SystemPackage

/// Verifies that a file is a report, unchanged since the holder of a key signed it.
package enum ReportVerification {
    /// Verifies the signature over the exact bytes, and only then reads them. They must be a drill's statement that
    /// does not contradict itself.
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
