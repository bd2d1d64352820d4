import Files
import Findings
import SystemPackage
import Testing

@testable import Evidence
@testable import Report

/// A report is accepted only as its signer left it, and what is wrong with any other file is named.
struct VerificationTests {
    private static let notJSON = "it is not complete, well-formed JSON, or a number in it does not fit its field"
    private static let key = SigningKey.generate()

    private static func envelope(_ report: Report = .sample(), key: SigningKey? = key) async throws -> Envelope {
        try await Envelope(
            statement: Statement(report: report, configuration: [samplePlan]).encoded(), signer: key)
    }

    /// What verification says about an envelope; nil when it accepts.
    private static func problem(
        of envelope: Envelope, key: PublicKey = key.publicKey
    ) throws -> VerificationError.Problem? {
        try problem(of: envelope.encoded(), key: key)
    }

    private static func problem(of bytes: [UInt8], key: PublicKey = key.publicKey) -> VerificationError.Problem? {
        do {
            _ = try Statement(verifying: OpenEnvelope(bytes), key)
            return nil
        } catch {
            return error
        }
    }

    @Test func acceptsWhatWasSigned() async throws {
        try await withScratchDirectory { directory in
            let statement = Statement(report: .sample(), configuration: [samplePlan])
            let file = try await ReportStore.write(
                statement.encoded(), signer: Self.key, name: "r.dsse.json", to: directory
            ).file
            #expect(try Statement(opening: file, publicKey: Self.key.publicKey) == statement)
        }
    }

    // MARK: Changed reports

    @Test func everyChangedByteOfTheStatementIsNoticed() async throws {
        let envelope = try await Self.envelope()
        let payload = try #require(Base64.decode(envelope.payload))
        let reason = VerificationError.Problem.changed(keyID: Self.key.publicKey.keyID)
        for index in payload.indices {
            var (changed, bytes) = (envelope, payload)
            bytes[index] ^= 1
            changed.payload = Base64.encode(bytes)
            #expect(try Self.problem(of: changed) == reason, "byte \(index)")
        }
    }

    @Test func everyChangedByteOfTheSignatureIsNoticed() async throws {
        let envelope = try await Self.envelope()
        let signature = try #require(Base64.decode(envelope.signatures[0].sig))
        for index in signature.indices {
            var (changed, bytes) = (envelope, signature)
            bytes[index] ^= 0x80
            changed.signatures[0].sig = Base64.encode(bytes)
            #expect(try Self.problem(of: changed) == .changed(keyID: Self.key.publicKey.keyID), "byte \(index)")
        }
    }

    @Test("No changed byte of the file is accepted, but in the key id, which nobody signs and nobody trusts")
    func everyChangedByteOfTheFileIsNoticed() async throws {
        let bytes = try await Self.envelope(.sample(checks: [.sample(.passed)])).encoded()
        let text = String(decoding: bytes, as: UTF8.self)
        let hint = try #require(text.firstRange(of: /"keyid":"[0-9a-f]+"/))
        let exempt =
            text.utf8.distance(
                from: text.startIndex, to: hint.lowerBound)..<text.utf8.distance(
                from: text.startIndex, to: hint.upperBound)
        for index in bytes.indices where !exempt.contains(index) {
            var changed = bytes
            changed[index] ^= 1
            #expect(Self.problem(of: changed) != nil, "byte \(index) of \(bytes.count)")
        }
    }

    @Test func everyCutIsNoticed() async throws {
        let bytes = try await Self.envelope().encoded()
        for count in 0..<bytes.count - 1 {
            #expect(Self.problem(of: Array(bytes.prefix(count))) != nil, "cut after \(count) bytes")
        }
    }

    // MARK: Keys

    @Test func namesTheKeyThatSigned() async throws {
        let other = SigningKey.generate().publicKey
        let problem = try await Self.problem(of: Self.envelope(), key: other)
        #expect(problem == .wrongKey(signedBy: [Self.key.publicKey.keyID], given: other.keyID))
    }

