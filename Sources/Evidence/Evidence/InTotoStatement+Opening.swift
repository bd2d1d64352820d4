import SystemPackage

extension InTotoStatement {
    /// Opens a document and verifies that the holder of a key signed exactly these bytes. Only then are the bytes read.
    /// They must be a statement of this kind that does not contradict itself.
    ///
    /// Only the caller's key is trusted. The key id inside the envelope is not signed and decides nothing; it is only
    /// used to say what is wrong (DSSE v1.0.0, "Protocol").
    ///
    /// - Parameter name: the path or the URI that the bytes came from, for messages.
    /// - Throws: ``VerificationError``, which names what is wrong.
    package init(opening bytes: [UInt8], name: String, publicKey: PublicKey) throws(VerificationError) {
        do {
            try self.init(verifying: OpenEnvelope(bytes), publicKey)
        } catch {
            throw VerificationError(name: name, problem: error, words: Predicate.words)
        }
    }

    /// Opens and verifies a document in a file.
    package init(opening file: FilePath, publicKey: PublicKey) throws(VerificationError) {
        let envelope = try OpenEnvelope(contentsOf: file, words: Predicate.words)
        do {
            try self.init(verifying: envelope, publicKey)
        } catch {
            throw VerificationError(file: file, problem: error, words: Predicate.words)
        }
    }

    init(verifying envelope: OpenEnvelope, _ publicKey: PublicKey) throws(VerificationError.Problem) {
        guard !envelope.signatures.isEmpty else { throw Self.absence(of: envelope) }
        let signed = Envelope.preAuthenticationEncoding(type: Envelope.payloadType, payload: envelope.payload)
        guard envelope.signatures.contains(where: { publicKey.isValid($0.bytes, for: signed) }) else {
            throw Self.misfit(of: envelope.signatures.compactMap(\.keyID), publicKey)
        }
        try self.init(decoding: envelope.payload)
        var contradictions = contradictions()
        if !predicate.signed {
            contradictions.append("it is signed, and `\(Predicate.signedField)` is false")
        }
        guard contradictions.isEmpty else { throw .contradictory(contradictions) }
    }

    /// The problem of an envelope without a signature. The statement itself says whether it was meant to be signed: if
    /// so, the signature was removed.
    private static func absence(of envelope: OpenEnvelope) -> VerificationError.Problem {
        guard let statement = try? Self(decoding: envelope.payload), statement.predicate.signed else {
            return .unsigned
        }
        return .signatureRemoved
    }

    private static func misfit(of keyIDs: [String], _ publicKey: PublicKey) -> VerificationError.Problem {
        if keyIDs.contains(publicKey.keyID) { return .changed(keyID: publicKey.keyID) }
        if keyIDs.isEmpty { return .signatureDoesNotFit(given: publicKey.keyID) }
        return .wrongKey(signedBy: keyIDs, given: publicKey.keyID)
    }

    /// Reads a statement of this kind. Fields it does not know are ignored, so that newer documents stay readable.
    init(decoding bytes: [UInt8]) throws(VerificationError.Problem) {
        let header: StatementHeader
        do {
            header = try StatementJSON.decode(StatementHeader.self, from: bytes)
        } catch {
            throw .malformed(error)
        }
        guard header._type == Self.type else { throw .unknownStatementType(header._type) }
        guard header.predicateType == Self.predicateType else { throw .unknownPredicateType(header.predicateType) }
        do {
            self = try StatementJSON.decode(Self.self, from: bytes)
        } catch {
            throw .malformed(error)
        }
    }
}

/// The fields that every in-toto statement has, with any predicate.
private struct StatementHeader: Decodable {
    var _type: String
    var predicateType: String
}
