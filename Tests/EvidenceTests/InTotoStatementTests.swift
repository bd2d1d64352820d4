import Testing

@testable import Evidence
@testable import Report

/// Whatever a statement says, it is opened only as its signer left it, and messages speak of what it was to be.
struct InTotoStatementTests {
    /// Says how many pages something has.
    struct Note: StatementPredicate {
        static let predicateType = "tag:pgassay,2026:note/v1"
        static let words = DocumentNames(
            name: "note", fullName: "an archivist's note", file: "A note is called note.dsse.json.",
            howToSign: "Write it again with a key.")
        static let signedField = "predicate.signed"

        var pages: Int
        var signed = true

        func contradictions(subject: [ResourceDescriptor]) -> [String] {
            pages == subject.count ? [] : ["it has \(pages) pages and \(subject.count) subjects"]
        }
    }

    typealias NoteStatement = InTotoStatement<Note>

    private static let key = SigningKey.generate()
    private static let name = "s3://archive/note.dsse.json"
    private static let statement = NoteStatement(
        subject: [ResourceDescriptor(name: "page", digest: ["sha256": "00"])], predicate: Note(pages: 1))

    private static func refusal(_ bytes: [UInt8]) -> VerificationError? {
        #expect(throws: VerificationError.self) {
            try NoteStatement(opening: bytes, name: name, publicKey: key.publicKey)
        }
    }

    @Test func comesBackAsItWasSealed() async throws {
        let bytes = try await Self.statement.sealed(signer: Self.key)
        #expect(try NoteStatement(opening: bytes, name: Self.name, publicKey: Self.key.publicKey) == Self.statement)
        let read = try UnverifiedStatement<Note>(bytes, name: Self.name)
        #expect(read.statement == Self.statement)
        #expect(read.isSigned)
        #expect(try read.statementBytes == Self.statement.encoded())
    }

    @Test("A signed statement of another kind is not taken for this one") func kinds() async throws {
        let report = try await Statement(report: .sample(), configuration: [samplePlan]).sealed(signer: Self.key)
        let error = Self.refusal(report)
        #expect(error?.problem == .unknownPredicateType(Statement.predicateType))
        #expect(error?.description.contains("it is not an archivist's note, or comes from a newer version") == true)
        let note = try await Self.statement.sealed(signer: Self.key)
        #expect(throws: VerificationError.Problem.unknownPredicateType(Note.predicateType)) {
            try Statement(verifying: OpenEnvelope(note), Self.key.publicKey)
        }
    }

    @Test("Messages name the URI as it was given, and the kind of document") func words() async throws {
        #expect(
            Self.refusal(Array("PGDMP".utf8))?.description
                == "s3://archive/note.dsse.json is not a note: it looks like a PostgreSQL dump (it may be the backup "
                + "itself). A note is called note.dsse.json.")
        var never = Self.statement
        never.predicate.signed = false
        #expect(
            try await Self.refusal(never.sealed(signer: nil))?.description.hasSuffix("Write it again with a key.")
                == true)
        #expect(try await Self.refusal(Self.statement.sealed(signer: nil))?.problem == .signatureRemoved)
        #expect(
            try await Self.refusal(never.sealed(signer: Self.key))?.problem
                == .contradictory(["it is signed, and `predicate.signed` is false"]))
    }

    @Test("What contradicts itself is not sealed, and not opened where someone sealed it all the same")
    func contradictions() async throws {
        var statement = Self.statement
        statement.predicate.pages = 2
        let reasons = ["it has 2 pages and 1 subjects"]
        await #expect(throws: StatementError.contradictory(reasons)) { try await statement.sealed(signer: Self.key) }
        let bytes = try await Envelope(statement: StatementJSON.encode(statement), signer: Self.key).encoded()
        #expect(Self.refusal(bytes)?.problem == .contradictory(reasons))
    }
}
