import Evidence
import Foundation
import Postgres
import Scratch
import SystemPackage
import TestSupport
import Testing

/// Runs the steps of a case, one after the other, on a desk. An expectation that does not hold is an issue at its line, and
/// the steps go on; a step that cannot be done ends the case.
final class ScenarioRunner {
    let desk: Desk
    private let scenario: Scenario
    /// Where databases are made; nil when no step makes one.
    let server: ScratchServer?
    private(set) var connections: [String: String] = [:]
    /// The file of each table of the server that was copied last, below its data directory.
    var relationFiles: [String: String] = [:]
    private(set) var last: LastRun?
    /// The report that a run wrote last, relative to the desk.
    private var report: String?

    /// What came of the last run.
    struct LastRun {
        let outcome: Program.Outcome
        /// The files of the reports that it wrote, relative to the desk.
        let reports: [String]
        /// What it made or removed below the desk, but for reports.
        let changes: [String]
    }

    /// - Throws: ``ScenarioError`` when the case is not written as it must be.
    static func run(_ scenario: Scenario) async throws {
        let steps = try scenario.steps.get()
        let needsServer = steps.contains { if case .makeDatabase = $0.action { true } else { false } }
        guard needsServer else {
            return try await withDesk { try await ScenarioRunner(scenario, $0, nil).run(steps) }
        }
        try await TestServer.with { server in
            try await withDesk { try await ScenarioRunner(scenario, $0, server).run(steps) }
        }
    }

    private init(_ scenario: Scenario, _ desk: Desk, _ server: ScratchServer?) {
        self.scenario = scenario
        self.desk = desk
        self.server = server
    }

    private func run(_ steps: [Step]) async throws {
        for step in steps {
            let location = SourceLocation(
                fileID: "CommandTests/\(scenario.file)", filePath: ScenarioFile.path(scenario.file).string,
                line: step.line, column: 1)
            do {
                if case .run(let program, let arguments, let environment) = step.action {
                    try await run(program, arguments, environment, location)
                } else if step.action.isExpectation {
                    try await check(step.action, location)
                } else {
                    try await prepare(step.action)
                }
            } catch {
                Issue.record(error, "\(scenario.file):\(step.line)", sourceLocation: location)
                return
            }
        }
    }

    // MARK: What is run

    private func run(
        _ name: String, _ arguments: [String], _ environment: [String: String], _ location: SourceLocation
    ) async throws {
        var words: [String] = []
        for argument in arguments { words.append(try await fill(argument)) }
        var values: [String: String] = [:]
        for (name, value) in environment { values[name] = try await fill(value) }
        let before = try files()
        let outcome =
            name == "pgassay"
            ? try await desk.pgassay(words, environment: values)
            : try await Program(try Self.find(name)).run(
                words, in: desk.root, environment: desk.environment(values))
        #expect(!outcome.timedOut, "it did not come to its end", sourceLocation: location)
        let after = try files()
        let goesOn = words.first == "export" && !["get", "verify"].contains(words.dropFirst().first)
        // Two files of a ledger say how far it is; the history of the keys gets more lines.
        for (file, state) in before where name == "pgassay" && state != nil && !Self.isReplaced(file) {
            // An export that goes on replaces its manifest, and one that is written anew its slices too.
            if goesOn, let place = file.split(separator: "/").first, before["\(place)/manifest.dsse.json"] != nil {
                continue
            }
            #expect(after[file] == state, "it changed \(file)", sourceLocation: location)
        }
        let new = Set(after.keys).subtracting(before.keys).filter { !Desk.isOfLedger($0) }
        let reports = new.filter { $0.hasPrefix("reports/") }.sorted()
        if reports.count == 1 { report = reports[0] }
        last = LastRun(
            outcome: outcome, reports: reports,
            changes: (new.filter { !$0.hasPrefix("reports/") } + Set(before.keys).subtracting(after.keys)).sorted())
    }

    private static func isReplaced(_ name: String) -> Bool {
        Desk.isOfLedger(name)
            && ["head", "checkpoint", KeyHistory.fileName].contains(FilePath(name).lastComponent?.string)
    }

    /// A program of the system.
    private static func find(_ name: String) throws -> FilePath {
        let places = ["/usr/bin", "/bin"].map { FilePath($0).appending(name) }
        guard let found = places.first(where: { FileManager.default.isExecutableFile(atPath: $0.string) }) else {
            throw ScenarioRunError(problem: "there is no program \(name)")
        }
        return found
    }

    /// What is below the desk, but for what is in the directory of scratch servers. Files have a state; directories have none.
    private func files() throws -> [String: FileStates?] {
        var states: [String: FileStates?] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: desk.root.string)
        where name != "s" && !name.hasPrefix("s/") {
            // Strings: a FilePath is put together slowly in a debug build, and there are thousands of files.
            let file = "\(desk.root.string)/\(name)"
            var isDirectory: ObjCBool = false
            let isThere = FileManager.default.fileExists(atPath: file, isDirectory: &isDirectory)
            states[name] = .some(isThere && isDirectory.boolValue ? nil : try FileStates(of: FilePath(file)))
        }
        return states
    }

    // MARK: Names

    /// A file by its name in the scenario.
    func path(_ name: String) async throws -> FilePath { desk.root.pushing(FilePath(try await fill(name))) }

    /// Puts values where names stand in braces.
    func fill(_ text: String) async throws -> String {
        var filled = text.replacing("{here}", with: desk.root.string)
        for (name, connection) in connections { filled = filled.replacing("{\(name)}", with: connection) }
        if filled.contains("{report}") {
            guard let report else {
                throw ScenarioRunError(problem: "no run has written a report, or one wrote several")
            }
            filled = filled.replacing("{report}", with: report)
        }
        while let match = filled.firstMatch(of: /\{file of ([a-z]+)\}/) {
            guard let file = relationFiles[String(match.1)] else {
                throw ScenarioRunError(problem: "no server that was copied has a table \(match.1)")
            }
            filled.replaceSubrange(match.range, with: file)
        }
        while let match = filled.firstMatch(of: /\{postgres ([0-9]+)\}/) {
            let directory = try await TestServer.installation(major: Int(match.1)).directory
            filled.replaceSubrange(match.range, with: directory.string)
        }
        return filled
    }

    func connect(_ name: String, to connection: String) { connections[name] = connection }
}

/// A step that cannot be done.
struct ScenarioRunError: Error, CustomStringConvertible {
    let problem: String

    var description: String { problem }
}
