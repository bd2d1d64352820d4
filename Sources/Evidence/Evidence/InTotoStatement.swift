/// What gets signed: a statement that says something (the predicate) of files or artifacts that it names by digest (the
/// subjects).
///
/// Format: in-toto Attestation Framework, Statement v1.
package struct InTotoStatement<Predicate: StatementPredicate>: Codable, Sendable, Equatable {
    /// The type of every in-toto Statement v1.
    package static var type: String { inTotoStatementType }
    /// What its predicate is.
    package static var predicateType: String { Predicate.predicateType }

    /// Written as `_type`; always ``type``.
    package var type: String
    /// What it is about, each with a digest.
    package var subject: [ResourceDescriptor]
    /// Always ``predicateType``.
    package var predicateType: String
    /// What it says.
    package var predicate: Predicate

    package init(subject: [ResourceDescriptor], predicate: Predicate) {
        type = Self.type
        self.subject = subject
        predicateType = Self.predicateType
        self.predicate = predicate
    }

    /// Where it says something else than it says elsewhere; empty for a statement that agrees with itself.
    ///
    /// A signature proves who wrote a statement. This proves that each of its readers is told the same.
    package func contradictions() -> [String] { predicate.contradictions(subject: subject) }

    /// The JSON of the statement. Encode once: these bytes are signed, stored and shown.
    ///
    /// - Throws: ``StatementError`` when the statement contradicts itself or cannot be written as JSON. What verification
    ///   would reject is never signed.
    package func encoded() throws(StatementError) -> [UInt8] {
        let contradictions = contradictions()
        guard contradictions.isEmpty else { throw .contradictory(contradictions) }
        do {
            return try StatementJSON.encode(self)
        } catch {
            throw .unencodable("\(error)")
        }
    }

    /// The bytes of an envelope around the statement.
    ///
    /// - Parameter signer: nil for an unsigned document.
    /// - Throws: ``StatementError``, as ``encoded()`` does, when the signer does not sign, and when the envelope would be
    ///   too large to be read again.
    package func sealed(signer: (any Signer)?) async throws(StatementError) -> [UInt8] {
        let statement = try encoded()
        let envelope: Envelope
        do {
            envelope = try await Envelope(statement: statement, signer: signer)
        } catch {
            throw .notSigned("\(error)")
        }
        let bytes: [UInt8]
        do {
            bytes = try envelope.encoded()
        } catch {
            throw .unencodable("\(error)")
        }
        guard bytes.count <= Envelope.maximumSize else { throw .tooLarge(bytes.count) }
        return bytes
    }

    private enum CodingKeys: String, CodingKey {
        case type = "_type"
        case subject, predicateType, predicate
    }
}

private let inTotoStatementType = "https://in-toto.io/Statement/v1"

/// What a statement can say: a kind of document that is signed.
package protocol StatementPredicate: Codable, Sendable, Equatable {
    /// A URI that nobody else uses for something else.
    static var predicateType: String { get }
    /// What people call such a document.
    static var words: DocumentWords { get }

    /// Whether the statement was meant to be signed, and the path of the field that says so. Part of what is signed, so
    /// that an envelope stripped of its signatures does not look like one that never had any.
    var signed: Bool { get }
    static var signedField: String { get }

    /// What does not agree, in a sentence each: within the predicate, or with the subjects.
    func contradictions(subject: [ResourceDescriptor]) -> [String]
}

/// How messages speak of a kind of signed document.
package struct DocumentWords: Sendable, Equatable {
    /// With `a` before it: `report`.
    package var name: String
    /// With its article, so that nobody takes it for another kind: `a drill's report`.
    package var fullName: String
    /// What the file is, in a sentence: `A report is a file whose name ends in .dsse.json.`
    package var file: String
    /// What to do for a signed one, in a sentence.
    package var howToSign: String

    package init(name: String, fullName: String, file: String, howToSign: String) {
        self.name = name
        self.fullName = fullName
        self.file = file
        self.howToSign = howToSign
    }
}

/// Why a statement was not written.
package enum StatementError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Readers would be told different things; what, each.
    case contradictory([String])
    /// A value has no JSON, such as a number that is not finite.
    case unencodable(String)
    /// The signer did not sign; why.
    case notSigned(String)
    /// The envelope is larger than ``Envelope/maximumSize``; in bytes.
    case tooLarge(Int)

    package var description: String {
        switch self {
        case .contradictory(let reasons):
            "what was to be signed contradicts itself, so it was not: \(reasons.joined(separator: "; ")). "
                + "This is a defect of pgassay: please report it, and do not rely on this run."
        case .unencodable(let reason):
            "what was to be signed cannot be written as JSON: \(reason). This is a defect of pgassay: please report it."
        case .notSigned(let reason):
            "it could not be signed: \(reason)."
        case .tooLarge(let count):
            "what was to be signed takes \(HumanUnits.bytes(Int64(count))), more than the "
                + "\(HumanUnits.bytes(Int64(Envelope.maximumSize))) that are read again."
        }
    }
}
