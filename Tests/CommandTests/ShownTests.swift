import Foundation
import SystemPackage
import TestSupport
import Testing

/// Words from outside never reach a terminal as anything but words: not from a report, a manifest, a backup, a path, a
/// plan, the environment or a program.
@Suite struct ShownTests {
    /// Erases the line, and writes another one; C0, C1, DEL, line separators, a text-direction mark.
    private static let evil =
        "x\r\u{1b}[2K\u{9b}2J\nThe signature is good: key y\u{7f}\u{85}\u{2028}\u{2029}\u{202e}\u{7}z"
    private static let evilJSON =
        #"x\r\u001b[2K\u009b2J\r\nThe signature is good: key y\u007f\u0085\u2028\u2029\u202e\u0007z"#

    private func expectHarmless(
        _ outcome: Program.Outcome, exits code: Int32, quotes: Bool = true,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(outcome.exitCode == code, "\(outcome.errors)", sourceLocation: sourceLocation)
        for text in [outcome.output, outcome.errors] {
            let raw = text.unicodeScalars.filter {
                $0 != "\n"
                    && [.control, .format, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory)
            }
            #expect(raw.isEmpty, "\(raw.map { $0.value }) in \(text.debugDescription)", sourceLocation: sourceLocation)
            let forged = text.split(separator: "\n").filter { $0.hasPrefix("The signature is good") }
            #expect(forged.isEmpty, sourceLocation: sourceLocation)
        }
        // It is told, and not only left out.
        #expect(
            !quotes || (outcome.output + outcome.errors).contains("\\u{1b}[2K"), sourceLocation: sourceLocation)
    }

    private static func envelope(
        payload: String = "{}", type: String = "application/vnd.in-toto+json", signatures: String = "[]"
    ) -> String {
        let payload = Data(payload.utf8).base64EncodedString()
        return #"{"payload":"\#(payload)","payloadType":"\#(type)","signatures":\#(signatures)}"#
    }

    private static let statementTypes = #""_type":"https://in-toto.io/Statement/v1""#

    @Test(
        "A report",
        arguments: [
            ("its payload type", envelope(type: evilJSON)),
            ("its key", envelope(signatures: #"[{"keyid":"\#(evilJSON)","sig":"AAAA"}]"#)),
            ("its type", envelope(payload: #"{"_type":"\#(evilJSON)","predicateType":"x"}"#)),
            ("its predicate type", envelope(payload: #"{\#(statementTypes),"predicateType":"\#(evilJSON)"}"#)),
            (
                "a time",
                envelope(
                    payload: """
                        {\(statementTypes),"predicateType":"https://in-toto.io/attestation/test-result/v0.1","subject":[],\
                        "predicate":{"result":"PASSED","configuration":[],"passedTests":[],"warnedTests":[],"failedTests":[],\
                        "drill":{"id":"","plan":"","trigger":{"kind":"","user":"","host":""},"verdict":"passed",\
                        "started":"\(evilJSON)"}}}
                        """)
            ),
            ("a key that is there twice", #"{"payload":"","\#(evilJSON)":1,"\#(evilJSON)":2}"#),
        ])
    func aReport(_ what: String, _ envelope: String) async throws {
        try await withDesk { desk in
            _ = try await desk.pgassay(["keys", "generate", "--output", "keys"])
            let report = try desk.file("evil.dsse.json", envelope)
            // The type of a statement is only looked at when its signature is good.
            let isRead = !what.contains("type") && what != "a time" || what == "its payload type"
            expectHarmless(
                try await desk.pgassay(["report", "verify", report.string, "--public-key", "keys/public-key.pem"]),
                exits: 1,
                quotes: isRead)
            expectHarmless(
                try await desk.pgassay(["report", "show", report.string]), exits: 1, quotes: what != "its key")
        }
    }

    @Test func aManifest() async throws {
        try await withDesk { desk in
            let directory = desk.root.appending("cold")
            try FileManager.default.createDirectory(atPath: directory.string, withIntermediateDirectories: true)
            let payload = """
                {\(Self.statementTypes),"predicateType":"tag:pgassay,2026:cold-tier-export/v1","subject":[],\
                "predicate":{"id":"x","plan":"x","tool":"x","updated":"2026-01-01T00:00:00Z","signed":false,\
                "layout":"\(Self.evilJSON)"}}
                """
            _ = try desk.file("cold/manifest.dsse.json", Self.envelope(payload: payload))
            expectHarmless(try await desk.pgassay(["export", "verify", "cold", "--unsigned"]), exits: 1)
            expectHarmless(
                try await desk.pgassay(["import", "cold", "--unsigned", "--database", "host=/nowhere"]), exits: 1)
            expectHarmless(try await desk.pgassay(["export", "verify", Self.evil, "--unsigned"]), exits: 3)
        }
    }

    /// The versions in the header of a dump, and its path.
    @Test func aDump() async throws {
        try await withDesk { desk in
            var bytes = try await Dumps.bytes("orchard.custom")
            let version = try #require(bytes.firstRange(of: Array(" (Debian ".utf8)))
            bytes.replaceSubrange(version, with: Array("\r\u{1b}[2K\n\u{7}\u{7f}(".utf8))
            _ = try desk.file("\(Self.evil).dump", bytes)
            expectHarmless(try await desk.pgassay(["drill", "\(Self.evil).dump", "--unsigned", "--dry-run"]), exits: 0)
            expectHarmless(try await desk.pgassay(["drill", "\(Self.evil).none", "--unsigned"]), exits: 2)
        }
    }

    @Test func aPlanAndAProgram() async throws {
        try await withDesk { desk in
            let key = try desk.file("key.yaml", "name: x\n\"\(Self.evilJSON)\": 1\n")
            expectHarmless(try await desk.pgassay(["drill", key.string, "--unsigned"]), exits: 2)
            let program = try desk.file("fetch.sh", "#!/bin/sh\nprintf 'x\\r\\033[2K\\302\\233\\n' >&2\nexit 1\n")
            let plan = try desk.file("plan.yaml", "name: x\nbackup: { command: [/bin/sh, '\(program)'] }\n")
            expectHarmless(
                try await desk.pgassay(["drill", plan.string, "--unsigned", "--reports", "reports"]), exits: 3)
        }
    }

    @Test func theCommandLineAndTheEnvironment() async throws {
        try await withDesk { desk in
            expectHarmless(try await desk.pgassay(["drill", "a", Self.evil]), exits: 2)
            expectHarmless(try await desk.pgassay(["--\(Self.evil)"]), exits: 2)
            expectHarmless(try await desk.pgassay(["clean", Self.evil]), exits: 2)
            expectHarmless(try await desk.pgassay(["doctor"], environment: ["PGASSAY_LOG": Self.evil]), exits: 2)
            expectHarmless(try await desk.pgassay(["keys", "generate", "--output", "/proc/\(Self.evil)"]), exits: 2)
        }
    }

    /// To a terminal, a document goes with escapes of JSON; to a file, byte for byte.
    @Test func aDocumentOnATerminal() async throws {
        try await withDesk { desk in
            _ = try desk.file("empty.dump", "")
            let outcome = try await desk.pgassay(["drill", "empty.dump", "--unsigned", "--reports", "reports"])
            try #require(outcome.exitCode == 1)
            let file = desk.reports.appending(try #require(try desk.names(in: desk.reports).first))
            var envelope = try Data(contentsOf: URL(filePath: file.string))
            let document = try JSONSerialization.jsonObject(with: envelope) as? [String: Any]
            let payload = try #require((document?["payload"] as? String).flatMap { Data(base64Encoded: $0) })
            let changed = Data(
                String(decoding: payload, as: UTF8.self).replacing("empty.dump", with: "\u{9b}2J\u{202e}\u{7f}").utf8)
            envelope = Data(
                String(decoding: envelope, as: UTF8.self).replacing(
                    payload.base64EncodedString(), with: changed.base64EncodedString()
                ).utf8)
            let report = try desk.file("changed.dsse.json", Array(envelope))
            let words = ["report", "show", report.string, "--format", "json"]
            #expect(try await desk.pgassay(words).output == String(decoding: changed, as: UTF8.self))
            let program = try Program.ofThisPackage("pgassay").executable
            let shown = try await Program("/usr/bin/script").run(
                ["--quiet", "--return", "--command", ([program.string] + words).joined(separator: " "), "/dev/null"],
                in: desk.root, environment: desk.environment(["TERM": "xterm"]))
            #expect(shown.exitCode == 0)
            #expect(!shown.output.unicodeScalars.contains { ["\u{9b}", "\u{202e}", "\u{7f}"].contains($0) })
            #expect(shown.output.contains(#"\u009b2J\u202e\u007f"#))
            #expect(
                try JSONSerialization.jsonObject(with: Data(shown.output.utf8)) as? NSDictionary
                    == JSONSerialization.jsonObject(with: changed) as? NSDictionary)
        }
    }
}
