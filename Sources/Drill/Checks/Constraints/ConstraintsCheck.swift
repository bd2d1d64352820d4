import Findings
import PlanFile
import Postgres

/// Do the rows satisfy what the database says of them?
struct ConstraintsCheck: Check {
    static let description = CheckDescription(
        id: .constraints,
        asks: "Does every row satisfy its CHECK constraints, is every unique key there once, and is every index valid?",
        covers: """
            Every CHECK constraint of every table, evaluated again over every row, partitions and inheriting tables \
            included. The keys of every unique index, also partial and over expressions, grouped from the table's rows and \
            not from the index. Indexes that PostgreSQL itself holds invalid: a hazard of the source, which the backup only \
            repeats; it fails where the plan says invalid-indexes: fail. Constraints that are NOT VALID or NOT \
            ENFORCED are known at the source and are told, not held against the backup.
            """,
        doesNotCover: """
            NOT NULL, CHECK constraints of domains and of foreign tables, exclusion constraints, unique indexes of materialized \
            views, and those whose operator class compares in another way than its type. Foreign keys are asked about by \
            foreign-keys.
            """,
        notRun: "the database has neither CHECK constraints nor indexes",
        example: """
            invalid-indexes: fail
            """)

    /// What is said about invalid indexes.
    typealias Demands = HazardRule

    static let keys = ["invalid-indexes"]

    static func demands(of node: PlanNode) throws(PlanError) -> HazardRule? {
        try node.mapping(allowed: keys)["invalid-indexes"]?.choice(HazardRule.self)
    }

    func questions(about table: Table, in context: CheckContext) -> [ScanQuestion] {
        table.checks.map(\.broken)
    }

    func probes(in context: CheckContext) async throws -> [Probe] {
        try await TableIndex.all(in: context).compactMap { index in
            guard let key = index.key, index.isValid, let table = context.catalogue.table(index.table),
                !table.isPartitioned, table.bytes > 0
            else { return nil }
            return Probe(
                index.name.description, key: index.name.nameParts, needs: .reading([table]), bytes: table.bytes,
                expected: Self.onlyOnce
            ) { [try await duplicates(of: key, index, in: table, over: $0)] }
        }
    }

    func findings(in context: CheckContext, _ answers: ScanAnswers) async throws -> [Finding] {
        try await checked(in: context, answers) + told(in: context) + validity(in: context)
    }

    // MARK: CHECK constraints

    private static let nothingBroken = "0 rows break it"

    /// Families of errors that come from the server or its machine, and not from the expression of a constraint (PostgreSQL's manual,
    /// appendix A): connection, transaction, resources, limits, objects in use, shutdown, system, internal.
    private static let ofServer: Set = ["08", "25", "40", "53", "54", "55", "57", "58", "XX"]

    /// One finding for each constraint, where it was defined.
    private func checked(in context: CheckContext, _ answers: ScanAnswers) async throws -> [Finding] {
        let all = context.catalogue.tables.flatMap { table in table.checks.map { (table: table, check: $0) } }
        var findings: [Finding] = []
        for (name, parts) in Dictionary(grouping: all, by: \.check.origin).sorted(by: { $0.key < $1.key }) {
            var finding = Finding(
                id: Self.id, subject: name.description, status: .passed, basis: .rule, expected: Self.nothingBroken)
            do {
                var broken: Int64 = 0
                var known: Int64 = 0
                for (table, check) in parts where !table.isPartitioned {
                    let rows = try await self.broken(check, of: table, in: context, answers)
                    if check.isKnownAtSource { known += rows } else { broken += rows }
                }
                finding.observed = counted(broken + known, "row breaks it", "rows break it")
                if broken > 0 {
                    finding.status = .failed
                    finding.reason = "rows of \(name.table) break a constraint that holds for every row at the source"
                    finding.cause = .backup
                } else if known > 0 {
                    finding.hazard = true
                    finding.reason = "known at the source: the constraint is NOT VALID or NOT ENFORCED there"
                }
            } catch let error as PostgresError {
                if let state = error.sqlState, !Self.ofServer.contains(state.family),
                    parts.contains(where: \.check.isKnownAtSource)
                {
                    finding.status = .notRun
                    finding.reason = """
                        the source did not check every row against this constraint (NOT VALID or NOT ENFORCED), and here its \
                        expression raises an error for some row: SQLSTATE \(state)
                        """
                } else {
                    finding = Finding(
                        inconclusive: Self.id, subject: name.description, basis: .rule, expected: Self.nothingBroken,
                        because: error)
                }
            }
            findings.append(finding)
        }
        return findings
    }

