import Backup
import Causes
import Postgres

/// What a database has at the end of its restore, as far as it explains the errors of the restore.
struct Explanations: Sendable {
    private var members = ExtensionMembers()
    private var names = RestoredNames()
    private var conditions = RowConditions()

    /// Asks the database; where there are no errors, nothing is asked.
    /// - Parameter contents: what the backup says it has.
    init(of target: ConnectionTarget, for problems: [RawProblem], _ contents: BackupContents) async {
        let families = Set(problems.compactMap { $0.sqlState?.prefix(2) })
        guard !families.isEmpty else { return }
        do {
            try await withConnection(to: target, settings: ["search_path": ""]) { connection in
                members = try await ExtensionMembers(over: connection)
                if families.contains("42") || families.contains("3F") {
                    names = try await RestoredNames(over: connection, contents)
                }
                if families.contains("23") || families.contains("22") {
                    conditions = try await RowConditions(over: connection)
                }
            }
        } catch {
            // The server is gone: the errors of the restore say so, and nothing more can be known.
        }
    }

    /// The same error, with what explains it.
    /// - Parameters:
    ///   - table: with its schema, whose rows or definition failed; nil where that is not known.
    ///   - used: names of objects in the statement that failed.
    func explain(_ problem: RawProblem, table: String?, using used: @autoclosure () -> Set<String>) -> RawProblem {
        var problem = problem
        problem.isOfExtension = members.include(problem, table: table, using: used())
        if let found = names.find(problem) { (problem.named, problem.explanation) = (found.naming, found.words) }
        if let found = conditions.find(problem, table: table) {
            (problem.dependsOn, problem.explanation) = (found.dependences, found.words)
        }
        return problem
    }
}
