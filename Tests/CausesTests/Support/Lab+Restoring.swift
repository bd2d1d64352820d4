import Archive
import Backup
import Causes
import Foundation
import Postgres
import Processes
import Scratch
import Synchronization
import SystemPackage
import Testing

@testable import Restore

extension Lab {
    /// Runs statements as a plain dump is restored, in a schema of their own. Roles that they name are not made.
    func restoring(
        _ sql: String, newerThanSource: Bool = false, sortsDifferently: Bool = false, rolesMade: Set<String> = []
    ) async throws -> [Decided] {
        let schema = "lab_" + String(UInt32.random(in: 0 ... .max), radix: 36)
        let dump = try Dump.open(
            .ofBackup(at: try script("CREATE SCHEMA \(schema);\nSET search_path = \(schema);\n\(sql)\n")))
        let progress = try await withConnection(to: server.target(database: "shop")) { connection in
            let run = PlainRun(end: ContinuousClock.now + .seconds(600), refuses: false) { _ in }
            return try await run.restore(dump, over: connection) { _ in }.run.progress
        }
        let explanations = await Explanations(
            of: server.target(database: "shop"), for: progress.raw, progress.contents)
        return decided(
            progress.raw.map { explanations.explain($0, table: $0.table?.label, using: $0.statementNames) },
            ProblemRules(
                isNewerThanSource: newerThanSource, sortsDifferently: sortsDifferently, rolesMade: rolesMade))
    }

    /// Restores a plain dump as it is, without the inspection that finds its flaws first.
    func restoringUninspected(_ path: FilePath) async throws -> [Decided] {
        let dump = try Dump.open(.ofBackup(at: path))
        let problems = try await withConnection(to: server.target(database: "shop")) { connection in
            let run = PlainRun(end: ContinuousClock.now + .seconds(600), refuses: false) { _ in }
            return try await run.restore(dump, over: connection) { _ in }.run.progress.problems
        }
        return problems.compactMap { problem in
            causeTable.first { $0.reason == problem.judgement.reason }.map { Decided($0, says: problem.message) }
        }
    }

    /// Gives an archive to a real pg_restore.
    /// - Parameters:
    ///   - output: an option instead of a new database to restore into.
    ///   - wrapper: a program with arguments that runs pg_restore.
    ///   - program: whose pg_restore; this version's if nil.
    func pgRestore(
        _ dump: FilePath, _ options: [String] = [], output: String? = nil, wrapper: [String] = [],
        of program: Installation? = nil, readsAnyFile: Bool = true
    ) async throws -> [Decided] {
        let output = if let output { output } else { "--dbname=\(try await database().connectionString)" }
        let words =
            wrapper + [(program ?? server.installation).program("pg_restore").string, "--verbose", "--no-password"]
            + [output] + options + [dump.string]
        let command = Command(FilePath(words[0]), Array(words.dropFirst()), directory: "/")
        let reader = Mutex((messages: PgRestoreMessages(), problems: [RawProblem]()))
        let handle = { @Sendable (events: [PgRestoreMessages.Event]) in
            for case .problem(let problem) in events { reader.withLock { $0.problems.append(problem) } }
        }
        let outcome = try await (readsAnyFile ? command : server.fence.asAccount(command)).run(
            deadline: .seconds(600),
            onErrorLine: { line in handle(reader.withLock { $0.messages.add(line) }) })
        handle(reader.withLock { $0.messages.finish() })
        let problems = try await reader.withLock { $0.problems }.completed(by: server.log)
        return decided(problems, ProblemRules()) + ended(outcome, isExplained: !problems.isEmpty)
    }

    /// What the end of a program comes to.
    func ended(_ outcome: Command.Outcome, isExplained: Bool = false) -> [Decided] {
        DumpBackup.problems(of: outcome, program: "a program", deadline: .seconds(600), said: [], wentOn: false)
            .filter { _ in !isExplained }
            .compactMap { Decided(RestoreCheckFinding.of($0)) }
    }

    private func decided(_ problems: [RawProblem], _ rules: ProblemRules) -> [Decided] {
        var rules = rules
        return problems.map { Decided(rules.judge($0), says: $0.sqlState ?? $0.message) }
    }
}
