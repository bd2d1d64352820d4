import Evidence
import Foundation
import Processes
import Storage
import SystemPackage
import TestSupport
import Testing

@testable import Ledger

@Suite struct AnchorTests {
    private static func place(_ bench: LedgerBench) -> LedgerPlace {
        LedgerPlace(.directory(bench.ledger), signer: bench.key)
    }

    @Test("A time stamp authority stamps the checkpoint, and openssl verifies it without us")
    func timestamps() async throws {
        try await LedgerBench.with { bench in
            let authority = try await TimestampAuthority(in: bench.directory, "tsa")
            let other = try await TimestampAuthority(in: bench.directory, "other")
            let appended = try await bench.append(3)[2]
            let anchor = Anchor(
                name: "tsa", kind: .timestamp(send: authority.command, authority: authority.certificate))
            try await Self.place(bench).show(appended, to: anchor)

            let script = """
                openssl ts -verify -digest $(head -n 3 ledger/checkpoints/3 | sha256sum | cut -c1-64) \
                -in ledger/anchors/3/tsa.tsr -CAfile tsa/cert.pem
                """
            let outcome = try await Program("/bin/sh").run(
                ["-c", script], in: bench.directory, environment: ["PATH": "/usr/bin:/bin"])
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            #expect(outcome.output.contains("Verification: OK"))

            func audit(_ authority: TimestampAuthority?) async throws -> LogAudit {
                try await bench.reader().audit(
                    AuditRequest(keys: [bench.key.publicKey], reports: nil, authority: authority?.certificate))
            }
            #expect(try await audit(authority).remarks == [])
            #expect(try await audit(authority).anchors == 1)
            #expect(try await audit(nil).remarks.map(\.kind) == [.note])
            #expect(try await audit(other).isDamaged, "another authority")

            // A stamp of another checkpoint.
            try FileManager.default.moveItem(
                atPath: bench.ledger.appending("anchors/3").string, toPath: bench.ledger.appending("anchors/2").string)
            let moved = try await audit(authority)
            #expect(moved.remarks.map(\.kind) == [.damaged])
            #expect(
                moved.remarks[0].words.hasPrefix("anchors/2/tsa.tsr is no time stamp of this log's checkpoint of 2"))
        }
    }

    @Test("A stamp of somebody else is not kept")
    func notTrusted() async throws {
        try await LedgerBench.with { bench in
            let authority = try await TimestampAuthority(in: bench.directory, "tsa")
            let other = try await TimestampAuthority(in: bench.directory, "other")
            let appended = try await bench.append(1)[0]
            for send in [other.command, ["/bin/cat"], ["/bin/true"]] {
                let anchor = Anchor(name: "tsa", kind: .timestamp(send: send, authority: authority.certificate))
                let error = await #expect(throws: AnchorError.self) {
                    try await Self.place(bench).show(appended, to: anchor)
                }
                guard case .notVerified = error else {
                    Issue.record("\(send): \(String(describing: error))")
                    continue
                }
            }
            #expect(!FileManager.default.fileExists(atPath: bench.ledger.appending("anchors").string))
        }
    }

    @Test("Any program gets the hash and the checkpoint, and what it says is kept")
    func programs() async throws {
        try await LedgerBench.with { bench in
            let appended = try await bench.append(2)[1]
            let script = bench.directory.appending("keep")
            try Data("#!/bin/sh\necho \"$1 $2\"\nsha256sum\n".utf8).write(to: URL(filePath: script.string))
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script.string)
            let anchor = Anchor(
                name: "keep", kind: .command([script.string, "first"]), deadline: .seconds(300))
            try await Self.place(bench).show(appended, to: anchor)
            let outcome = try await Program("/bin/sh").run(
                [
                    "-c",
                    "echo first $(head -n 3 ledger/checkpoints/2 | sha256sum | cut -c1-64); sha256sum <ledger/checkpoint",
                ],
                in: bench.directory, environment: ["PATH": "/usr/bin:/bin"])
            #expect(String(decoding: try bench.bytes("anchors/2/keep.receipt"), as: UTF8.self) == outcome.output)
            #expect(try await bench.reader().hasAnchors())
            #expect(try await bench.audit().isGood)
        }
    }

    @Test("A program that fails, hangs, is missing or says too much is told, and nothing is kept")
    func failures() async throws {
        try await LedgerBench.with { bench in
            let appended = try await bench.append(1)[0]
            func show(_ command: [String], deadline: Duration = .seconds(300)) async throws {
                let anchor = Anchor(name: "a", kind: .command(command), deadline: deadline)
                try await Self.place(bench).show(appended, to: anchor)
            }
            await #expect(throws: ToolFailure.failed("sh", reason: "no (exit code 4)")) {
                try await show(["/bin/sh", "-c", "echo no >&2; exit 4"])
            }
            await #expect(throws: ToolFailure.tooSlow("sh", seconds: 0.5)) {
                try await show(["/bin/sh", "-c", "sleep 600"], deadline: .milliseconds(500))
            }
            await #expect(throws: ToolFailure.tooLarge("sh", limit: 1 << 20)) {
                try await show(["/bin/sh", "-c", "head -c 2000000 /dev/zero"])
            }
            await #expect(throws: AnchorError.noProgram("/nowhere/x")) { try await show(["/nowhere/x"]) }
            #expect(try await !bench.reader().hasAnchors())
        }
    }
}
