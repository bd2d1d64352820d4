import Foundation
import Testing

@testable import Evidence
@testable import Report

/// A document that has a key twice tells its readers different things, so it is not read at all.
@Suite struct DuplicateKeyTests {
    private static let key = SigningKey.generate()

    private static func problem(of bytes: [UInt8]) -> VerificationError.Problem? {
        do {
            _ = try Statement(verifying: OpenEnvelope(bytes), key.publicKey)
            return nil
        } catch {
            return error
        }
    }

    private static func twice(_ key: String) -> VerificationError.Problem {
        .malformed(
            FieldError(
                field: "",
                problem: "it has the key \"\(key)\" twice in one object, so that its readers may read different things")
        )
    }

    @Test(
        arguments: [
            ("payload", #""payload":"AAAA","#), ("payload", #""payl\u006fad":"AAAA","#),
            ("signatures", #""signatures":[],"#),
            ("payloadType", #""payloadType":"x","#), ("extra", #""extra":1,"extra":2,"#),
        ])
    func inTheEnvelope(_ name: String, _ field: String) async throws {
        let statement = try Statement(report: .sample(), configuration: [samplePlan]).encoded()
        let good = try await Envelope(statement: statement, signer: Self.key).encoded()
        #expect(Self.problem(of: good) == nil)
        let bad = Array("{\(field)".utf8) + good.dropFirst()
        #expect(Self.problem(of: bad) == Self.twice(name))
        #expect(throws: VerificationError.self) { try StoredReport(bad, name: "report") }
    }

    /// Its signature is valid: the signer itself, or who made the signer sign, tells two things.
    @Test(
        arguments: [
            ("predicateType", #"{"_type""#, #"{"predicateType":"x","_type""#),
            ("verdict", #""verdict":"passed""#, #""verdict":"passed","verd\u0069ct":"failed""#),
            ("sha256", #""sha256":"abab"#, #""sha256":"00","sha256":"abab"#),
        ])
    func inTheStatement(_ name: String, _ text: String, _ replacement: String) async throws {
        let statement = try Statement(report: .sample(), configuration: [samplePlan]).encoded()
        let good = String(decoding: statement, as: UTF8.self)
        let bad = good.replacing(text, with: replacement, maxReplacements: 1)
        try #require(bad != good)
        let envelope = try await Envelope(statement: Array(bad.utf8), signer: Self.key).encoded()
        #expect(Self.problem(of: envelope) == Self.twice(name))
    }
}
