import Backup
import Checks
import Findings
import Report

/// A question of the command that cannot be asked, or that is not answered with true or false.
package struct QuestionMistake: Mistake {
    /// The finding about it.
    private let finding: Finding
    /// The tables of the backup that was asked.
    private let tables: [String]

    init(_ finding: Finding, _ report: Report) {
        self.finding = finding
        // A table in public is mostly written without its schema.
        tables = report.tables.filter { $0.database == finding.database }.flatMap {
            $0.schema == "public" ? [$0.name] : ["\($0.schema).\($0.name)"]
        }
    }

    package var description: String {
        // A hint of the server ends with a full stop of its own.
        var observed = finding.observed ?? finding.reason ?? ""
        if observed.hasSuffix(".") { observed.removeLast() }
        let place = finding.database.map { " in the database \($0)" } ?? ""
        let which = finding.database == nil ? "" : " If it is of another database, name that with --database."
        guard observed.contains("SQLSTATE") else {
            return """
                --expect (\(finding.subject))\(place) gives \(observed), and must give true or false, as SELECT count(*) > 0 FROM t \
                does. Correct it; no backup was judged by it.\(which)
                """
        }
        guard let missing = observed.firstMatch(of: /relation \x22([^\x22]+)\x22 does not exist/).map({ String($0.1) })
        else {
            return
                "--expect (\(finding.subject)) cannot be asked\(place): \(observed). Correct it; no backup was judged by it.\(which)"
        }
        return """
            --expect (\(finding.subject)) cannot be asked\(place): \(observed).\(didYouMean(missing, among: tables)) Correct it; no backup \
            was judged by it. If the table may be missing in some backups, ask for that: --expect \
            "SELECT to_regclass('\(missing)') IS NOT NULL".\(which)
            """
    }
}

extension Report {
    /// The findings about questions of a command.
    func answers(to questions: [SQLExpectation]) -> [Finding] {
        let names = Set(questions.map(\.name))
        return checks.filter { $0.id == .sql && names.contains($0.subject) }
    }
}

extension Plan {
    /// Adds a question of the day: a query whose single value must be true. The report's configuration has it, too.
    package mutating func expect(_ query: String) {
        let name = "expect-\((allChecks.map(\.sql.count).max() ?? 0) + 1)"
        var question = SQLExpectation(name: name, query: query, equals: .truth(true))
        question.isOfCommand = true
        checks.sql.append(question)
        for index in databaseChecks.indices { databaseChecks[index].checks?.sql.append(question) }
        note("--expect \(name): \(query)")
    }
}
