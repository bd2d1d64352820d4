import SystemPackage

/// Decides whether a file is a report that the holder of a key signed, as it stands.
package enum ReportVerification {
    /// Verifies the signature over the exact bytes, and only then reads them: they must be a drill's statement that
    /// agrees with itself.
    ///
    /// Only the caller's key is trusted. The key id inside the envelope is not signed and decides nothing; it only
    /// helps to say what is wrong (DSSE v1.0.0, "Protocol").
    ///
    /// - Throws: ``VerificationError``, which names what is wrong.
    package static func verify(file: FilePath, publicKey: PublicKey) throws(VerificationError) -> Statement {
        let envelope = try OpenEnvelope(contentsOf: file)
        do {
            return try verify(envelope, publicKey)
        } catch {
            throw VerificationError(file: file, problem: error)
        }
    }

    static func verify(
        _ envelope: OpenEnvelope, _ publicKey: PublicKey
    ) throws(VerificationError.Problem) -> Statement {
        guard !envelope.signatures.isEmpty else { throw absence(of: envelope) }
        let signed = Envelope.preAuthenticationEncoding(type: Envelope.payloadType, payload: envelope.payload)
        guard envelope.signatures.contains(where: { publicKey.isValid($0.bytes, for: signed) }) else {
            throw misfit(of: envelope.signatures.compactMap(\.keyID), publicKey)
        }
        let statement = try Statement(decoding: envelope.payload)
        var contradictions = statement.contradictions()
        if !statement.report.signed {
            contradictions.append("it is signed, and `predicate.drill.signed` is false")
        }
        guard contradictions.isEmpty else { throw .contradictory(contradictions) }
        return statement
    }

    /// No signature: never there, or taken away? The statement itself says whether it was to be signed.
    private static func absence(of envelope: OpenEnvelope) -> VerificationError.Problem {
        guard let statement = try? Statement(decoding: envelope.payload), statement.report.signed else {
            return .unsigned
        }
        return .signatureRemoved
    }

    private static func misfit(of keyIDs: [String], _ publicKey: PublicKey) -> VerificationError.Problem {
        if keyIDs.contains(publicKey.keyID) { return .changed(keyID: publicKey.keyID) }
        if keyIDs.isEmpty { return .signatureDoesNotFit(given: publicKey.keyID) }
        return .wrongKey(signedBy: keyIDs, given: publicKey.keyID)
    }
}
