import Evidence
import Foundation
import Storage
import SystemPackage
import TestSupport
import Testing

@testable import Ledger

@Suite struct LogTests {
    @Test("Programs of others verify a log of a thousand entries, with full tiles and partial ones of two levels")
    func verifiersOfOthers() async throws {
        try await LedgerBench.with { bench in
            try await LargeLog(740, bench.key).write(to: bench.ledger, whole: true)
            let appended = try await bench.append(260)
            #expect(appended.map(\.index) == Array(740..<1000))
            #expect(Set(appended.map(\.origin)).count == 1)
            let audit = try await bench.audit()
            #expect(audit.isGood, "\(audit.remarks)")
            #expect(audit.entries.suffix(260).map(\.entry.text) == (0..<260).map { "note \($0)" })
            let newest = try await bench.reader().checkpoint(signedBy: nil)
            var proofs: [FilePath] = []
            for index in [0, 1, 255, 256, 511, 512, 740, 767, 768, 999] {
                let file = bench.directory.appending("\(index).tlog-proof")
                let proof = try await bench.reader().proof(of: audit.entries[index], in: newest)
                try Data((index < 740 ? proof : appended[index - 740].proof).encoded).write(
                    to: URL(filePath: file.string))
                proofs.append(file)
            }
            let outcome = try await bench.verifyByGo(proofs)
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            #expect(outcome.output == "1000 entries, 10 proofs\n")
        }
    }

    @Test("Every entry is proven by the newest checkpoint, and by its own at once")
    func proofs() async throws {
        try await LedgerBench.with { bench in
            let appended = try await bench.append(9)
            let keys = [bench.key.publicKey]
            for entry in appended {
                let read = try LogProof(entry.proof.encoded)
                #expect(read == entry.proof)
                #expect(read.checkpoint.checkpoint.size == entry.index + 1)
                try read.verify(keys)
            }
            let checkpoint = try await bench.reader().checkpoint(signedBy: keys)
            try await bench.reader().entries(ofTreeOf: 9) { _ in }
            for entry in appended {
                let proof = try await bench.reader().proof(of: entry.proof.entry, in: checkpoint)
                try proof.verify(keys)
                let other = SigningKey.generate().publicKey
                #expect(throws: LogProofError.otherKey([other.keyID])) { try proof.verify([other]) }
            }
        }
    }

