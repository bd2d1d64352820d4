import Evidence
import Findings
import Foundation
import Report
import SystemPackage
import TestSupport
import Testing

/// Where one test runs pgassay: with directories, environment and keys of its own, and nothing of this machine's but
/// its PostgreSQL.
struct Desk: Sendable {
    let root: FilePath

    /// Where drills make their scratch directories.
    var scratch: FilePath { root.appending("s") }
    var reports: FilePath { root.appending("reports") }

    func environment(_ more: [String: String] = [:]) -> [String: String] {
        let ours = ProcessInfo.processInfo.environment
        var environment = ["PATH": "/usr/bin:/bin", "HOME": root.string, "PGASSAY_SCRATCH": scratch.string]
        environment["PGASSAY_CACHE"] = TestServer.cache.directory.string
        // The last is there where `make coverage` counts what runs.
        for name in ["PGASSAY_POSTGRES", "LD_LIBRARY_PATH", "LLVM_PROFILE_FILE"] { environment[name] = ours[name] }
        return environment.merging(more) { $1 }
    }

    /// Runs pgassay to its end.
    func pgassay(_ arguments: [String], environment more: [String: String] = [:]) async throws -> Program.Outcome {
        try await Program.ofThisPackage("pgassay").run(arguments, in: root, environment: environment(more))
    }

    func start(_ arguments: [String], environment more: [String: String] = [:]) throws -> RunningProgram {
        try Program.ofThisPackage("pgassay").start(arguments, in: root, environment: environment(more))
    }

    /// The arguments of a drill without a signature whose report lands in ``reports``.
    func drilling(_ subject: FilePath, _ more: [String] = []) -> [String] {
        ["drill", subject.string, "--unsigned", "--reports", reports.string] + more
    }

    /// Drills, and reads the one report that came of it. Nothing may have touched the backup.
    func drill(
        _ subject: FilePath, _ more: [String] = [], environment: [String: String] = [:]
    ) async throws -> Drilled {
        let before = Set(try names(in: reports))
        let untouched = try FileStates(of: subject)
        let outcome = try await pgassay(drilling(subject, more), environment: environment)
        #expect(try FileStates(of: subject) == untouched, "the backup was touched")
        let new = Set(try names(in: reports)).subtracting(before)
        try #require(new.count == 1, "reports: \(new); it said: \(outcome.errors)")
        return Drilled(
            outcome: outcome, report: try StoredReport(contentsOf: reports.appending(new.first!)).statement.report)
    }

    /// Writes a file for a test to use: a plan, a dump made by hand.
    func file(_ name: String, _ text: String) throws -> FilePath { try file(name, Array(text.utf8)) }

    func file(_ name: String, _ bytes: [UInt8]) throws -> FilePath {
        let file = root.appending(name)
        try Data(bytes).write(to: URL(filePath: file.string))
        return file
    }

    /// A plan for a backup; `rest` is YAML.
    func plan(_ backup: FilePath, following: [FilePath] = [], _ rest: String = "") throws -> FilePath {
        let follow = following.map { "'\($0)'" }.joined(separator: ", ")
        return try file(
            "plan.yaml", "name: test\nbackup: { path: '\(backup)', follow: [\(follow)] }\n\(rest)\n")
    }

    func names(in directory: FilePath) throws -> [String] {
        guard FileManager.default.fileExists(atPath: directory.string) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: directory.string).sorted()
    }

    /// True for what a signed drill, and people, leave besides its report, by its name below the reports or below the desk.
    static func isOfLedger(_ name: String) -> Bool {
        name.hasSuffix(".tlog-proof") || name.hasSuffix(KeyHistory.fileName)
            || StoredAddition.reportName(ofAddition: name) != nil
            || FilePath(name).components.contains("ledger")
    }

    /// No scratch directory, no process and no half-written report.
    func expectNothingLeft(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        #expect(try names(in: scratch) == [], "scratch directories are left", sourceLocation: sourceLocation)
        #expect(try await Dumps.areUntouched, "a backup was touched", sourceLocation: sourceLocation)
        let partial = try names(in: reports).filter {
            // Whole pages are named without a dot before them.
            !$0.hasSuffix(".dsse.json") && !Self.isOfLedger($0) && ($0.hasPrefix(".") || !$0.hasSuffix(".html"))
        }
        #expect(partial == [], "partial reports are left", sourceLocation: sourceLocation)
        // A child that a signal ended may still be ending.
        try await eventually(
            "no process uses \(root)", state: { "\(processes(using: root))" }, { processes(using: root).isEmpty })
    }
}

/// What came of a drill.
struct Drilled: Sendable {
    let outcome: Program.Outcome
    let report: Report

    var exitCode: Int32? { outcome.exitCode }

    func findings(_ id: CheckID) -> [Finding] { report.checks.filter { $0.id == id } }

    /// What did not pass, in words, for the message of a test that fails.
    var complaints: String {
        report.checks.filter { $0.status != .passed && $0.status != .notRun }.map { finding in
            "\(finding.id) \(finding.subject) \(finding.status): \(finding.observed ?? ""): \(finding.reason ?? "")"
        }.joined(separator: "\n")
    }

    /// Rows by table.
    var rows: [String: Int64] {
        Dictionary(uniqueKeysWithValues: report.tables.map { ("\($0.schema).\($0.name)", $0.rows ?? -1) })
    }
}

/// Gives a test its desk, and sees to it that the test leaves nothing behind.
///
/// The path is short: a Unix socket's has 107 bytes at most. Everybody may enter it: servers run as another account.
func withDesk<Result>(
    _ weight: Turn.Weight = .server, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: (Desk) async throws -> Result
) async throws -> Result {
    // Made before the turn begins: who holds a turn must not wait for what others need a turn to make.
    _ = try await Dumps.once.value
    return try await Turn.take(weight) {
        let name = "pgassay-desk-" + String(UInt32.random(in: 0 ... .max), radix: 36)
        let desk = Desk(root: TestDirectory.root.appending(name))
        try FileManager.default.createDirectory(
            atPath: desk.root.string, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
        defer { try? FileManager.default.removeItem(atPath: desk.root.string) }
        let result = try await body(desk)
        try await desk.expectNothingLeft(sourceLocation: sourceLocation)
        return result
    }
}
