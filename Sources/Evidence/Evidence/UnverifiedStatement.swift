import SystemPackage

/// A signed document that was read and **not verified**: it can be shown, but it is no evidence of anything.
package struct UnverifiedStatement<Predicate: StatementPredicate>: Sendable {
    /// What the document says.
    package let statement: InTotoStatement<Predicate>
    /// The bytes of the statement, exactly as they were signed.
    package let statementBytes: [UInt8]
    /// The keys that the envelope claims to be signed with. Nothing proves that claim.
    package let claimedKeyIDs: [String]
    /// True if the envelope has a signature, valid or not.
    package let isSigned: Bool

    /// Reads a document without verifying it. Unknown fields are ignored, so that newer documents stay readable.
    ///
    /// - Parameter name: the path or the URI that the bytes came from, for messages.
    /// - Throws: ``VerificationError`` when it is not a document of this kind, or a field is missing or malformed.
    package init(_ bytes: [UInt8], name: String) throws(VerificationError) {
        do {
            try self.init(OpenEnvelope(bytes))
        } catch {
            throw VerificationError(name: name, problem: error, words: Predicate.words)
        }
    }

    /// Reads a document in a file without verifying it.
    package init(contentsOf file: FilePath) throws(VerificationError) {
        let envelope = try OpenEnvelope(contentsOf: file, words: Predicate.words)
        do {
            try self.init(envelope)
        } catch {
            throw VerificationError(file: file, problem: error, words: Predicate.words)
        }
    }

    /// The statement of a document without a signature, if it never had one and does not contradict itself.
    /// - Parameter name: the path or the URI that the document came from, for messages.
    /// - Throws: ``VerificationError``.
    package func neverSigned(name: String) throws(VerificationError) -> InTotoStatement<Predicate> {
        guard !statement.predicate.signed else {
            throw VerificationError(name: name, problem: .signatureRemoved, words: Predicate.words)
        }
        let contradictions = statement.contradictions()
        guard contradictions.isEmpty else {
            throw VerificationError(name: name, problem: .impossible(contradictions), words: Predicate.words)
        }
        return statement
    }

    private init(_ envelope: OpenEnvelope) throws(VerificationError.Problem) {
        statement = try InTotoStatement(decoding: envelope.payload)
        statementBytes = envelope.payload
        claimedKeyIDs = envelope.signatures.compactMap(\.keyID)
        isSigned = !envelope.signatures.isEmpty
    }
}
