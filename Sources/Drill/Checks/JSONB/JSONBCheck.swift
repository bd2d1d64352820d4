import Causes
import Findings
import PlanFile
import Postgres

/// Can every JSON value be read, and is it what it should be?
struct JSONBCheck: Check {
    static let description = CheckDescription(
        id: .jsonb,
        asks: "Can every json and jsonb value be read, and is it what the plan says?",
        covers: """
            Every value of every json and jsonb column, arrays and domains of them too, is fetched (TOAST included) and \
            decoded from end to end. Where the plan says so: the type of each value, and jsonpath predicates that each \
            satisfies.
            """,
        doesNotCover: "What the values mean, beyond the plan's predicates. JSON kept in text columns.",
        notRun: "the database has no JSON columns",
        example: """
            fields.coordinates:
              type: object
              every:
                - '$.type == "Polygon"'
            """)

    static func demands(of node: PlanNode) throws(PlanError) -> [ColumnName: JSONBExpectation]? {
        try node.byColumn(JSONBExpectation.init)
    }

    func questions(about table: Table, in context: CheckContext) -> [ScanQuestion] {
        table.columns.filter(\.isJSON).flatMap { column in
            [Self.decode(column)] + demands(on: column, of: table, in: context).map(\.broken)
        }
    }

    func findings(in context: CheckContext, _ answers: ScanAnswers) async throws -> [Finding] {
        var findings: [Finding] = []
        var seen: Set<ColumnName> = []
        for table in context.catalogue.tables where !table.isPartition {
            let leaves = context.catalogue.leaves(of: table)
            for column in table.columns.filter(\.isJSON) {
                let name = ColumnName(table: table.name, name: column.name)
                seen.insert(name)
                findings.append(decoded(name, column, leaves, answers, in: context))
                for demand in demands(on: column, of: table, in: context) {
                    findings.append(satisfied(name, column, demand, leaves, answers, in: context))
                }
            }
        }
        let expectations = context.expectations.of(Self.self)
        findings += expectations.names().subtracting(seen).sorted().flatMap { name in
            expectations.on(name).map { Self.absent(name, $0.basis, in: context) }
        }
        return findings
    }

    private static func absent(_ name: ColumnName, _ basis: Basis, in context: CheckContext) -> Finding {
        Finding(
            absent: name.description, id: id, basis: basis, expected: "a JSON column",
            observed: "no such column",
            reason:
                "\(basis.source) names this column, and the restored database has no JSON column by that name\(basis.ifWritten("; see whether the plan spells it right"))",
            in: context)
    }

    // MARK: Decoding

    /// Counts the values, and cannot do so without decoding each. A hash of jsonb is made of everything in it, in half the
    /// time that its text takes (measured); json is text already, so it is parsed again.
    static func decode(_ column: Column) -> ScanQuestion {
        switch column.type {
        case "json": ScanQuestion(aggregate: "count((\(column.sql)::text)::json)")
        case "jsonb": ScanQuestion(aggregate: "count(pg_catalog.jsonb_hash_extended(\(column.sql), 0))")
        case "json[]": ScanQuestion(aggregate: "count((\(column.sql)::text)::json[])")
        default: ScanQuestion(aggregate: "count(\(column.sql)::text)")
        }
    }

    private func decoded(
        _ name: ColumnName, _ column: Column, _ leaves: [Table], _ answers: ScanAnswers, in context: CheckContext
    ) -> Finding {
        do throws(PostgresError) {
            let values = try answers.sum(Self.decode(column), over: leaves)
            return Finding(
                id: Self.id, subject: name.description, status: .passed, basis: .rule, expected: "every value decodes",
                observed: counted(values, "value decoded", "values decoded"))
        } catch {
            return Finding(
                inconclusive: Self.id, subject: name.description, basis: .rule, expected: "every value decodes",
                because: error, in: Circumstances(reading: column, in: context))
        }
    }

    // MARK: What is demanded of a column

    private struct Demand {
        let basis: Basis
        let words: String
        /// Counts the rows that do not satisfy it.
        let broken: ScanQuestion

        init(_ basis: Basis, _ words: String, brokenBy condition: String) {
            self.basis = basis
            self.words = words
            broken = ScanQuestion(aggregate: "count(*) FILTER (WHERE \(condition))")
        }
    }

    private func demands(on column: Column, of table: Table, in context: CheckContext) -> [Demand] {
        let root = context.catalogue.root(of: table)
        let value = column.type == "jsonb" ? column.sql : "\(column.sql)::jsonb"
        let typeof = column.type == "json" ? "json_typeof(\(column.sql))" : "jsonb_typeof(\(value))"
        let name = ColumnName(table: root.name, name: column.name)
        return context.expectations.of(Self.self).on(name).flatMap { expectation in
            let type = expectation.demand.type.map { type in
                Demand(
                    expectation.basis, "every value is of type \(type.rawValue)",
                    brokenBy: "\(typeof) <> \(quoteLiteral(type.rawValue))")
            }
            let paths = expectation.demand.every.map { path in
                Demand(
                    expectation.basis, "every value satisfies \(path)",
                    brokenBy: "\(column.sql) IS NOT NULL AND (\(value) @@ \(quoteLiteral(path))::jsonpath) IS NOT TRUE")
            }
            return [type].compactMap { $0 } + paths
        }
    }

    private func satisfied(
        _ name: ColumnName, _ column: Column, _ demand: Demand, _ leaves: [Table],
        _ answers: ScanAnswers, in context: CheckContext
    ) -> Finding {
        do throws(PostgresError) {
            let broken = try answers.sum(demand.broken, over: leaves)
            var finding = Finding(
                id: Self.id, subject: name.description, status: .passed, basis: demand.basis, expected: demand.words,
                observed: broken == 0 ? "all do" : counted(broken, "value does not", "values do not"))
            if broken > 0 {
                finding.status = .failed
                finding.reason = "values of this column are not what \(demand.basis.source) says"
                finding.cause = demand.basis.fault
            }
            return finding
        } catch PostgresError.server(let error)
            where ["22", "42"].contains(error.sqlState.family)
            && decoded(name, column, leaves, answers, in: context).status == .passed
        {
            // Every value can be read, so it is the question that is wrong: a jsonpath that cannot be parsed, or json
            // that jsonb does not take.
            return Finding(
                senselessQuestion: Self.id, subject: name.description, basis: demand.basis, expected: demand.words,
                observed: PostgresError.server(error).description,
                lookAt: "\(demand.basis.source)'s type and jsonpath")
        } catch {
            return Finding(
                inconclusive: Self.id, subject: name.description, basis: demand.basis, expected: demand.words,
                because: error)
        }
    }
}
