import Evidence
import Findings
import Foundation
import Report
import SystemPackage
import TestSupport
import Testing

extension ScenarioRunner {
    /// Compares what came of the last run with what a step expects.
    func check(_ action: Action, _ location: SourceLocation) async throws {
        guard let last else { throw ScenarioRunError(problem: "nothing was run") }
        let outcome = last.outcome
        let said = Comment(rawValue: "stdout:\n\(outcome.output)\nstderr:\n\(outcome.errors)")
        switch action {
        case .exits(let code):
            #expect(outcome.exitCode == code, said, sourceLocation: location)
        case .output(let stream, let condition):
            let text = stream == .stdout ? outcome.output : outcome.errors
            try await check(text, condition, said, location)
        case .wroteReports(let count):
            #expect(last.reports.count == count, said, sourceLocation: location)
        case .wroteNothing:
            #expect(last.reports == [], sourceLocation: location)
            #expect(last.changes == [], sourceLocation: location)
        case .exists(let name, let isThere):
            let file = try await path(name).string
            #expect(FileManager.default.fileExists(atPath: file) == isThere, "\(file)", sourceLocation: location)
        case .permissions(let name, let mode):
            let attributes = try FileManager.default.attributesOfItem(atPath: try await path(name).string)
            #expect(attributes[.posixPermissions] as? Int == mode, sourceLocation: location)
        default:
            guard last.reports.count == 1 else {
                throw ScenarioRunError(problem: "the run wrote \(last.reports.count) reports, not one. \(said)")
            }
            try await check(
                AnyStoredReport(contentsOf: desk.root.pushing(FilePath(last.reports[0]))), outcome, action, location)
        }
    }

    private func check(
        _ text: String, _ condition: TextCondition, _ said: Comment, _ location: SourceLocation
    ) async throws {
        switch condition {
        case .has(let words):
            let words = try await fill(words)
            #expect(text.contains(words), said, sourceLocation: location)
        case .lacks(let words):
            let words = try await fill(words)
            #expect(!text.contains(words), said, sourceLocation: location)
        case .begins(let words):
            let words = try await fill(words)
            #expect(text.hasPrefix(words), said, sourceLocation: location)
        case .isEmpty:
            #expect(text == "", said, sourceLocation: location)
        }
    }

    private func check(
        _ stored: AnyStoredReport, _ outcome: Program.Outcome, _ action: Action, _ location: SourceLocation
    ) async throws {
        let report = stored.content.report
        let drilled = Drilled(outcome: outcome, report: report)
        let complaints = Comment(rawValue: drilled.complaints)
        switch action {
        case .report(let field, let value):
            let value = try await fill(value)
            #expect(Self.value(field, of: report) == value, complaints, sourceLocation: location)
        case .reportLacks(let words):
            let text = String(decoding: stored.statementBytes, as: UTF8.self)
            #expect(!text.contains(words), sourceLocation: location)
        case .rows(let count, let table):
            #expect(drilled.rows[table] == count, complaints, sourceLocation: location)
        case .tables(let count):
            #expect(report.tables.count == count, "\(drilled.rows)", sourceLocation: location)
        case .noPhase(let name):
            #expect(!report.phases.contains { $0.name == name }, complaints, sourceLocation: location)
        case .objective(let name, let outcome):
            let objective = try Self.objective(name, of: report)
            let met: Bool? = outcome == .open ? nil : outcome == .met
            #expect(objective.met == met, complaints, sourceLocation: location)
        case .finding(let pattern, let isThere):
            let here = try await fill("{here}")
            let found = report.checks.contains {
                pattern.matches($0) { $0.replacing("{here}", with: here) }
            }
            #expect(found == isThere, "\(pattern)\n\(complaints)", sourceLocation: location)
        case .complaint(let words):
            let words = try await fill(words)
            #expect(drilled.complaints.contains(words), complaints, sourceLocation: location)
        case .noComplaint:
            #expect(drilled.complaints == "", sourceLocation: location)
        default: throw ScenarioRunError(problem: "\(action) is not looked at")
        }
    }

    private static func value(_ field: ReportField, of report: Report) -> String {
        switch field {
        case .verdict: report.verdict.rawValue
        case .cause: report.cause?.rawValue ?? "none"
        case .format: report.backup.format
        case .compression: report.backup.compression ?? "none"
        case .location: report.backup.location
        case .account: report.environment.account
        case .signed: report.signed ? "yes" : "no"
        }
    }

    private static func objective(_ name: String, of report: Report) throws -> Report.Objective {
        let all = [
            "recoveryTime": report.objectives.recoveryTime, "recoveryPoint": report.objectives.recoveryPoint,
            "backupAge": report.objectives.backupAge,
        ]
        guard let objective = all[name] ?? nil else {
            throw ScenarioRunError(problem: "the report has no objective \(name)")
        }
        return objective
    }
}
