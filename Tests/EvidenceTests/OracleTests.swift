import Findings
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Evidence
@testable import Report

/// Programs that share no line with us accept what we write, and refuse what we refuse.
@Suite(.keepsItsThread) struct OracleTests {
    @Test func opensslReadsOurKeys() async throws {
        try await withScratchDirectory { directory in
            let files = try KeyFiles.write(to: directory)
            let key = try PublicKey(contentsOf: files.public)
            let derived = try Tool.openssl.run("pkey", "-in", "signing-key.pem", "-pubout", in: directory)
            #expect(derived.status == 0, "\(derived.errors)")
            #expect(derived.output == key.pem)
            let keyID = try Tool.shell.run(
                "-c", "openssl pkey -pubin -in public-key.pem -outform DER | sha256sum", in: directory)
            #expect(keyID.output == "\(key.keyID)  -\n")
        }
    }

    @Test func weReadTheKeysOfOpenssl() async throws {
        try await withScratchDirectory { directory in
            let made = try Tool.shell.run(
                "-c",
                "umask 077; openssl genpkey -algorithm ed25519 -out k.pem; openssl pkey -in k.pem -pubout -out p.pem",
                in: directory)
            #expect(made.status == 0, "\(made.errors)")
            let signing = try SigningKey(contentsOf: directory.appending("k.pem"))
            #expect(try signing.publicKey == PublicKey(contentsOf: directory.appending("p.pem")))
            #expect(try Array(signing.pem.utf8) == directory.appending("k.pem").contents())
        }
    }

    @Test func opensslVerifiesOurSignatures() async throws {
        try await withScratchDirectory { directory in
            let files = try KeyFiles.write(to: directory)
            let message = Envelope.preAuthenticationEncoding(type: Envelope.payloadType, payload: [1, 2, 3])
            try directory.appending("pae.bin").write(message)
            try directory.appending("sig.bin").write(SigningKey(contentsOf: files.private).sign(message))
            let verify = [
                "pkeyutl", "-verify", "-pubin", "-inkey", "public-key.pem", "-rawin", "-sigfile", "sig.bin", "-in",
            ]
            let openssl = Tool(arguments: Tool.openssl.arguments + verify)
            #expect(try openssl.run("pae.bin", in: directory).status == 0)
            try directory.appending("other.bin").write(message + [4])
            #expect(try openssl.run("other.bin", in: directory).status != 0)
        }
    }

    @Test func weVerifyTheSignaturesOfOpenssl() async throws {
        try await withScratchDirectory { directory in
            let files = try KeyFiles.write(to: directory)
            try directory.appending("pae.bin").write("message")
            let signed = try Tool.openssl.run(
                "pkeyutl", "-sign", "-inkey", "signing-key.pem", "-rawin", "-in", "pae.bin", "-out", "sig.bin",
                in: directory)
            #expect(signed.status == 0, "\(signed.errors)")
            let key = try PublicKey(contentsOf: files.public)
            #expect(try key.isValid(directory.appending("sig.bin").contents(), for: Array("message".utf8)))
        }
    }

    // MARK: in-toto's own libraries

    private struct Reading: Decodable, Equatable {
        var payloadType: String
        var signers: [String]
        var subject: [ResourceDescriptor]
        var result: String
        var passedTests: [String]
        var warnedTests: [String]
        var failedTests: [String]
        var configuration: [String]
        var verdict: String
    }

    @Test(
        "securesystemslib verifies the envelope, in-toto-attestation the statement",
        arguments: [
            (Verdict.passed, Cause?.none, [CheckStatus.passed, .notRun], "PASSED"),
            (.failed, .backup, [.failed, .passed, .inconclusive], "FAILED"),
            (.inconclusive, .environment, [.inconclusive, .passed], "WARNED"),
        ])
    func theReferenceLibrariesAgree(
        _ verdict: Verdict, _ cause: Cause?, _ statuses: [CheckStatus], _ result: String
    ) async throws {
        let report = Report.sample(verdict: verdict, cause: cause, checks: statuses.map { .sample($0) })
        try await withScratchDirectory { directory in
            let files = try KeyFiles.write(to: directory)
            let key = try SigningKey(contentsOf: files.private)
            let statement = Statement(report: report, configuration: [samplePlan])
            let file = try await ReportStore.write(statement.encoded(), signer: key, name: "r.dsse.json", to: directory)
                .file
            let read = try Tool.reference.run(file.string, files.public.string, in: directory)
            try #require(read.status == 0, "\(read.errors)")
            let reading = try JSONDecoder().decode(Reading.self, from: Data(read.output.utf8))
            #expect(
                reading
                    == Reading(
                        payloadType: Envelope.payloadType, signers: [key.publicKey.keyID], subject: statement.subject,
                        result: result, passedTests: statement.predicate.passedTests,
                        warnedTests: statement.predicate.warnedTests, failedTests: statement.predicate.failedTests,
                        configuration: ["name: avaolo-weekly\n"], verdict: report.verdict.rawValue))
        }
    }

    @Test func theReferenceLibrariesRefuseWhatWasChanged() async throws {
        try await withScratchDirectory { directory in
            let files = try KeyFiles.write(to: directory)
            let statement = try Statement(report: .sample(), configuration: [samplePlan]).encoded()
            var envelope = try await Envelope(statement: statement, signer: SigningKey(contentsOf: files.private))
            let changed = String(decoding: statement, as: UTF8.self).replacing("\"10000\"", with: "\"10001\"")
            envelope.payload = Base64.encode(Array(changed.utf8))
            try directory.appending("r.dsse.json").write(envelope.encoded())
            let read = try Tool.reference.run("r.dsse.json", "public-key.pem", in: directory)
            #expect(read.status != 0)
            #expect(read.errors.contains("Accepted signatures do not match threshold"), "\(read.errors)")
        }
    }
}