    @Test("A proof that was changed proves nothing", arguments: 0..<6)
    func changedProofs(_ way: Int) async throws {
        try await LedgerBench.with { bench in
            let proof = try await bench.append(5)[4].proof
            let text = String(decoding: proof.encoded, as: UTF8.self)
            let changed: String =
                switch way {
                case 0: text.replacing("index 4", with: "index 3")
                case 1: text.replacing("\n5\n", with: "\n6\n")
                case 2: text.replacing(proof.hashes[0].base64 + "\n", with: "")
                case 3: text.replacing(proof.hashes[0].base64, with: TreeHash.leaf([9]).base64)
                case 4: String(text.dropLast(30))
                default:
                    text.replacing(
                        Data(proof.entry.bytes).base64EncodedString(),
                        with: Data(try LedgerEntry.saying("other").encoded()).base64EncodedString())
                }
            #expect(changed != text)
            #expect(throws: LogProofError.self) {
                try LogProof(Array(changed.utf8)).verify([bench.key.publicKey])
            }
        }
    }

    @Test("A kept checkpoint shows whether history was rewritten")
    func consistency() async throws {
        try await LedgerBench.with { bench in
            try await bench.append(6)
            let kept = try await bench.reader().checkpoint(signedBy: nil).checkpoint
            try await bench.append(5)
            let now = try await bench.reader().checkpoint(signedBy: nil).checkpoint
            #expect(try await bench.reader().consistency(from: kept, to: now) != nil)
            #expect(try await bench.reader().consistency(from: now, to: now) == [])
            #expect(try await bench.reader().consistency(from: now, to: kept) == nil, "it was cut")
            let forged = Checkpoint(origin: kept.origin, size: kept.size, root: .leaf([1]))
            #expect(try await bench.reader().consistency(from: forged, to: now) == nil)
            let foreign = Checkpoint(origin: "other", size: kept.size, root: kept.root)
            #expect(try await bench.reader().consistency(from: foreign, to: now) == nil)
        }
    }

    @Test("An entry is canonical JSON, and no larger than its length can say")
    func entries() async throws {
        try await LedgerBench.with { bench in
            var entry = LedgerEntry(.finished, time: Date(timeIntervalSince1970: 1_800_000_000.25))
            (entry.plan, entry.run, entry.verdict) = ("shop", "a-b", .failed)
            (entry.backup, entry.envelope, entry.file) = (["sha256": "00"], "ff", "a/b.dsse.json")
            let bytes = try entry.encoded()
            #expect(
                String(decoding: bytes, as: UTF8.self) == """
                    {"backup":{"sha256":"00"},"envelope":"ff","file":"a/b.dsse.json","kind":"finished","plan":"shop",\
                    "run":"a-b","time":"2027-01-15T08:00:00.250Z","verdict":"failed"}
                    """)
            #expect(try LedgerEntry(bytes) == entry)
            // What a newer version writes stays readable.
            let newer = #"{"kind":"moved","time":"2027-01-15T08:00:00.250Z","where":"there"}"#
            #expect(try LedgerEntry(Array(newer.utf8)).kind.rawValue == "moved")
            await #expect(throws: LedgerError.self) {
                try await bench.writer().append(.saying(String(repeating: "x", count: 65_536)))
            }
            let largest = 65_535 - (try LedgerEntry.saying("").encoded().count)
            try await bench.writer().append(.saying(String(repeating: "x", count: largest)))
            #expect(try await bench.audit().isGood)
        }
    }

    @Test("A witness's signature stays, in the checkpoints and in later proofs")
    func witnesses() async throws {
        try await LedgerBench.with { bench in
            let appended = try await bench.append(3)
            let line = "— witness.example BAECAwUGBwgJCgsMDQ4PEBESExQ=\n"
            for name in ["checkpoint", "checkpoints/3"] {
                try bench.write(name, bench.bytes(name) + Array(line.utf8))
            }
            let reader = try bench.reader()
            let checkpoint = try await reader.checkpoint(signedBy: [bench.key.publicKey])
            #expect(checkpoint.note.signatures.count == 2)
            let proof = try await reader.proof(of: appended[0].proof.entry, in: checkpoint)
            #expect(String(decoding: proof.encoded, as: UTF8.self).hasSuffix(line))
            try LogProof(proof.encoded).verify([bench.key.publicKey])
            try await bench.append(1)
            #expect(try bench.bytes("checkpoints/3").ends(with: line.utf8))
            #expect(try await bench.audit().isGood)
            #expect(try await bench.verifyByGo().exitCode == 0)
        }
    }

    @Test("A new log names the old one, and none is made where something is")
    func newLog() async throws {
        try await LedgerBench.with { bench in
            try await bench.append(4)
            let old = try await bench.reader().checkpoint(signedBy: nil).checkpoint
            let key = SigningKey.generate()
            let place = LedgerPlace(.directory(bench.directory.appending("second")), signer: key)
            let first = try await place.start(after: old, reason: "the key was changed")
            #expect(first.index == 0 && first.origin != old.origin)
            let entry = first.proof.entry.entry
            #expect(entry.previous == .init(origin: old.origin, size: 4, root: old.root.base64))
            #expect(entry.text == "the key was changed")
            await #expect(throws: LedgerError.occupied(location: bench.directory.appending("second").string)) {
                try await place.start(after: old, reason: "again")
            }
            // The old one does not take the new key.
            let other = LogWriter(try bench.store(), signer: key)
            let error = await #expect(throws: LedgerError.self) { try await other.append(.saying("x")) }
            #expect(error?.description.contains("start a new log that names this one") == true)
            // Unless whoever appends says that the old key is right.
            let both = LogWriter(try bench.store(), signer: key, others: [bench.key.publicKey])
            try await both.append(.saying("y"))
            #expect(try await bench.audit(keys: [bench.key.publicKey, key.publicKey]).isGood)
            #expect(try await !bench.audit().isGood)
        }
    }
}

extension [UInt8] {
    fileprivate func ends(with other: some Collection<UInt8>) -> Bool { suffix(other.count).elementsEqual(other) }
}
