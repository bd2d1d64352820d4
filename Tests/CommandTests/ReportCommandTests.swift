import Foundation
import SystemPackage
import TestSupport
import Testing

/// `pgassay report`: who signed a report, and what it says.
@Suite struct ReportCommandTests {
    @Test func aSignedReportVerifiesAndAnotherDoesNot() async throws {
        try await withDesk { desk in
            let keys = try await desk.makeKeys()
            let others = try await desk.makeKeys(in: "other-keys")
            let outcome = try await desk.pgassay(
                ["drill", try await Dumps.named("orchard.custom").string, "--reports", desk.reports.string],
                environment: ["PGASSAY_SIGNING_KEY": keys.private.string])
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            let file = desk.reports.appending(try #require(try desk.names(in: desk.reports).first))

            // The command that the drill itself names.
            let line = outcome.output.split(separator: "\n").first { $0.hasPrefix("Verify   ") }
            let command = String(try #require(line, "\(outcome.output)").dropFirst(9))
            #expect(command.hasSuffix("report verify \(file) --public-key \(keys.public)"))
            let good = try await Program("/bin/sh").run(
                ["-c", command], in: desk.root, environment: desk.environment())
            #expect(good.exitCode == 0, "\(good.errors)")
            #expect(good.output.contains("The signature is good"))
            #expect(good.output.contains("PASSED"))

            let wrong = try await desk.verify(file, others.public)
            #expect(wrong.exitCode == 1)
            #expect(wrong.errors.contains("is signed by key"))
            #expect(wrong.output == "")

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

            let shown = try await desk.pgassay(["report", "show", file.string])
            #expect(shown.exitCode == 0)
            #expect(shown.output.hasPrefix("PASSED"))
            #expect(shown.output.contains("the signature was not checked"))
            let json = try await desk.pgassay(["report", "show", file.string, "--format", "json"])
            #expect(json.output == String(decoding: payload, as: UTF8.self))
        }
    }

    @Test func whatIsNoReportIsRefused() async throws {
        try await withDesk { desk in
            let keys = try await desk.makeKeys()
            let unsigned = try await desk.drill(try desk.file("empty", ""))
            #expect(!unsigned.report.signed)
            let report = desk.reports.appending(try #require(try desk.names(in: desk.reports).first))
            let files = [
                (report, "is not signed"), (try desk.file("letter.json", "Dear friend"), "is not a report"),
                (try desk.file("nothing.dsse.json", ""), "is not a report"),
                (FilePath("/nowhere.json"), "/nowhere.json"),
                (try await Dumps.named("orchard.custom"), "is not a report"),
            ]
            for (file, words) in files {
                let outcome = try await desk.verify(file, keys.public)
                #expect(outcome.exitCode == 1, "\(file)")
                #expect(outcome.errors.contains(words), "\(outcome.errors)")
                #expect(outcome.output == "")
            }
            let shown = try await desk.pgassay(["report", "show", report.string])
            #expect(shown.output.contains("Not signed."))
        }
    }
}

extension Desk {
    fileprivate func verify(_ report: FilePath, _ key: FilePath) async throws -> Program.Outcome {
        try await pgassay(["report", "verify", report.string, "--public-key", key.string])
    }
}
