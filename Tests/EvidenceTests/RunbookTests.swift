import Findings
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Evidence
@testable import Report

/// The auditor's page works as printed, with no line of ours: its shell blocks are run as they stand.
@Suite(.keepsItsThread) struct RunbookTests {
    /// All blocks of the page that suit a backup of one file, or of a directory, as one script.
    private static func script(for backup: String) throws -> String {
        let page = try String(decoding: packageRoot.appending("runbooks/verify-a-report.md").contents(), as: UTF8.self)
        let blocks = page.matches(of: /```sh ?(?<only>[a-z]*)\n(?<commands>[^`]+)```/)
            .filter { $0.only.isEmpty || $0.only == backup }
        #expect(blocks.count == 8, "the page's blocks are found")
        return blocks.map { String($0.commands) }.joined()
    }

    /// Lays out what an auditor holds: a report about a backup, the public key, the backup.
    private static func layOut(
        _ directory: FilePath, digest: [String: String], change: (inout Envelope) throws -> Void = { _ in }
    ) async throws {
        let keys = try KeyFiles.write(to: directory.appending("keys"))
        try directory.appending("public-key.pem").write(keys.public.contents())
        var report = Report.sample(checks: [
            .sample(.passed, subject: "public.\"subject\":[{\"digest\":{\"sha256\":\"00\"}}]"),
            .sample(.passed, subject: "public.\"result\":\"FAILED\""),
        ])
        report.backup.digest = digest
        let plan = try Tool.shell.run("-c", "printf 'name: avaolo-weekly\\n' | sha256sum", in: directory)
        var configuration = samplePlan
        configuration.digest = ["sha256": String(plan.output.prefix(64))]
        let statement = try Statement(report: report, configuration: [configuration]).encoded()
        var envelope = try await Envelope(statement: statement, signer: SigningKey(contentsOf: keys.private))
        try change(&envelope)
        try directory.appending("report.dsse.json").write(envelope.encoded())
    }

    private static let fileDigest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  // of "abc"

    @Test func verifiesAReportOnAFile() async throws {
        try await withScratchDirectory { directory in
            try directory.appending("avaolo.dump").write("abc")
            try await Self.layOut(directory, digest: ["sha256": Self.fileDigest])
            let run = try Tool.shell.run("-c", Self.script(for: "file"), in: directory)
            #expect(run.status == 0, "\(run.errors)")
            let lines = run.output.split(separator: "\n")
            #expect(lines.first == "Signature Verified Successfully")
            let keyID = try PublicKey(contentsOf: directory.appending("public-key.pem")).keyID
            #expect(lines[1...2] == ["\(keyID)  -", "\"keyid\":\"\(keyID)\""])
            #expect(lines[3] == "\"predicateType\":\"\(TestResult.predicateType)\"")
            #expect(lines[4] == "\"result\":\"PASSED\"")
            #expect(lines[5...6] == ["name: avaolo-weekly", "plan.yaml: OK"])
            #expect(
                lines[7] == "\"subject\":[{\"digest\":{\"sha256\":\"\(Self.fileDigest)\"},\"name\":\"avaolo.dump\"}]}")
            #expect(lines[8...] == ["avaolo.dump: OK"])
        }
    }

    @Test("The digest of a directory is in-toto's, by its example") func verifiesAReportOnADirectory() async throws {
        try await withScratchDirectory { directory in
            try FileManager.default.createDirectory(
                atPath: directory.appending("avaolo.dump/b").string, withIntermediateDirectories: true)
            try directory.appending("avaolo.dump/toc.dat").write("abc")
            try directory.appending("avaolo.dump/b/3012.dat").write("abc")
            let listing = ["b/3012.dat", "toc.dat"].map { "\(Self.fileDigest)  \($0)\n" }.joined()
            let digest = try Tool.shell.run("-c", "sha256sum", in: directory, input: listing).output.prefix(64)
            try await Self.layOut(directory, digest: ["dirHash": String(digest)])
            let run = try Tool.shell.run("-c", Self.script(for: "directory"), in: directory)
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.output.hasSuffix("\nOK\n"))
        }
    }

    @Test("A changed statement stops the page at the signature") func stopsAtAChangedReport() async throws {
        try await withScratchDirectory { directory in
            try directory.appending("avaolo.dump").write("abc")
            try await Self.layOut(directory, digest: ["sha256": Self.fileDigest]) { envelope in
                let statement = String(decoding: try #require(Base64.decode(envelope.payload)), as: UTF8.self)
                envelope.payload = Base64.encode(Array(statement.replacing("10000", with: "10001").utf8))
            }
            let run = try Tool.shell.run("-c", Self.script(for: "file"), in: directory)
            #expect(run.status != 0)
            #expect(run.output == "Signature Verification Failure\n")
        }
    }

    @Test func stopsAtAnUnsignedReport() async throws {
        try await withScratchDirectory { directory in
            try directory.appending("avaolo.dump").write("abc")
            try await Self.layOut(directory, digest: ["sha256": Self.fileDigest]) { $0.signatures = [] }
            let run = try Tool.shell.run("-c", Self.script(for: "file"), in: directory)
            #expect(run.status != 0)
            #expect(!run.output.contains("PASSED"))
        }
    }

    @Test("Another backup than the tested one is told from it", arguments: ["file", "directory"])
    func stopsAtAnotherBackup(_ kind: String) async throws {
        try await withScratchDirectory { directory in
            let backup = directory.appending("avaolo.dump")
            if kind == "file" {
                try backup.write("abd")
            } else {
                try FileManager.default.createDirectory(atPath: backup.string, withIntermediateDirectories: false)
                try backup.appending("toc.dat").write("abd")
            }
            try await Self.layOut(directory, digest: [kind == "file" ? "sha256" : "dirHash": Self.fileDigest])
            let run = try Tool.shell.run("-c", Self.script(for: kind), in: directory)
            #expect(run.status != 0)
            #expect(run.output.hasPrefix("Signature Verified Successfully\n"))
            #expect(!run.output.contains("avaolo.dump: OK") && !run.output.hasSuffix("\nOK\n"))
        }
    }
}
