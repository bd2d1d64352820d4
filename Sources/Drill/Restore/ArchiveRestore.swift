import Archive
import Backup
import Causes
import Foundation
import Postgres
import Processes
import Scratch
import Synchronization

extension TableOfContents {
    /// Whether a domain gets a constraint behind the data, as one that is NOT VALID does: older rows may break it. It depends on no
    /// table, so several connections of pg_restore would make it before the rows come, and the server would refuse them.
    fileprivate var changesDomainsBehindData: Bool {
        entries.contains { $0.kind == "CHECK CONSTRAINT" && $0.definition.hasPrefix("ALTER DOMAIN ") }
    }
}

/// The results of a restore, apart from the database itself.
struct RestoreOutcome: Sendable {
    var contents: BackupContents
    var problems: [RestoreProblem]
}

extension DumpBackup {
    /// Restores a custom, directory or tar archive with pg_restore.
    func restoreArchive(
        _ contents: TableOfContents, into database: EmptyDatabase, roles: RoleMaker, setting: RestoreSetting,
        progress: RestoreProgress?, emit: @escaping RestoreEventSink
    ) async throws -> RestoreOutcome {
        let foreign = contents.foreignStatements
        if setting.refusesForeignStatements { try contents.refuseForeignStatements() }
        try await roles.make(contents.roles)
        let known = contents.entriesByID
        let total = Int64(contents.entries.count)
        let reader = Mutex(MessageReader())
        let handle = { @Sendable (events: [PgRestoreMessages.Event]) in
            for event in events {
                progress?.note(event)
                switch event {
                case .began(let what):
                    emit(.item(what))
                    emit(.progress(done: min(total, reader.withLock { $0.count() }), total: total, unit: .entries))
                case .launched, .finished: break
                case .problem(let problem): reader.withLock { $0.problems.append(problem) }
                }
            }
        }
        // A tar archive is read in sequence; the other formats can be restored by several connections.
        let parallel = dump.format != .tar && setting.jobs > 1 && !contents.changesDomainsBehindData
        let command = Command(
            database.installation.program("pg_restore"),
            ["--verbose", "--no-password", "--dbname=\(database.target.connectionString)"]
                + (parallel ? ["--jobs=\(setting.jobs)"] : [])
                // Statistics of the source say nothing of a restored copy, and restoring them is code that may be
                // deceived (CVE-2026-16238). Archives of older versions have none.
                + (database.installation.version.major >= 18 ? ["--no-statistics"] : []) + [
                    dump.tree.path.string
                ],
            directory: "/")
        let outcome = try await watchingServer(over: roles.connection, emit: emit) {
            try await database.command(command, reading: dump.tree).run(
                deadline: setting.deadline, onErrorLine: { line in handle(reader.withLock { $0.messages.add(line) }) })
        }
        handle(reader.withLock { $0.messages.finish() })
        if outcome.timedOut { try await endStatements(of: database) }

        let problemsSeen = try await reader.withLock { $0.problems }.completed(by: database.log)
        let explanations = await Explanations(of: database.target, for: problemsSeen, BackupContents(contents))
        let raw = problemsSeen.map {
            explanations.explain($0, table: table(of: $0, known), using: names(of: $0, known))
        }
        var rules = rules(for: database)
        var problems = rules.judge(
            raw, names: raw.isEmpty ? ObjectNames() : contents.objectNames,
            partAlone: BackupContents(contents).partAlone
        ) { subject(of: $0, known) }
        let counted = reader.withLock { $0.messages.ignoredErrors }
        // With parallel workers, pg_restore counts an entry's error twice: in the worker and when the worker comes
        // back.
        if counted > raw.count * (parallel ? 2 : 1) {
            problems.append(
                RestoreProblem(
                    subject: "pg_restore", message: "\(counted) errors, of which \(raw.count) could be read",
                    rule: cause(of: .wordsLost, while: .restoring), losesRows: true))
        }
        problems += Self.problems(
            of: outcome, program: "pg_restore", deadline: setting.deadline, said: problems,
            wentOn: counted > 0)
        let statistics = contents.entries.count { $0.kind == "STATISTICS DATA" }
        if statistics > 0 { problems.append(.statisticsLeftOut(statistics)) }
        return RestoreOutcome(contents: BackupContents(contents), problems: problems + foreign.told)
    }