    @Test("A forger who names the trusted key is not trusted for it") func keyIDsProveNothing() async throws {
        var forged = try await Self.envelope(key: .generate())
        forged.signatures[0].keyid = Self.key.publicKey.keyID
        #expect(try Self.problem(of: forged) == .changed(keyID: Self.key.publicKey.keyID))
    }

    @Test("The key id is a hint: without it, or with a wrong one, a fitting signature still fits")
    func keyIDsDecideNothing() async throws {
        var envelope = try await Self.envelope()
        envelope.signatures[0].keyid = nil
        #expect(try Self.problem(of: envelope) == nil)
        envelope.signatures[0].keyid = "someone"
        #expect(try Self.problem(of: envelope) == nil)
    }

    @Test func aSignatureThatNamesNoKeyAndFitsNone() async throws {
        var envelope = try await Self.envelope(key: .generate())
        envelope.signatures[0].keyid = nil
        #expect(try Self.problem(of: envelope) == .signatureDoesNotFit(given: Self.key.publicKey.keyID))
    }

    @Test("One of several signatures is enough") func findsTheSignatureAmongOthers() async throws {
        var envelope = try await Self.envelope(key: .generate())
        envelope.signatures += try await Self.envelope().signatures
        #expect(try Self.problem(of: envelope) == nil)
    }

    // MARK: Unsigned

    @Test func aReportThatWasNeverSigned() async throws {
        let envelope = try await Self.envelope(.sample(signed: false), key: nil)
        #expect(try Self.problem(of: envelope) == .unsigned)
    }

    @Test func aReportWhoseSignatureWasTakenAway() async throws {
        var envelope = try await Self.envelope()
        envelope.signatures = []
        #expect(try Self.problem(of: envelope) == .signatureRemoved)
    }

    @Test func aSignedReportThatSaysItIsNot() async throws {
        let problem = try await Self.problem(of: Self.envelope(.sample(signed: false)))
        #expect(problem == .contradictory(["it is signed, and `predicate.drill.signed` is false"]))
    }

    // MARK: Other documents, well signed

    @Test func anotherPayloadType() async throws {
        var envelope = try await Self.envelope()
        envelope.payloadType = "application/json"
        #expect(try Self.problem(of: envelope) == .unknownPayloadType("application/json"))
    }

    @Test(arguments: [
        (
            "https://in-toto.io/attestation/test-result/v0.1", "https://slsa.dev/provenance/v1",
            VerificationError.Problem.unknownPredicateType("https://slsa.dev/provenance/v1")
        ),
        (
            "https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v0.1",
            .unknownStatementType("https://in-toto.io/Statement/v0.1")
        ),
    ])
    func anotherStatement(_ type: String, _ other: String, _ problem: VerificationError.Problem) async throws {
        let bytes = try Statement(report: .sample(), configuration: []).encoded()
        let text = String(decoding: bytes, as: UTF8.self).replacing(type, with: other)
        #expect(try await Self.problem(of: Envelope(statement: Array(text.utf8), signer: Self.key)) == problem)
    }

    @Test func aFieldThatIsMissing() async throws {
        let bytes = try Statement(report: .sample(), configuration: []).encoded()
        let text = String(decoding: bytes, as: UTF8.self).replacing("\"plan\":", with: "\"plot\":")
        let problem = try await Self.problem(of: Envelope(statement: Array(text.utf8), signer: Self.key))
        #expect(problem == .malformed(FieldError(field: "predicate.drill.plan", problem: "is missing")))
    }

