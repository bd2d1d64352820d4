import Foundation
import SystemPackage
import TestSupport
import Testing

/// The command that a drill names, a report that was changed, and a report as JSON. More is in `Scenarios/reports.txt`.
@Suite struct ReportCommandTests {
    @Test func aSignedReportVerifiesAndAChangedOneDoesNot() async throws {
        try await withDesk { desk in
            let keys = try await desk.makeKeys()
            let outcome = try await desk.pgassay(
                ["drill", try await Dumps.named("orchard.custom").string, "--reports", desk.reports.string],
                environment: ["PGASSAY_SIGNING_KEY": keys.private.string])
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            let file = desk.reports.appending(try #require(try desk.reportNames.first))

            // The command that the drill itself names.
            let line = outcome.output.split(separator: "\n").first { $0.hasPrefix("Verify   ") }
            let command = String(try #require(line, "\(outcome.output)").dropFirst(9))
            #expect(command.hasSuffix("report verify \(file) --public-key \(keys.public)"))
            let good = try await Program("/bin/sh").run(
                ["-c", command], in: desk.root, environment: desk.environment())
            #expect(good.exitCode == 0, "\(good.errors)")
            #expect(good.output.contains("The signature is good"))
            #expect(good.output.contains("PASSED"))

            // A failed verdict rewritten as passed, or the other way round: any change of what was signed.
            var envelope = try Data(contentsOf: URL(filePath: file.string))
            let document = try JSONSerialization.jsonObject(with: envelope) as? [String: Any]
            let payload = try #require((document?["payload"] as? String).flatMap { Data(base64Encoded: $0) })
            let changed = Data(String(decoding: payload, as: UTF8.self).replacing("orchard", with: "Orchard").utf8)
            envelope = Data(
                String(decoding: envelope, as: UTF8.self).replacing(
                    payload.base64EncodedString(), with: changed.base64EncodedString()
                ).utf8)
            let forged = try desk.file("forged.dsse.json", Array(envelope))
            let refused = try await desk.verify(forged, keys.public)
            #expect(refused.exitCode == 1)
            #expect(refused.errors.contains("was changed after it was signed"))

            let json = try await desk.pgassay(["report", "show", file.string, "--format", "json"])
            #expect(json.output == String(decoding: payload, as: UTF8.self))
        }
    }
}

extension Desk {
    /// A new pair of keys.
    fileprivate func makeKeys() async throws -> (private: FilePath, public: FilePath) {
        let directory = root.appending("keys")
        let outcome = try await pgassay(["keys", "generate", "--output", directory.string])
        try #require(outcome.exitCode == 0, "\(outcome.errors)")
        return (directory.appending("signing-key.pem"), directory.appending("public-key.pem"))
    }

    fileprivate func verify(_ report: FilePath, _ key: FilePath) async throws -> Program.Outcome {
        try await pgassay(["report", "verify", report.string, "--public-key", key.string])
    }
}
