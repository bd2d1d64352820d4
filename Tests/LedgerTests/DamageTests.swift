import Evidence
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Ledger

/// Whatever is done to a ledger is named by its file; and what would build on it is refused.
@Suite struct DamageTests {
    private struct Damage: CustomTestStringConvertible, Sendable {
        let name: String
        /// What an audit says.
        let words: String
        /// Whether nothing is appended to it any more.
        var stops = false
        let make: @Sendable (LedgerBench) async throws -> Void

        var testDescription: String { name }
    }

    /// Changes one byte in the middle.
    private static func edit(_ name: String) -> @Sendable (LedgerBench) async throws -> Void {
        { bench in
            var bytes = try bench.bytes(name)
            bytes[bytes.count / 2] ^= 1
            try bench.write(name, bytes)
        }
    }

    private static func cut(_ name: String) -> @Sendable (LedgerBench) async throws -> Void {
        { bench in try bench.write(name, bench.bytes(name).dropLast(5)) }
    }

    private static func remove(_ name: String) -> @Sendable (LedgerBench) async throws -> Void {
        { bench in try bench.remove(name) }
    }

    /// Of a log with 258 entries.
    private static let all: [Damage] = [
        Damage(name: "an entry is edited", words: "entry 128 is not what was signed", make: edit("tile/entries/000")),
        Damage(name: "entries are cut", words: "tile/entries/000 is not complete", make: cut("tile/entries/000")),
        Damage(name: "entries are removed", words: "tile/entries/000 is missing", make: remove("tile/entries/000")),
        Damage(
            name: "the newest entries are edited", words: "entry 257 is not what was signed",
            make: { bench in
                var bytes = try bench.bytes("tile/entries/001.p/2")
                bytes[bytes.count - 10] ^= 1
                try bench.write("tile/entries/001.p/2", bytes)
            }),
        Damage(
            name: "old partial entries are removed", words: "tile/entries/001.p/1 is missing",
            make: remove("tile/entries/001.p/1")),
        Damage(
            name: "a tile is edited", words: "tile/0/000 is not what follows from the entries", make: edit("tile/0/000")
        ),
        Damage(
            name: "a tile is cut", words: "tile/0/000 is not what follows from the entries", make: cut("tile/0/000")),
        Damage(name: "a tile is removed", words: "tile/0/000 is missing", make: remove("tile/0/000")),
        Damage(
            name: "an old partial tile is edited", words: "tile/0/001.p/1 is not what follows from the entries",
            make: edit("tile/0/001.p/1")),
        Damage(
            name: "a tile of the upper level is edited", words: "tile/1/000.p/1 is not what follows from the entries",
            stops: true, make: edit("tile/1/000.p/1")),
        Damage(
            name: "a tile of the upper level is removed", words: "tile/1/000.p/1 is missing", stops: true,
            make: remove("tile/1/000.p/1")),
        Damage(
            name: "a tile is added", words: "tile/0/007 is of a larger tree than the log has signed",
            make: { bench in try bench.write("tile/0/007", [UInt8](repeating: 1, count: 8192)) }),
        Damage(
            name: "a checkpoint is edited", words: "checkpoints/9 was changed after it was signed",
            make: { bench in
                let text = String(decoding: try bench.bytes("checkpoints/9"), as: UTF8.self)
                try bench.write("checkpoints/9", Array(text.replacing("\n9\n", with: "\n8\n").utf8))
            }),
        Damage(
            name: "a checkpoint is cut", words: "checkpoints/9 is not a signed checkpoint", make: cut("checkpoints/9")),
        Damage(name: "a checkpoint is removed", words: "checkpoints/9 is missing", make: remove("checkpoints/9")),
        Damage(
            name: "a checkpoint is another one", words: "checkpoints/9 is a checkpoint of 8 entries",
            make: { bench in try bench.write("checkpoints/9", bench.bytes("checkpoints/8")) }),
        Damage(
            name: "a checkpoint is of another tree",
            words: "checkpoints/9 is signed for another tree: history was rewritten",
            make: { bench in
                let origin = try await bench.reader().checkpoint(signedBy: nil).checkpoint.origin
                let forked = Checkpoint(origin: origin, size: 9, root: .leaf([7]))
                try bench.write("checkpoints/9", try await bench.key.note(forked.text, name: origin).encoded)
            }),
        Damage(
            name: "the newest checkpoint is edited", words: "checkpoint of the ledger at", stops: true,
            make: { bench in
                let text = String(decoding: try bench.bytes("checkpoint"), as: UTF8.self)
                try bench.write("checkpoint", Array(text.replacing("\n258\n", with: "\n257\n").utf8))
            }),
        Damage(
            name: "the newest checkpoint is removed", words: "checkpoint of the ledger at", make: remove("checkpoint")),
        Damage(
            name: "the newest checkpoint is an old one", words: "behind the checkpoint",
            make: { bench in try bench.write("checkpoint", bench.bytes("checkpoints/257")) }),
        Damage(
            name: "the head is edited", words: "head of the ledger at", stops: true, make: edit("head")),
        Damage(name: "the head is cut", words: "head of the ledger at", stops: true, make: cut("head")),
        Damage(name: "the head is removed", words: "its file head is missing", stops: true, make: remove("head")),
        Damage(
            name: "the head is an old one", words: "its file head was put back: it has 1 entries", stops: true,
            make: { bench in
                let old = LedgerBench(directory: bench.directory.appending("other"), key: bench.key)
                // Of the same log, as a copy of it has it.
                try FileManager.default.createDirectory(atPath: old.directory.string, withIntermediateDirectories: true)
                let entry = try EntryBundle.decode(bench.bytes("tile/entries/000"))![0]
                let origin = try await bench.reader().checkpoint(signedBy: nil).checkpoint.origin
                let head = LogHead(
                    checkpoint: Checkpoint(origin: origin, size: 1, root: .leaf(entry)), entries: [entry])
                try bench.write("head", try await bench.key.note(head.text, name: origin).encoded)
            }),
        Damage(
            name: "a file that is none of a log", words: "tile/0/abc is no file of a log",
            make: { bench in try bench.write("tile/0/abc", [1]) }),
    ]