    @Test(arguments: [
        (
            "{\"payload\":\"AA\",\"payloadType\":\"application/vnd.in-toto+json\",\"signatures\":[]}", "payload",
            "is not base64"
        ),
        (
            "{\"payload\":\"\",\"payloadType\":\"application/vnd.in-toto+json\",\"signatures\":[{\"sig\":\"*\"}]}",
            "signatures[0].sig", "is not base64"
        ),
        ("{\"payload\":\"\",\"payloadType\":\"x\"}", "signatures", "is missing"),
        ("{\"payload\":\"\",\"payloadType\":\"x\",\"signatures\":[{}]}", "signatures[0].sig", "is missing"),
        ("{\"payload\":7,\"payloadType\":\"x\",\"signatures\":[]}", "payload", "is not a string"),
        ("{\"payload\":\"\",", "", Self.notJSON),
    ])
    func aBrokenEnvelope(_ text: String, _ field: String, _ problem: String) {
        #expect(Self.problem(of: Array(text.utf8)) == .malformed(FieldError(field: field, problem: problem)))
    }

    // MARK: Other files

    @Test(
        arguments: [
            ([], "an empty file"),
            (Array(" \n".utf8), "an empty file"),
            (Array("PGDMP\u{1}".utf8), "a PostgreSQL dump (it may be the backup itself)"),
            (Array("-----BEGIN PUBLIC KEY-----".utf8), "a PEM file (it may be a key)"),
            (
                Array("<!DOCTYPE html>".utf8),
                "an HTML page (it may be a rendered report; only the .dsse.json is evidence)"
            ),
            ([0x1f, 0x8b, 8], "a gzip archive"),
            ([0x7f, 0x45, 0x4c, 0x46, 0], "binary data"),
            (Array("PASSED: every check".utf8), "text that is not JSON"),
            (Array("[]".utf8), "text that is not JSON"),
            (Array("{\"a\":1}".utf8), "a JSON document of another kind"),
            (
                Array("{\"_type\":\"https://in-toto.io/Statement/v1\"}".utf8),
                "a statement without its envelope, so without its signature"
            ),
        ] as [([UInt8], String)])
    func namesWhatIsNoReport(_ bytes: [UInt8], _ name: String) {
        #expect(Self.problem(of: bytes) == .notAReport(looksLike: name))
    }

    @Test func namesTheFile() async throws {
        try await withScratchDirectory { directory in
            let file = directory.appending("backup.dump")
            try file.write("PGDMP")
            let error = #expect(throws: VerificationError.self) {
                try Statement(opening: file, publicKey: Self.key.publicKey)
            }
            #expect(error?.description.hasPrefix("\(file) is not a report: it looks like a PostgreSQL dump") == true)
            let missing = directory.appending("missing")
            let reason = FileError(path: missing, problem: .system("open", .noSuchFileOrDirectory))
            #expect(throws: VerificationError(file: missing, problem: .unreadable(reason), words: .report)) {
                try Statement(opening: missing, publicKey: Self.key.publicKey)
            }
        }
    }

    @Test("Nesting without end is an error, not a crash") func deepNesting() {
        let bytes = Array(("{\"payload\":" + String(repeating: "[", count: 200_000)).utf8)
        #expect(
            Self.problem(of: bytes)
                == .malformed(FieldError(field: "", problem: Self.notJSON)))
    }

    // MARK: Showing without verifying

    @Test func showsWhatItDoesNotTrust() async throws {
        try await withScratchDirectory { directory in
            let bytes = try Statement(report: .sample(), configuration: [samplePlan]).encoded()
            let file = try await ReportStore.write(bytes, signer: Self.key, name: "r.dsse.json", to: directory).file
            let stored = try StoredReport(contentsOf: file)
            #expect(stored.statement.report == .sample())
            #expect(stored.statementBytes == bytes)
            #expect(stored.isSigned)
            #expect(stored.claimedKeyIDs == [Self.key.publicKey.keyID])

            let unsigned = try await ReportStore.write(bytes, signer: nil, name: "u.dsse.json", to: directory).file
            #expect(try !StoredReport(contentsOf: unsigned).isSigned)
        }
    }
}
