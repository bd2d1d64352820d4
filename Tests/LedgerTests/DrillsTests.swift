import Evidence
import Foundation
import Testing

@testable import Ledger

/// What an audit says of drills, by their entries.
@Suite struct DrillsTests {
    private static let begin = Date(timeIntervalSince1970: 1_800_000_000)
    private static let day: TimeInterval = 86_400

    private static func entry(
        _ kind: LedgerEntry.Kind, _ run: String, day: Double, plan: String = "shop",
        _ change: (inout LedgerEntry) -> Void = { _ in }
    ) -> LedgerEntry {
        var entry = LedgerEntry(kind, time: begin + day * Self.day)
        (entry.plan, entry.run) = (plan, run)
        change(&entry)
        return entry
    }

    private static func audit(_ entries: [LedgerEntry], day: Double) async throws -> LogAudit {
        var audit: LogAudit?
        try await LedgerBench.with { bench in
            for entry in entries { try await bench.writer().append(entry) }
            audit = try await bench.audit(now: begin + day * Self.day)
        }
        return audit!
    }

    @Test func aDrillWithoutAnEndIsNamed() async throws {
        let entries = [
            Self.entry(.started, "one", day: 0), Self.entry(.started, "two", day: 1),
            Self.entry(.finished, "two", day: 1),
        ]
        let audit = try await Self.audit(entries, day: 2)
        #expect(audit.remarks.map(\.kind) == [.unexplained])
        #expect(audit.remarks[0].words.hasPrefix("drill one of plan shop, 2027-01-15 08:00:00 UTC has no end"))
        #expect(!audit.isGood && !audit.isDamaged)

        var note = LedgerEntry.saying("the power failed", Self.begin + 2 * Self.day)
        note.about = 0
        let explained = try await Self.audit(entries + [note], day: 2)
        #expect(explained.remarks.map(\.kind) == [.explained])
        #expect(explained.remarks[0].words.hasSuffix("entry 3 says of it: the power failed"))
        #expect(explained.isGood)
    }

    @Test("Where the plan says how often, a time without a drill is named, also the one until now")
    func gaps() async throws {
        func started(_ run: String, day: Double) -> [LedgerEntry] {
            [
                Self.entry(.started, run, day: day) { $0.nextWithin = 8 * 86_400 },
                Self.entry(.finished, run, day: day),
            ]
        }
        let entries = started("one", day: 0) + started("two", day: 7.9) + started("three", day: 30)
        #expect(try await Self.audit(entries, day: 37).remarks.map(\.entry) == [2])
        let audit = try await Self.audit(entries, day: 40)
        #expect(audit.remarks.map(\.entry) == [2, 4])
        #expect(audit.remarks[0].words.contains("plan shop was not drilled for 22 d 2 h"))
        #expect(audit.remarks[1].words.contains("to now; the plan wants a drill within 8 d"))
    }

    @Test("Another plan's drills are no drills of this one")
    func plans() async throws {
        let entries = [
            Self.entry(.started, "one", day: 0) { $0.nextWithin = 86_400 }, Self.entry(.finished, "one", day: 0),
            Self.entry(.started, "two", day: 0.5, plan: "other"), Self.entry(.finished, "two", day: 0.5, plan: "other"),
        ]
        #expect(try await Self.audit(entries, day: 0.9).isGood)
        #expect(try await Self.audit(entries, day: 1.1).remarks.map(\.entry) == [0])
    }

    @Test func aClockThatWentBackIsTold() async throws {
        let entries = [
            Self.entry(.started, "one", day: 3), Self.entry(.finished, "one", day: 1),
            Self.entry(.started, "two", day: 4),
            Self.entry(.finished, "two", day: 4),
        ]
        let audit = try await Self.audit(entries, day: 3)
        #expect(audit.isGood)
        #expect(audit.remarks.map(\.kind) == [.note, .note])
        #expect(audit.remarks[0].words.contains("the clock went back by 2 d between entries 0 and 1"))
        #expect(audit.remarks[1].words.contains("is of a time that has not come"))
    }

    @Test("The next drill of a plan is told of those before it that have no end, once")
    func next() throws {
        func unended(_ entries: [LedgerEntry]) throws -> [String] {
            let numbered = try entries.enumerated().map { try NumberedEntry(Int64($0), $1.encoded()) }
            return UnendedDrills.sinceLastReport(of: "shop", in: numbered).compactMap(\.entry.run)
        }
        let killed = Self.entry(.started, "killed", day: 0)
        let other = Self.entry(.started, "other", day: 0, plan: "other")
        let good = [Self.entry(.started, "good", day: 1), Self.entry(.finished, "good", day: 1)]
        let mistaken = [
            Self.entry(.started, "mistaken", day: 1),
            Self.entry(.finished, "mistaken", day: 1) { $0.ending = .mistake },
        ]
        #expect(try unended([]) == [])
        #expect(try unended([killed, other]) == ["killed"])
        #expect(try unended([killed] + good) == [])
        // A drill that has no report has told nobody.
        #expect(try unended([killed] + mistaken) == ["killed"])
        #expect(try unended(good + [killed, Self.entry(.started, "too", day: 2)]) == ["too", "killed"])
    }
}
