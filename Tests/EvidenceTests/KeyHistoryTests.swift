import Foundation
import SystemPackage
import Testing

@testable import Evidence
@testable import Report

/// A history of keys is relied on only if each line was signed by a key that could change the keys then, and one of them is trusted.
@Suite struct KeyHistoryTests {
    private static let first = SigningKey.generate()
    private static let second = SigningKey.generate()
    private static let anna = SigningKey.generate()
    private static let start = Date(timeIntervalSince1970: 1_800_000_000)

    private static func at(_ hours: Double) -> Date { start + hours * 3600 }

    /// The first key; Anna, a reviewer; the second key takes over; the first is revoked, since before that.
    private static func history() async throws -> KeyHistory {
        var history = KeyHistory()
        try await history.append(.added, first.publicKey, signers: [first], time: at(0)) {
            ($0.holder, $0.roles) = ("drills", ["operator", "keys"])
        }
        try await history.append(.added, anna.publicKey, signers: [first], time: at(1)) {
            ($0.holder, $0.roles, $0.at) = ("Anna", ["reviewer"], at(1))
        }
        try await history.append(.added, second.publicKey, signers: [first, second], time: at(2)) {
            ($0.holder, $0.roles, $0.at) = ("drills", ["operator", "keys"], at(2))
        }
        try await history.append(.retired, first.publicKey, signers: [second], time: at(2)) { $0.at = at(2) }
        try await history.append(.revoked, first.publicKey, signers: [second], time: at(3)) {
            ($0.at, $0.reason) = (at(1.5), "the laptop was stolen")
        }
        return history
    }

    private static func ring(_ history: KeyHistory, _ anchors: [SigningKey]) throws -> KeyRing {
        try KeyHistory(history.encoded, name: "h").ring(anchoredAt: anchors.map(\.publicKey))
    }

    @Test func saysWhichKeyCountsWhen() async throws {
        let history = try await Self.history()
        for anchor in [Self.first, Self.second] {
            let ring = try Self.ring(history, [anchor])
            #expect(ring.keys.map(\.publicKey) == [Self.first, Self.anna, Self.second].map(\.publicKey))
            let (first, anna, second) = (ring.keys[0], ring.keys[1], ring.keys[2])
            #expect(first.isValid(at: Self.at(-1000)) && first.isValid(at: Self.at(1.4)))
            #expect(!first.isValid(at: Self.at(1.5)), "it is revoked since then")
            #expect(first.period.hasSuffix("(revoked: the laptop was stolen)"))
            #expect(!anna.isValid(at: Self.at(0.9)) && anna.isValid(at: Self.at(1)) && anna.isValid(at: Self.at(99)))
            #expect(anna.roles == ["reviewer"] && anna.holder == "Anna")
            #expect(!second.isValid(at: Self.at(1.9)) && second.isValid(at: Self.at(2)))
            #expect(ring.operators == [Self.first.publicKey, Self.second.publicKey])
        }
    }

    @Test("A report counts if its key did when it was signed")
    func reports() async throws {
        let ring = try Self.ring(try await Self.history(), [Self.second])
        for (key, hours, counts) in [
            (Self.first, 1.0, true), (Self.first, 1.7, false), (Self.first, 5, false), (Self.second, 1, false),
            (Self.second, 5, true), (Self.anna, 5, false), (SigningKey.generate(), 5, false),
        ] as [(SigningKey, Double, Bool)] {
            var report = Report.sample()
            (report.started, report.finished) = (Self.at(hours - 0.1), Self.at(hours))
            let bytes = try await Statement(report: report, configuration: [samplePlan]).sealed(signer: key)
            do throws(VerificationError) {
                let opened = try AnyReport.open(bytes, name: "r", ring)
                #expect(opened.key.publicKey == key.publicKey)
                #expect(counts, "\(hours)")
            } catch {
                #expect(!counts, "\(error)")
                let isKnown = [Self.first, Self.second].map(\.publicKey).contains(key.publicKey)
                guard case .outsideKeyTime = error.problem else {
                    #expect(!isKnown, "\(error)")
                    continue
                }
                #expect(isKnown && error.description.contains("by the history of the keys"))
            }
        }
    }

