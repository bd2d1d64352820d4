import Evidence
import Foundation
import Testing

@testable import Ledger

@Suite struct NoteTests {
    private static let key = SigningKey.generate()
    private static let checkpoint = Checkpoint(origin: "example.org/log", size: 7, root: .leaf([1]))

    private static func note(_ text: String? = nil, by key: SigningKey = key) async throws -> SignedNote {
        try await key.note(text ?? checkpoint.text, name: "example.org/log")
    }

    private static func trust(_ bytes: [UInt8], _ name: String = "example.org/log") -> SignedNote.Trust? {
        SignedNote(bytes)?.trust(in: [NoteKey(name: name, key.publicKey)])
    }

    @Test func isReadAsItWasWritten() async throws {
        let note = try await Self.note()
        let read = try #require(SignedCheckpoint(note.encoded))
        #expect(read.checkpoint == Self.checkpoint)
        #expect(read.note == note)
        #expect(Self.trust(note.encoded) == .signed)
        let lines = String(decoding: note.encoded, as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 6)
        #expect(lines[..<4] == ["example.org/log", "7", Self.checkpoint.root.base64[...], ""])
        #expect(lines[4].hasPrefix("— example.org/log "))
    }

    @Test("Signatures of others, witnesses among them, are kept and decide nothing")
    func others() async throws {
        let own = try await Self.note()
        let foreign = try await Self.note(by: .generate())
        let witness = SignedNote.Signature(
            name: "witness.example", keyID: 0x0401_0203, bytes: [UInt8](repeating: 4, count: 72))
        let all = SignedNote(text: own.text, signatures: [witness] + foreign.signatures + own.signatures)
        let read = try #require(SignedNote(all.encoded))
        #expect(read == all)
        #expect(read.trust(in: [NoteKey(name: "example.org/log", Self.key.publicKey)]) == .signed)
        #expect(Self.trust(foreign.encoded) == .unknown)
        #expect(Self.trust(own.encoded, "example.org/other") == .unknown)
    }

    @Test("A second key signs beside the first, and either is enough")
    func twoKeys() async throws {
        let second = SigningKey.generate()
        let both = SignedNote(
            text: Self.checkpoint.text,
            signatures: try await Self.note().signatures + Self.note(by: second).signatures)
        for key in [Self.key, second] {
            #expect(both.trust(in: [NoteKey(name: "example.org/log", key.publicKey)]) == .signed)
        }
    }

    @Test("A line that names the key and does not fit spoils the note")
    func changed() async throws {
        let note = try await Self.note()
        let other = try await Self.note("example.org/log\n8\n\(Self.checkpoint.root.base64)\n")
        #expect(
            SignedNote(text: other.text, signatures: note.signatures).trust(
                in: [NoteKey(name: "example.org/log", Self.key.publicKey)]) == .changed)
        let both = SignedNote(text: note.text, signatures: note.signatures + other.signatures)
        #expect(Self.trust(both.encoded) == .changed)
    }

    @Test func whatIsNoNoteIsNotRead() async throws {
        let good = String(decoding: try await Self.note().encoded, as: UTF8.self)
        for bad in [
            "", "\n", "text\n", "text\n\n", good + "\n", String(good.dropLast()), good.replacing("— ", with: "- "),
            good.replacing("7\n", with: "7\r\n"), good.replacing("7\n", with: "7\u{1}\n"), good + "— x AAAA\n",
            good + "— x AAAAA===\n", good + "— a+b AAAAAAAA\n", good.replacing("\n\n", with: "\n"),
        ] {
            #expect(SignedNote(Array(bad.utf8)) == nil, "\(bad)")
        }
        #expect(SignedNote([0xff] + Array(good.utf8)) == nil)
        for bad in ["a\n07\n", "a\n-1\n", "a\n+1\n", "\n1\n", "a\n1\n", "a\n99999999999999999999\n"] {
            #expect(
                Checkpoint(text: bad + Self.checkpoint.root.base64.dropLast(bad == "a\n1\n" ? 1 : 0) + "\n") == nil,
                "\(bad)")
        }
        // Extension lines of others are no reason to refuse a checkpoint.
        #expect(Checkpoint(text: Self.checkpoint.text + "more\n") == Self.checkpoint)
        #expect(Checkpoint(text: Self.checkpoint.text + "\nmore\n") == nil)
    }

    @Test("A head is no checkpoint, and the other way round")
    func head() throws {
        let head = LogHead(checkpoint: Checkpoint(origin: "o", size: 1, root: .leaf([1])), entries: [[1]])
        #expect(LogHead(text: head.text) == head)
        #expect(Checkpoint(text: head.text) == nil)
        #expect(LogHead(text: head.checkpoint.text) == nil)
        #expect(LogHead(text: head.text + "AAAA\n") == nil, "an entry more than its bundle has")
        #expect(LogHead(text: head.text.replacing("\n1\n", with: "\n2\n")) == nil, "an entry too few")
    }
}
