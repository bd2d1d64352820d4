import Files
import SystemPackage

/// The decoded parts of an envelope, before the statement in it is read.
struct OpenEnvelope: Sendable {
    struct Signature: Sendable {
        var keyID: String?
        var bytes: [UInt8]
    }

    /// The statement's bytes, exactly as they were signed.
    var payload: [UInt8]
    var signatures: [Signature]

    /// - Throws: ``VerificationError`` if the file cannot be read, or is not a complete envelope around an in-toto
    ///   statement.
    init(contentsOf file: FilePath, words: DocumentNames) throws(VerificationError) {
        let bytes = try Envelope.bytes(of: file, words: words)
        do {
            try self.init(bytes)
        } catch {
            throw VerificationError(file: file, problem: error, words: words)
        }
    }

    init(_ bytes: [UInt8]) throws(VerificationError.Problem) {
        if let other = Lookalike.name(of: bytes) { throw .notAReport(looksLike: other) }
        let envelope: Envelope
        do {
            envelope = try StatementJSON.decode(Envelope.self, from: bytes)
        } catch {
            throw .malformed(error)
        }
        guard envelope.payloadType == Envelope.payloadType else { throw .unknownPayloadType(envelope.payloadType) }
        payload = try Self.bytes(envelope.payload, field: "payload")
        signatures = []
        for (index, signature) in envelope.signatures.enumerated() {
            let bytes = try Self.bytes(signature.sig, field: "signatures[\(index)].sig")
            signatures.append(Signature(keyID: signature.keyid, bytes: bytes))
        }
    }

    private static func bytes(_ text: String, field: String) throws(VerificationError.Problem) -> [UInt8] {
        guard let bytes = Base64.decode(text) else {
            throw .malformed(FieldError(field: field, problem: "is not base64"))
        }
        return bytes
    }
}

extension Envelope {
    /// Reads a file that should be an envelope.
    /// - Parameters:
    ///   - limit: the most bytes that are read.
    ///   - words: for messages.
    /// - Throws: ``VerificationError``.
    package static func bytes(
        of file: FilePath, limit: Int = maximumSize, words: DocumentNames
    ) throws(VerificationError) -> [UInt8] {
        do {
            return try Files.read(file, limit: limit)
        } catch {
            let problem = error as? FileError ?? FileError(path: file, problem: .system("read", .ioError))
            throw VerificationError(file: file, problem: .unreadable(problem), words: words)
        }
    }
}
