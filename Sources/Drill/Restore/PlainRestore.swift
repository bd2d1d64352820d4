import Archive
import Backup
import Causes
import Compression
import Foundation
import Postgres
import SystemPackage

extension DumpBackup {
    /// Restores a plain dump: its statements go to the server one by one, its rows as the data of their COPY. Commands
    /// of psql's in it, which could run programs on this machine, do not run.
    /// - Throws: ``StatementRefused`` if the plan refuses what the dump holds; `CancellationError`, ``PostgresError``.
    func restorePlain(
        into database: EmptyDatabase, roles: RoleMaker, setting: RestoreSetting, emit: @escaping RestoreEventSink
    ) async throws -> RestoreOutcome {
        var run = PlainRun(
            end: ContinuousClock.now + setting.deadline, refuses: setting.refusesForeignStatements
        ) { try await roles.make([$0]) }
        let started = run
        let ending = try await watchingServer(over: roles.connection, emit: emit) {
            try await withConnection(to: database.target) { connection in
                try await started.restore(dump, over: connection, emit: emit)
            }
        }
        run = ending.run
        var progress = run.progress
        if ending.isOverdue {
            progress.problems.append(
                RestoreProblem(
                    subject: "the restore",
                    message: "stopped after \(setting.deadline.components.seconds) s, its deadline",
                    rule: cause(of: .programTimedOut, while: .restoring), losesRows: true))
        }
        let explanations = await Explanations(of: database.target, for: progress.raw, progress.contents)
        let raw = progress.raw.map {
            explanations.explain($0, table: ($0.table ?? $0.insertedTable)?.label, using: $0.statementNames)
        }
        var rules = rules(for: database)
        // Flaws of the dump as a whole explain the errors of its statements, so they come first.
        let problems =
            progress.problems
            + rules.judge(raw, names: progress.names, partAlone: progress.contents.partAlone) {
                progress.subject(of: $0)
            }
        return RestoreOutcome(contents: progress.contents, problems: problems + progress.told)
    }
}

/// The plan refuses dumps that hold statements which pg_dump never writes.
package struct StatementRefused: Error, Sendable, Equatable, CustomStringConvertible {
    /// Where it is: a line of a plain dump, or an entry of an archive.
    package let place: String
    package let statement: ForeignStatement

    package var description: String {
        """
        \(place): \(statement.words): \(statement.kind.words). pg_dump never writes this, and the plan refuses it: it did \
        not run
        """
    }
}