    @Test(
        "Whatever is done to a history is found",
        arguments: [
            "no anchor", "an anchor that only was added", "a line changed", "a line removed", "lines exchanged",
            "a line put in", "signed by a reviewer", "signed by a key that was retired", "the first key of another",
            "a key twice", "an unknown key retired", "back in time", "cut", "empty", "no roles",
        ])
    func damage(_ damage: String) async throws {
        var history = try await Self.history()
        var (anchors, bytes): ([SigningKey], [UInt8]?) = ([Self.first], nil)
        func lines() -> [String] {
            String(decoding: history.encoded, as: UTF8.self).split(separator: "\n").map(String.init)
        }
        func set(_ lines: [String]) { bytes = Array((lines.joined(separator: "\n") + "\n").utf8) }
        let late = Self.at(9)
        switch damage {
        case "no anchor": anchors = [SigningKey.generate()]
        case "an anchor that only was added": anchors = [Self.anna]
        case "a line changed":
            let line = history.lines[1]
            var envelope = try StatementJSON.decode(Envelope.self, from: line.bytes)
            let text = String(decoding: try #require(Base64.decode(envelope.payload)), as: UTF8.self)
            envelope.payload = Base64.encode(Array(text.replacing("reviewer", with: "operator").utf8))
            var all = lines()
            all[1] = String(decoding: try envelope.encoded().dropLast(), as: UTF8.self)
            set(all)
        case "a line removed": set(lines().enumerated().filter { $0.offset != 1 }.map(\.element))
        case "lines exchanged":
            var all = lines()
            all.swapAt(3, 4)
            set(all)
        case "a line put in":
            var all = lines()
            all.insert(all[1], at: 2)
            set(all)
        case "signed by a reviewer":
            try await history.append(.added, SigningKey.generate().publicKey, signers: [Self.anna], time: late) {
                $0.roles = ["operator"]
            }
        case "signed by a key that was retired":
            try await history.append(.added, SigningKey.generate().publicKey, signers: [Self.first], time: late) {
                $0.roles = ["operator"]
            }
        case "the first key of another":
            var other = KeyHistory()
            try await other.append(.added, Self.second.publicKey, signers: [Self.first], time: late) {
                $0.roles = ["operator", "keys"]
            }
            history = other
        case "a key twice":
            try await history.append(.added, Self.anna.publicKey, signers: [Self.second], time: late) {
                $0.roles = ["owner"]
            }
        case "an unknown key retired":
            try await history.append(
                .retired, SigningKey.generate().publicKey, signers: [Self.second], time: late
            ) { $0.at = late }
        case "back in time":
            try await history.append(.retired, Self.anna.publicKey, signers: [Self.second], time: Self.at(2.5)) {
                $0.at = late
            }
        case "cut": bytes = Array(history.encoded.dropLast())
        case "empty": bytes = []
        default:
            await #expect(throws: StatementError.self) {
                try await history.append(
                    .added, SigningKey.generate().publicKey, signers: [Self.second], time: late
                ) { $0.roles = [] }
            }
            return
        }
        let read = bytes ?? history.encoded
        #expect(throws: KeyHistoryError.self) {
            try KeyHistory(read, name: "h").ring(anchoredAt: anchors.map(\.publicKey))
        }
    }

    @Test("A changed byte of a history is noticed, but for letters of base64 and key ids that decide nothing")
    func bytes() async throws {
        let whole = try await Self.history()
        let (bytes, ring) = (whole.encoded, try Self.ring(whole, [Self.first]))
        for index in stride(from: 0, to: bytes.count, by: 7) {
            var changed = bytes
            changed[index] ^= 1
            let read = try? KeyHistory(changed, name: "h").ring(anchoredAt: [Self.first.publicKey])
            #expect(read == nil || read == ring, "byte \(index)")
        }
    }
}
