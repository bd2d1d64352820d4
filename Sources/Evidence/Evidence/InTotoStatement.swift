import Findings

/// The document that is signed: a statement that says something (the predicate) about files or artifacts, which it
/// names by digest (the subjects).
///
/// Format: in-toto Attestation Framework, Statement v1.
package struct InTotoStatement<Predicate: StatementPredicate>: Codable, Sendable, Equatable {
    /// The type of every in-toto Statement v1.
    package static var type: String { inTotoStatementType }
    /// What its predicate is.
    package static var predicateType: String { Predicate.predicateType }

    /// Written as `_type`; always ``type``.
    package var type: String
    /// The files or artifacts that it is about, each with a digest.
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

    /// The places where the statement contradicts itself; empty if there are none.
    ///
    /// A signature proves who wrote a statement. This proves that the statement tells all its readers the same.
    package func contradictions() -> [String] { predicate.contradictions(subject: subject) }

    /// The JSON of the statement. Encode once: these bytes are signed, stored and shown.
    ///
    /// - Throws: ``StatementError`` if the statement contradicts itself or cannot be written as JSON. A statement that
    ///   verification would reject is never signed.
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
    /// - Throws: ``StatementError``, as ``encoded()`` does, if the signer does not sign, and if the envelope would be
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

/// The content of a statement: one kind of document that is signed.
package protocol StatementPredicate: Codable, Sendable, Equatable {
    /// A URI that nobody else uses for another type.
    static var predicateType: String { get }
    /// What people call such a document.
    static var words: DocumentNames { get }

    /// Whether the statement was meant to be signed, and the path of the field that says so. It is part of what is
    /// signed, so that an envelope from which the signatures were removed does not look like one that never had any.
    var signed: Bool { get }
    static var signedField: String { get }

    /// What contradicts itself, one sentence each: within the predicate, or between the predicate and the subjects.
    func contradictions(subject: [ResourceDescriptor]) -> [String]
}

/// The words for a kind of signed document in messages.
package struct DocumentNames: Sendable, Equatable {
    /// With `a` before it: `report`.
    package var name: String
    /// The name with its article, which cannot be mistaken for another kind: `a drill's report`.
    package var fullName: String
    /// What the file is, in a sentence: `A report is a file whose name ends in .dsse.json.`
    package var file: String
    /// How to get a signed one, in a sentence.
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
    /// Its readers would be told different things; each contradiction.
    case contradictory([String])
    /// JSON cannot express a value, such as a number that is not finite.
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
