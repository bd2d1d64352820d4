import Findings
import Foundation
import Testing

@testable import Evidence
@testable import Report

/// What policy engines read is what the report says.
struct StatementTests {
    @Test(arguments: [
        (Verdict.passed, Cause?.none, CheckStatus.passed, "PASSED"),
        (.failed, .backup, .failed, "FAILED"),
        (.failed, .objective, .failed, "FAILED"),
        (.inconclusive, .environment, .inconclusive, "WARNED"),
        (.inconclusive, .interrupted, .passed, "WARNED"),
    ])
    func resultFollowsTheVerdict(_ verdict: Verdict, _ cause: Cause?, _ status: CheckStatus, _ result: String) {
        let report = Report.sample(verdict: verdict, cause: cause, checks: [.sample(status)])
        #expect(Statement(report: report, configuration: []).predicate.result.rawValue == result)
    }

    @Test func listsEachFindingByItsStatus() {
        let report = Report.sample(
            verdict: .failed, cause: .backup,
            checks: [
                .sample(.passed, subject: "a"), .sample(.failed, subject: "b"), .sample(.inconclusive, subject: "c"),
                .sample(.notRun, subject: "d"), .sample(.passed, subject: "e"),
            ])
        let predicate = Statement(report: report, configuration: []).predicate
        #expect(predicate.passedTests == ["row-counts: a", "row-counts: e"])
        #expect(predicate.failedTests == ["row-counts: b"])
        #expect(predicate.warnedTests == ["row-counts: c"])
    }

    @Test func ofSeveralDatabasesEachFindingIsNamedWithItsOwn() {
        let report = Report.sample(
            verdict: .failed, cause: .backup,
            checks: [
                .sample(.passed, subject: "a").of("crm"), .sample(.failed, subject: "a").of("shop"),
                .sample(.failed, subject: "database").of("erp"), .sample(.failed, subject: "a"),
            ])
        let predicate = Statement(report: report, configuration: []).predicate
        #expect(predicate.passedTests == ["row-counts: crm: a"])
        #expect(predicate.failedTests == ["row-counts: shop: a", "row-counts: erp", "row-counts: a"])
    }

    @Test func isAboutTheBackup() {
        let statement = Statement(report: .sample(), configuration: [samplePlan])
        #expect(statement.subject == [ResourceDescriptor(name: "avaolo.dump", digest: Report.Backup.sample.digest)])
    }

    @Test("A drill stopped before the digest is about its plan") func isAboutThePlanWithoutADigest() throws {
        var report = Report.sample(verdict: .inconclusive, cause: .interrupted, checks: [])
        report.backup.digest = [:]
        let statement = Statement(report: report, configuration: [samplePlan])
        #expect(statement.subject == [ResourceDescriptor(name: samplePlan.name, digest: samplePlan.digest)])
        #expect(try !statement.encoded().isEmpty)
        #expect(throws: StatementError.contradictory(["`subject` names nothing by digest"])) {
            try Statement(report: report, configuration: []).encoded()
        }
    }

    @Test func survivesTheJourneyThroughJSON() throws {
        let statement = Statement(report: .sample(), configuration: [samplePlan])
        #expect(try Statement(decoding: statement.encoded()) == statement)
    }

    @Test func equalStatementsGiveEqualBytes() throws {
        var report = Report.sample()
        report.environment.extensions = Dictionary(uniqueKeysWithValues: (0..<50).map { ("e\($0)", "1") })
        var again = report
        again.environment.extensions = Dictionary(uniqueKeysWithValues: (0..<50).reversed().map { ("e\($0)", "1") })
        let bytes = try Statement(report: report, configuration: [samplePlan]).encoded()
        #expect(try Statement(report: again, configuration: [samplePlan]).encoded() == bytes)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains("\"location\":\"/backups/avaolo.dump\""), "slashes stay as they are")
        #expect(text.hasPrefix("{\"_type\":\"https://in-toto.io/Statement/v1\",\"predicate\":{\"configuration\":"))
        #expect(text.contains("\"started\":\"2026-11-23T04:12:07.250Z\""))
    }

    @Test func aNumberThatIsNoneIsAnErrorAndNoReport() {
        var report = Report.sample()
        report.phases[0].seconds = .nan
        #expect(throws: StatementError.self) { try Statement(report: report, configuration: []).encoded() }
    }

    // MARK: Newer and damaged statements

    @Test("A newer report with fields unknown here stays readable") func ignoresUnknownFields() throws {
        let statement = Statement(report: .sample(), configuration: [samplePlan])
        var object = try #require(try JSONSerialization.jsonObject(with: Data(statement.encoded())) as? [String: Any])
        object = try #require(addingUnknownFields(to: object) as? [String: Any])
        let newer = Array(try JSONSerialization.data(withJSONObject: object))
        #expect(try newer.count > statement.encoded().count + 300)
        #expect(try Statement(decoding: newer) == statement)
    }

    private func addingUnknownFields(to value: Any) -> Any {
        switch value {
        case let object as [String: String]: object
        case let object as [String: Any]:
            object.mapValues(addingUnknownFields).merging(["fromTheFuture": ["x": [1, 2]]]) { old, _ in old }
        case let list as [Any]: list.map(addingUnknownFields)
        default: value
        }
    }

    @Test(arguments: [
        ("\"_type\":\"https://in-toto.io/Statement/v1\",", "", "`_type` is missing"),
        ("\"whyThisOne\":\"the newest of 3\"", "\"why\":1", "`predicate.drill.backup.whyThisOne` is missing"),
        ("\"bytes\":1234567890", "\"bytes\":\"many\"", "`predicate.drill.backup.bytes` is not a number"),
        (
            "\"rows\":10000", "\"rows\":-0.5",
            "it is not complete, well-formed JSON, or a number in it does not fit its field"
        ),
        ("\"verdict\":\"passed\"", "\"verdict\":\"good\"", "`predicate.drill.verdict` has a value it cannot have"),
        ("\"signed\":true", "\"signed\":null", "`predicate.drill.signed` is not true or false"),
        ("\"plan\":\"avaolo-weekly\"", "\"plan\":null", "`predicate.drill.plan` is null"),
        (
            "\"started\":\"2026-11-23T04:12:07.250Z\"", "\"started\":\"yesterday\"",
            "`predicate.drill.started` has a value it cannot have: \"yesterday\" is not a time"
        ),
        ("\"phases\":[", "\"phases\":{},\"x\":[", "`predicate.drill.phases` is not a list"),
        ("\"subject\":[{", "\"subject\":[[{", "it is not complete, well-formed JSON"),
    ])
    func namesTheFieldThatIsWrong(_ part: String, _ replacement: String, _ message: String) throws {
        let text = String(
            decoding: try Statement(report: .sample(), configuration: [samplePlan]).encoded(), as: UTF8.self)
        let damaged = text.replacing(part, with: replacement)
        #expect(damaged != text)
        let problem = #expect(throws: VerificationError.Problem.self) {
            try Statement(decoding: Array(damaged.utf8))
        }
        guard case .malformed(let error) = problem else {
            Issue.record("\(String(describing: problem))")
            return
        }
        #expect(error.description.hasPrefix(message))
    }
}
