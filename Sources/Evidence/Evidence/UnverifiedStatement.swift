import SystemPackage

/// A signed document, read and **not verified**: good for showing, no evidence of anything.
package struct UnverifiedStatement<Predicate: StatementPredicate>: Sendable {
    /// What it says.
    package let statement: InTotoStatement<Predicate>
    /// The bytes of the statement, exactly as they were signed.
    package let statementBytes: [UInt8]
    /// The keys the envelope says it was signed with. Nothing vouches for them.
    package let claimedKeyIDs: [String]
    /// Whether the envelope carries a signature, good or bad.
    package let isSigned: Bool

    /// Reads a document without verifying it. Fields it does not know are ignored, so that newer ones stay readable.
    ///
    /// - Parameter name: for messages: the path or the URI that the bytes came from.
    /// - Throws: ``VerificationError`` when it is not a document of this kind, or a field is missing or malformed.
    package init(_ bytes: [UInt8], name: String) throws(VerificationError) {
        do {
            try self.init(OpenEnvelope(bytes))
        } catch {
            throw VerificationError(name: name, problem: error, words: Predicate.words)
        }
    }

    /// The same of a file.
    package init(contentsOf file: FilePath) throws(VerificationError) {
        let envelope = try OpenEnvelope(contentsOf: file, words: Predicate.words)
        do {
            try self.init(envelope)
        } catch {
            throw VerificationError(file: file, problem: error, words: Predicate.words)
        }
    }

    private init(_ envelope: OpenEnvelope) throws(VerificationError.Problem) {
        statement = try InTotoStatement(decoding: envelope.payload)
        statementBytes = envelope.payload
        claimedKeyIDs = envelope.signatures.compactMap(\.keyID)
        isSigned = !envelope.signatures.isEmpty
    }
}