    /// Ends what the server still does for a pg_restore that was stopped: a server does not look for its client within a
    /// statement, whose locks would hold up every check.
    private func endStatements(of database: EmptyDatabase) async throws {
        try await withConnection(to: database.target) { connection in
            _ = try await connection.query(
                """
                SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity
                WHERE datname = pg_catalog.current_database() AND application_name = 'pg_restore'
                """)
        }
    }

    /// The table, with its schema, whose rows or definition failed.
    private func table(of problem: RawProblem, _ known: EntriesByID) -> String? {
        guard case .entry(let id) = problem.entry, let entry = known[id], entry.kind.hasPrefix("TABLE") else {
            return nil
        }
        return entry.namespace.map { "\($0).\(entry.tag)" } ?? entry.tag
    }

    /// Names of objects in the definition that failed.
    private func names(of problem: RawProblem, _ known: EntriesByID) -> Set<String> {
        guard case .entry(let id) = problem.entry, let entry = known[id] else { return [] }
        return entry.definitionNames
    }

    private func subject(of problem: RawProblem, _ known: EntriesByID) -> String {
        guard case .entry(let id) = problem.entry, let entry = known[id] else { return "the archive" }
        return [entry.kind, entry.namespace.map { "\($0).\(entry.tag)" } ?? entry.tag].joined(separator: " ")
    }

    /// The rules for judging the errors of restoring this dump into a database.
    func rules(for database: EmptyDatabase) -> ProblemRules {
        ProblemRules(
            isNewerThanSource: serverVersion.map { database.serverVersion.major > $0.major } ?? false,
            sortsDifferently: database.sortsDifferently, rolesMade: Set(database.rolesMade.names))
    }

    /// Problems that the exit of a program shows and that its messages do not explain.
    /// - Parameter wentOn: true if the program came to the end of its work; its exit code then only says that there
    ///   were errors.
    static func problems(
        of outcome: Command.Outcome, program: String, deadline: Duration, said: [RestoreProblem], wentOn: Bool = false
    ) -> [RestoreProblem] {
        if outcome.timedOut {
            return [
                RestoreProblem(
                    subject: program, message: "stopped after \(deadline.components.seconds) s, its deadline",
                    rule: cause(of: .programTimedOut, while: .restoring), losesRows: true)
            ]
        }
        if let signal = outcome.signal {
            return [
                RestoreProblem(
                    subject: program, message: "ended by signal \(signal)",
                    rule: cause(of: .programKilled, while: .restoring), losesRows: true)
            ]
        }
        let isExplained = wentOn ? !said.isEmpty : said.contains { $0.judgement.cause != nil }
        guard outcome.exitCode != 0, !isExplained else { return [] }
        return [
            RestoreProblem(
                subject: program, message: outcome.failure, rule: cause(of: .programSilent, while: .restoring),
                losesRows: true)
        ]
    }
}

extension TableOfContents {
    /// - Throws: ``StatementRefused``.
    fileprivate func refuseForeignStatements() throws {
        for entry in entries {
            if let statement = entry.foreignStatement {
                throw StatementRefused(place: entry.place, statement: statement)
            }
        }
    }

    /// The names of all objects in it, and of all that their definitions refer to.
    fileprivate var objectNames: ObjectNames {
        var names = ObjectNames()
        for entry in entries {
            names.formUnion([entry.tag, entry.namespace, entry.owner].compactMap { $0 })
            names.formUnion(entry.definitionNames)
        }
        return names
    }
}

private struct MessageReader {
    var messages = PgRestoreMessages()
    var problems: [RawProblem] = []
    private var begun: Int64 = 0

    mutating func count() -> Int64 {
        begun += 1
        return begun
    }
}
