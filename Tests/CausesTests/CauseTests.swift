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

    /// psql before 15.19 (CVE-2026-6464) takes the rows of a COPY that the server refused for statements; later ones skip
    /// them. Whose fault it is does not depend on that.
    @Test(arguments: [15, 17], [Cause.backup, .environment])
    func rowsOfARefusedCopyHaveOneCause(_ major: Int, _ cause: Cause) async throws {
        let lab = try #require(Lab.all[major])
        let lack = cause == .environment ? "CREATE EXTENSION an_extension_of_nobody;\n" : ""
        let rows = "COPY nothing FROM stdin;\n\\N\t1\none two;\n\\.\nSELECT 1 / 1;"
        let decided = try await Turn.take { try await lab.restoring(lack + rows) }
        #expect(decided.contains { $0.says == "42P01" }, "\(decided)")
        let causes = decided.map { decision in causeTable.first { $0.id == decision.rule }?.cause }
        #expect(causes.allSatisfy { $0 == cause }, "\(decided)")
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

    /// A statement that brings rows and fails leaves them out, whatever the server says.
    @Test(arguments: causeTable.filter { $0.cause == nil })
    func aLostRowIsNeverHarmless(_ rule: CauseRule) {
        let messages = rule.when.flatMap(Self.messages) + [#"role "ada" already exists"#]
        for case .sqlState(let codes) in rule.met {
            for (code, message) in codes.flatMap({ code in messages.map { (code, $0) } }) {
                let what = MetError.What.server(code, message: message)
                let met = [
                    MetError(.restoring, what, statement: "COPY t FROM stdin"),
                    MetError(.restoring, what, statement: "INSERT INTO t VALUES (1)"),
                    MetError(.restoring, what, isOfLoadedRow: true),
                ]
                let harmless = met.filter { cause(of: $0, in: Circumstances(rolesMade: ["ada"])).cause == nil }
                #expect(harmless.isEmpty, "\(code) \(message)")
            }
        }
    }

    private static func messages(_ condition: Condition) -> [String] {
        if case .messageBegins(let beginnings) = condition { beginnings } else { [] }
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
}

let packageRoot = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