    /// Of 258 entries; the damages are made in copies of it.
    private static let sample = Once { () async throws -> (directory: FilePath, key: SigningKey) in
        let bench = LedgerBench(
            directory: TestDirectory.root.appending("pgassay-ledger-\(UUID().uuidString)"))
        try FileManager.default.createDirectory(atPath: bench.directory.string, withIntermediateDirectories: true)
        try await bench.append(258)
        return (bench.directory, bench.key)
    }

    private static func withSample(_ body: (LedgerBench) async throws -> Void) async throws {
        let sample = try await sample.value
        try await withTemporaryDirectory { directory in
            let bench = LedgerBench(directory: directory, key: sample.key)
            try LedgerBench(directory: sample.directory, key: sample.key).copy(to: bench.ledger)
            try await body(bench)
        }
    }

    @Test(arguments: all) private func isNamed(_ damage: Damage) async throws {
        try await Self.withSample { bench in
            try await damage.make(bench)
            let audit = try await bench.audit()
            #expect(audit.remarks.contains { $0.words.contains(damage.words) }, "\(audit.remarks)")
            let isNote = damage.words == "behind the checkpoint" || damage.name == "a file that is none of a log"
            #expect(audit.isGood == isNote, "\(audit.remarks)")
            do {
                try await bench.writer().append(.saying("on top"))
                #expect(!damage.stops, "it was appended to")
            } catch {
                #expect(damage.stops, "\(error)")
                #expect(error is LedgerError)
            }
        }
    }

    @Test("A log that was put back as a whole is found by its checkpoints, and by the proofs beside reports")
    func rolledBack() async throws {
        try await LedgerBench.with { bench in
            try await bench.append(3)
            let old = bench.directory.appending("old")
            try bench.copy(to: old)
            let later = try await bench.append(2)
            let reports = bench.directory.appending("reports")
            try FileManager.default.createDirectory(atPath: reports.string, withIntermediateDirectories: true)
            let proof = reports.appending("r.dsse.json.tlog-proof")
            try Data(later[1].proof.encoded).write(to: URL(filePath: proof.string))
            let checkpoints = try bench.bytes("checkpoints/5")

            try bench.remove("")
            try FileManager.default.copyItem(atPath: old.string, toPath: bench.ledger.string)
            let audit = try await bench.audit(reports: reports)
            #expect(
                audit.remarks.contains {
                    $0.words.hasPrefix("the log is an older copy, or entries were removed: it has 3 entries")
                })
            let known = try KnownProofs(in: reports, signedBy: [bench.key.publicKey])
            await #expect(
                throws: LedgerError.rolledBack(
                    location: bench.ledger.string, size: 3, seen: 5, by: "r.dsse.json.tlog-proof")
            ) { try await bench.writer().append(.saying("x"), known: known) }

