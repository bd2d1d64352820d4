import Causes
import Findings
import PlanKeys
import Postgres

extension CheckID {
    package static let definitions = CheckID("definitions")
}

/// Is each table defined as it was when a drill passed?
struct DefinitionsCheck: Check {
    static let description = CheckDescription(
        id: .definitions,
        asks: "Is each table and materialized view defined as in the last drill of this plan that passed?",
        covers: """
            Where the plan asks for history: columns with their types, collations and defaults, constraints, indexes, \
            triggers, policies, parents and partition keys of each table, and whether it is UNLOGGED; query, columns and indexes of each materialized \
            view, as the server prints them. What changed is told; with \(PlanKey.historyDefinitions): fail, it fails. A materialized \
            view that is gone fails, and one that has fewer rows than \(PlanKey.historyMayFall) lets it have.
            """,
        doesNotCover: """
            What changed in a table: the report of a drill keeps a digest of each definition. Views that are not materialized, functions and other objects. \
            Drills on two major versions of PostgreSQL, which print definitions differently, are not compared.
            """,
        notRun: "the plan asks for no history, or no drill of it has passed that kept the definitions of tables",
        needsPlan: true)

    typealias Demands = [TableName: DefinitionExpectation]

    func findings(in context: CheckContext, _ answers: ScanAnswers) async throws -> [Finding] {
        // Also without anything to compare with: a report that cannot keep them for the next drill says so.
        guard let definitions = try context.definitions?.get() else { return [] }
        let expectations = context.expectations.of(Self.self)
        var findings: [Finding] = []
        for based in expectations { findings += compare(based, with: definitions, in: context) }
        return findings
    }

    private func compare(
        _ based: Based<Demands>, with definitions: TableDefinitions, in context: CheckContext
    ) -> [Finding] {
        var changed: [Finding] = []
        var others = 0
        var since: String?
        var compared = 0
        for (name, expectation) in based.demand.sorted(by: { $0.key < $1.key }) {
            if let view = expectation.view {
                changed += view.findings(about: name, definitions.views, based.basis, in: context)
            }
            // A table that is gone, or locked, is told by row-counts.
            guard let digest = definitions[name], expectation.isComparable(on: context.serverVersion) else { continue }
            since = expectation.since
            compared += 1
            if digest != expectation.digest {
                others += 1
                changed.append(
                    finding(about: name, expectation, based.basis, lacks: context.machineLacksSomething))
            }
        }
        guard let since else { return changed }
        let all = Finding(
            id: Self.id, subject: "tables", status: .passed, basis: based.basis, expected: "as in \(since)",
            observed: "\(counted(compared, "table")), \(others) changed")
        return [all] + changed
    }

    private func finding(
        about name: TableName, _ expectation: DefinitionExpectation, _ basis: Basis, lacks: Bool
    ) -> Finding {
        let told = "a column, a constraint, an index, a trigger, a policy or the query of a view is not as it was"
        let expected = "as in \(expectation.since)"
        guard expectation.rule == .fail else {
            return Finding(
                id: Self.id, subject: name.description, status: .passed, basis: basis, expected: expected,
                observed: "another definition", reason: told)
        }
        let rule = cause(
            of: .definedOtherwise, while: .checking, in: Circumstances(machineLacksSomething: lacks),
            about: "definitions of \(name)")
        return Finding(
            id: Self.id, subject: name.description, status: rule.status, basis: basis, expected: expected,
            observed: "another definition", reason: rule.cause == .backup ? told : rule.reason,
            cause: rule.cause == .backup ? basis.fault : rule.cause)
    }
}

extension SQLFile {
    static var definitions: SQLFile { SQLFile(PackageResources.definitions_sql) }
}
