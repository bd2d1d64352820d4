import Findings
import Foundation
import Report
import SystemPackage
import TestSupport
import Testing

/// What came of an inspection that wrote no report.
struct Inspected: Sendable {
    let exitCode: Int32?
    let errors: String
    let verdict: Verdict?
    let checks: [Finding]
    let tables: [Report.Table]

    func findings(_ id: CheckID) -> [Finding] { checks.filter { $0.id == id } }

    var complaints: String {
        checks.filter { $0.status == .failed || $0.status == .inconclusive }
            .map { "\($0.subject) \($0.status): \($0.observed ?? ""): \($0.reason ?? "")" }.joined(separator: "\n")
    }
}

extension Desk {
    /// Inspects a backup. Nothing may have touched it, and nothing is made.
    func inspect(_ subject: FilePath, _ more: [String] = []) async throws -> Inspected {
        struct Summary: Decodable {
            let verdict: Verdict
            let checks: [Finding]
            let tables: [Report.Table]
        }
        let untouched = try FileStates(of: subject)
        let outcome = try await pgassay(["inspect", subject.string, "--format", "json"] + more)
        #expect(try FileStates(of: subject) == untouched, "the backup was touched")
        let summary = try? JSONDecoder().decode(Summary.self, from: Data(outcome.output.utf8))
        return Inspected(
            exitCode: outcome.exitCode, errors: outcome.errors, verdict: summary?.verdict,
            checks: summary?.checks ?? [], tables: summary?.tables ?? [])
    }
}

/// Changes a file for as long as `body` runs.
/// - Parameter change: gets the bytes; nil removes the file.
func damaging<Result>(
    _ file: FilePath, _ change: ((inout Data) -> Void)?, _ body: () async throws -> Result
) async throws -> Result {
    let place = URL(filePath: file.string)
    let whole = try Data(contentsOf: place)
    if let change {
        var bytes = whole
        change(&bytes)
        try bytes.write(to: place)
    } else {
        try FileManager.default.removeItem(at: place)
    }
    let result = try await body()
    try whole.write(to: place)
    return result
}
