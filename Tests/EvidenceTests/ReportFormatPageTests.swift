import Findings
import Foundation
import Testing

@testable import Evidence
@testable import Report

/// The page on the format knows every field there is.
struct ReportFormatPageTests {
    @Test func everyFieldIsExplained() async throws {
        let page = try String(decoding: packageRoot.appending("docs/report-format.md").contents(), as: UTF8.self)
        var fields: Set<String> = []
        var report = Report.sample(checks: [.sample(.failed, cause: .backup)])
        report.approval = ["operator", "reviewer"]
        report.followsUp = [
            Report.FollowUp(
                annotation: String(repeating: "ef", count: 32), report: report.id, check: CheckID("row-counts"),
                subject: "public.farmers", status: .passed, closed: true)
        ]
        report.backup.databases = ["avaolo"]
        report.checks[0].database = "avaolo"
        var statement = Statement(report: report, configuration: [samplePlan])
        statement.predicate.configuration[0].uri = "file:///plan.yaml"
        statement.predicate.drill.cause = .backup
        statement.predicate.drill.checks[0].seconds = 1
        statement.predicate.drill.checks[0].gap = .skipped
        statement.predicate.drill.objectives.backupAge?.target = 1
        collect(from: try JSONSerialization.jsonObject(with: Data(StatementJSON.encode(statement))), into: &fields)
        let envelope = try await Envelope(statement: [], signer: SigningKey.generate())
        collect(from: try JSONSerialization.jsonObject(with: Data(envelope.encoded())), into: &fields)
        #expect(fields.count > 60, "the sample has every field")
        for field in fields {
            #expect(page.contains(try Regex("[`.]\(field)`")), "`\(field)` is not explained")
        }
    }

    /// Field names, without the keys of dictionaries whose keys are data.
    private func collect(from value: Any, into fields: inout Set<String>) {
        switch value {
        case let object as [String: Any]:
            for (name, value) in object {
                fields.insert(name)
                if ["extensions", "weakenedSettings"].contains(name) { continue }
                collect(from: value, into: &fields)
            }
        case let list as [Any]:
            for element in list { collect(from: element, into: &fields) }
        default: break
        }
    }
}