            // Without proofs, a checkpoint that is left is enough.
            try bench.write("checkpoints/4", checkpoints)
            await #expect(throws: LedgerError.self) { try await bench.writer().append(.saying("x")) }
            #expect(try await bench.audit().isDamaged)
        }
    }

    @Test("Of many proofs beside reports those with the latest times are read for an entry, and all for an audit")
    func newestProofs() async throws {
        try await LedgerBench.with { bench in
            let appended = try await bench.append(3)
            let reports = bench.directory.appending("reports")
            try FileManager.default.createDirectory(atPath: reports.string, withIntermediateDirectories: true)
            for (name, entry) in [
                ("z-20261128T042304Z-4a716914.dsse.json", 0),
                ("a-20261128T042305Z-4a716914.dsse.json", 1),
                ("b-20250101T000000Z-4a716914.dsse.json.annotation-20261129T000000Z-5e6f7a8b.json", 2),
                ("without-a-time.dsse.json", 0),
            ] {
                try Data(appended[entry].proof.encoded).write(
                    to: URL(filePath: reports.appending(name + ".tlog-proof").string))
            }
            func read(_ newest: Int?) throws -> [Int64] {
                try KnownProofs(in: reports, signedBy: [bench.key.publicKey], newest: newest).proofs
                    .map(\.proof.entry.index)
            }
            #expect(try read(1) == [2])
            #expect(try read(2) == [2, 1])
            #expect(try read(3) == [2, 1, 0])
            #expect(try read(nil).count == 4)
        }
    }

    @Test("In the place of a log that is gone none is made, unless somebody says so")
    func gone() async throws {
        try await LedgerBench.with { bench in
            let appended = try await bench.append(2)
            let reports = bench.directory.appending("reports")
            try FileManager.default.createDirectory(atPath: reports.string, withIntermediateDirectories: true)
            try Data(appended[1].proof.encoded).write(
                to: URL(filePath: reports.appending("r.dsse.json.tlog-proof").string))
            try bench.remove("")
            let known = try KnownProofs(in: reports, signedBy: [bench.key.publicKey])
            let error = await #expect(throws: LedgerError.self) {
                try await bench.writer().append(.saying("x"), known: known)
            }
            guard case .gone = error else {
                Issue.record("\(String(describing: error))")
                return
            }

            // A log that names no other one, made where nobody looked at the proofs.
            try await bench.append(1)
            let second = await #expect(throws: LedgerError.self) {
                try await bench.writer().append(.saying("x"), known: known)
            }
            guard case .otherLog = second else {
                Issue.record("\(String(describing: second))")
                return
            }
            #expect(
                try await bench.audit(reports: reports).remarks.contains {
                    $0.words.contains("is a proof of another log")
                })

            // One that goes on from it.
            try bench.remove("")
            let place = LedgerPlace(.directory(bench.ledger), signer: bench.key, reports: reports)
            _ = try await place.start(after: appended[1].proof.checkpoint.checkpoint, reason: "it was lost")
            _ = try await place.append(.saying("x"))
            #expect(try await bench.audit(reports: reports).isGood)
        }
    }

    @Test("Two histories under one name: the proof of the one does not fit the other")
    func fork() async throws {
        try await LedgerBench.with { bench in
            try await bench.append(3)
            let other = LedgerBench(directory: bench.directory.appending("fork"), key: bench.key)
            try FileManager.default.createDirectory(atPath: other.directory.string, withIntermediateDirectories: true)
            try bench.copy(to: other.ledger)
            try await bench.append(2)
            let theirs = try await other.writer().append(.saying("another history"))
            try await other.append(3)
            let reports = bench.directory.appending("reports")
            try FileManager.default.createDirectory(atPath: reports.string, withIntermediateDirectories: true)
            try Data(theirs.proof.encoded).write(
                to: URL(filePath: reports.appending("r.dsse.json.tlog-proof").string))
            let audit = try await bench.audit(reports: reports)
            #expect(audit.remarks.map(\.kind) == [.damaged])
            #expect(audit.remarks[0].words.hasSuffix("proves another history than the log has: it was rewritten"))
            let now = try await bench.reader().checkpoint(signedBy: nil).checkpoint
            #expect(
                try await bench.reader().consistency(from: theirs.proof.checkpoint.checkpoint, to: now) == nil)
        }
    }

    @Test func anotherKey() async throws {
        try await LedgerBench.with { bench in
            try await bench.append(2)
            let other = SigningKey.generate()
            let audit = try await bench.audit(keys: [other.publicKey])
            #expect(audit.isDamaged)
            #expect(audit.remarks[0].words.contains("is signed by another key than \(other.publicKey.keyID)"))
            await #expect(
                throws: LedgerError.otherKey(
                    file: "head", location: bench.ledger.string, given: [other.publicKey.keyID])
            ) {
                try await LogWriter(bench.store(), signer: other).append(.saying("x"))
            }
        }
    }

    @Test func noLedger() async throws {
        try await LedgerBench.with { bench in
            await #expect(throws: LedgerError.missing(location: bench.ledger.string)) {
                try await bench.reader().audit(AuditRequest(keys: [bench.key.publicKey], reports: nil))
            }
        }
    }
}