    /// How many rows of a table break a constraint. What seems broken is counted again when all rows are there, in the
    /// time zone that they were restored in: a constraint may depend on either, though it should not.
    private func broken(
        _ check: CheckConstraint, of table: Table, in context: CheckContext, _ answers: ScanAnswers
    ) async throws -> Int64 {
        do throws(PostgresError) {
            if try answers.number(check.broken, of: table) == 0 { return 0 }
        } catch {
            guard error.sqlState != nil else { throw error }
        }
        return try await context.connections.with { connection in
            try await Session(connection: connection, deadline: context.deadline).readingAsRestored {
                try await $0.query("SELECT \(check.broken.aggregate) FROM \(table.sql)")[0].need(at: 0)
            }
        }
    }

    /// Constraints of other kinds that the source does not vouch for.
    private func told(in context: CheckContext) async throws -> [Finding] {
        try await context.query(SQLFile.constraints.text).map { row in
            let of = TableName(schema: try row.need("schema"), name: try row.need("of"))
            return Finding(
                id: Self.id, subject: "\(of).\(try row.need("name", as: String.self))", status: .passed, basis: .rule,
                expected: "validated", observed: "not validated",
                reason: "known at the source: the constraint is NOT VALID or NOT ENFORCED there")
        }
    }

    // MARK: Indexes

    private func validity(in context: CheckContext) async throws -> [Finding] {
        let indexes = try await TableIndex.all(in: context)
        let invalid = indexes.filter { !$0.isValid }
        let rule = context.expectations.of(Self.self).first
        let findings = invalid.map { index in
            Finding(
                hazard: index.name.description, id: Self.id, expected: "a valid index", observed: "invalid",
                reason: index.isPartitioned
                    ? "some partition has no such index: create it there, and attach it"
                    : "its creation was not finished at the source, so no query may use it: drop it, or REINDEX it",
                rule: rule)
        }
        let valid = Finding(
            id: Self.id, subject: "indexes", status: .passed, basis: .rule, expected: "every index is valid",
            observed: "\(indexes.count - invalid.count) are")
        return findings + (invalid.count < indexes.count ? [valid] : [])
    }

    private static let onlyOnce = "0 duplicate keys"

    private func duplicates(
        of key: UniqueKey, _ index: TableIndex, in table: Table, over session: Session
    ) async throws -> Finding {
        var finding = Finding(
            id: Self.id, subject: index.name.description, status: .passed, basis: .rule, expected: Self.onlyOnce)
        guard key.comparesAsTypes else {
            finding.status = .notRun
            finding.reason = "its operator class compares in a way of its own; this check cannot ask that"
            return finding
        }
        let count = try await session.readingAsRestored(settings: UniqueKey.settings) {
            try await $0.query(key.countDuplicates(in: table))[0].need(at: 0, as: Int64.self)
        }
        finding.observed = counted(count, "duplicate key", "duplicate keys")
        if count > 0 {
            finding.status = .failed
            finding.reason = "several rows of \(table.name) share a key that the index allows only once"
            finding.cause = .backup
        }
        return finding
    }
}

extension SQLFile {
    static var constraints: SQLFile { SQLFile(PackageResources.constraints_sql) }
}
