import Causes
import Findings
import Foundation
import TestSupport
import Testing

/// Every row of the table, met for real on PostgreSQL 15 and 17.
@Suite(.labs) struct CauseTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let example: Example
        let major: Int

        var testDescription: String { "\(example.testDescription), on \(major)" }
    }

    static let cases = Example.all.flatMap { example in example.majors.map { Case(example: example, major: $0) } }

    @Test(arguments: cases)
    func isDecidedByItsRow(_ row: Case) async throws {
        let lab = try #require(Lab.all[row.major])
        let decided = try await Turn.take { try await row.example.make(lab) }
        #expect(
            decided.contains { $0.rule == row.example.rule && $0.says.contains(row.example.says) }, "\(decided)")
    }

    @Test(arguments: causeTable.map(\.id))
    func hasAnExample(_ id: String) {
        let majors = Set(Example.all.filter { $0.rule == id }.flatMap(\.majors))
        if Example.notProducible[id] != nil {
            #expect(majors.isEmpty, "it can be made to happen after all")
        } else if id == "no-such-compression" {
            // What PostgreSQL 15 cannot decompress it does not know at all: the row archive-newer.
            #expect(majors == [17])
        } else {
            #expect(majors == [15, 17])
        }
    }

    @Test func everyExampleIsOfARow() {
        let ids = causeTable.map(\.id)
        #expect(Set(ids).count == ids.count, "two rows of one name")
        #expect(Set(Example.all.map(\.rule) + Example.notProducible.keys).subtracting(ids) == [])
    }
}

/// The table as such.
@Suite struct CauseTableTests {
    @Test func whatNoRowKnowsBlamesNobody() {
        for phase in Phase.allCases {
            for what in [MetError.What.server("99999", message: ""), .program("new words")] {
                let rule = cause(of: MetError(phase, what))
                #expect(rule == unknownCause)
                #expect(rule.cause == .environment)
            }
        }
        #expect(causeTable.last == unknownCause)
    }

    @Test(arguments: DrillState.allCases)
    func everyStateHasARow(_ state: DrillState) {
        #expect(Phase.allCases.contains { cause(of: state, while: $0) != unknownCause })
        #expect(!state.words.isEmpty)
    }

    @Test(arguments: Cause.allCases)
    func everyCauseHasARow(_ cause: Cause) {
        #expect(causeTable.contains { $0.cause == cause })
    }

    /// A judgement without a row of the table would be a decision in a second place.
    @Test func nobodyElseDecides() throws {
        let sources = packageRoot.appending(path: "Sources")
        let files = try #require(
            FileManager.default.enumerator(
                at: sources.appending(path: "Drill/Restore"), includingPropertiesForKeys: nil))
        var read = 0
        for case let file as URL in files where file.pathExtension == "swift" {
            read += 1
            let text = try String(contentsOf: file, encoding: .utf8)
            #expect(!text.contains("judgement: ."), "\(file.lastPathComponent) judges by itself")
            #expect(!text.contains("cause: ."), "\(file.lastPathComponent) judges by itself")
        }
        #expect(read > 10)
    }
}

let packageRoot = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
