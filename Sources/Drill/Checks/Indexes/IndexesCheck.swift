import Causes
import Findings
import PlanFile
import Postgres

extension CheckID {
    package static let indexes = CheckID("indexes")
}

/// Do indexes and tables hold together, page by page?
struct IndexesCheck: Check {
    static let description = CheckDescription(
        id: .indexes,
        asks: "Is every index sorted correctly, does it agree with its table, and is no page of a table damaged?",
        covers: """
            With PostgreSQL's own amcheck: every B-tree index of tables and materialized views, its order and structure, and \
            that every row is in it; every page, row header and value stored out of line of every table; GIN indexes from \
            PostgreSQL 18 on. Of a physical copy, the system's own tables and B-tree indexes as well. Indexes that the plan names must be there and be valid.
            """,
        doesNotCover: """
            Indexes of other kinds. Whether an expression in an index still gives what it \
            gave at the source: the restore has built the index anew.
            """,
        notRun: "the database has no indexes, and no table with rows",
        example: """
            expected: [farmers_name_idx, crm.orders_customer_idx]
            """)

    /// The keys that a plan can have here.
    static let keys = ["expected"]

    /// Reads `indexes: { expected: [farmers_name_idx, crm.farmers_name_idx] }`.
    static func demands(of node: PlanNode) throws(PlanError) -> [TableName]? {
        try node.mapping(allowed: keys)["expected"]?.indexNames()
    }

    func probes(in context: CheckContext) async throws -> [Probe] {
        let indexes = try await TableIndex.all(in: context).filter { $0.isValid && !$0.isPartitioned }
        let tables = context.catalogue.tables.filter { !$0.isPartitioned && $0.bytes > 0 }
        if indexes.isEmpty, tables.isEmpty { return [] }
        let limits = try await CopyLimits(in: context)
        switch try await Amcheck.find(in: context) {
        case .ready(let amcheck):
            return indexes.compactMap { probe(about: $0, with: amcheck, limits, in: context) }
                + (amcheck.has(.rows) ? tables.map { probe(about: $0, with: amcheck, in: context) } : [])
                + unknown(to: amcheck, of: indexes, tables, in: context)
                + (context.contents.isPhysicalCopy ? [SystemTables(amcheck: amcheck).probe(of: Self.id)] : [])
        case .unavailable(let reason):
            return [Probe("database", needs: .everything) { _ in [Self.notRun("database", reason)] }]
        }
    }

    func tidyUp(in context: CheckContext) async throws {
        try await Amcheck.remove(in: context)
    }

    private static func notRun(_ subject: String, _ reason: String) -> Finding {
        Finding(id: id, subject: subject, status: .notRun, basis: .rule, gap: .lacking, reason: reason)
    }

    // MARK: Indexes

    /// What a physical copy brings that indexes are not to be blamed for.
    private struct CopyLimits {
        /// By oid: text is ordered by another version of a library here.
        var indexesOfOtherCollation: Set<Int64> = []
        /// Tables that prepared transactions have locked against writers, and so against a lock against writers.
        var tablesLockedAgainstWriters: Set<TableName> = []

        init() {}

        init(in context: CheckContext) async throws {
            guard context.contents.isPhysicalCopy else { return }
            for collation in try await OrderingCollation.all(in: context) where collation.isOutdated {
                indexesOfOtherCollation.formUnion(collation.dependents)
            }
            tablesLockedAgainstWriters = try await context.connections.with {
                try await PreparedLocks.read(over: $0).written
            }
        }
    }

    /// - Returns: nil for a kind of index that amcheck does not know.
    private func probe(
        about index: TableIndex, with amcheck: Amcheck, _ limits: CopyLimits, in context: CheckContext
    ) -> Probe? {
        let relation = "index => \(index.oid)::pg_catalog.oid::pg_catalog.regclass"
        let (call, expected): (String, String)
        switch index.accessMethod {
        case "btree":
            let function = limits.tablesLockedAgainstWriters.contains(index.table) ? Amcheck.Function.levels : .tree
            call = amcheck.call(function, "\(relation), heapallindexed => true")
            expected = "in order, and every row is in it"
        case "gin" where amcheck.has(.gin):
            call = amcheck.call(.gin, relation)
            expected = "in order"
        default: return nil
        }
        let note =
            limits.tablesLockedAgainstWriters.contains(index.table)
            ? "a prepared transaction has locked the table, so the levels of the index are not compared" : nil
        var circumstances = Circumstances()
        circumstances.collationDiffers = limits.indexesOfOtherCollation.contains(index.oid)
        // A materialized view is no table, and when it is filled is not known.
        let needs = context.catalogue.table(index.table).map { Needs.locking([$0]) } ?? .everything
        return Probe(
            index.name.description, key: index.name.nameParts, needs: needs, bytes: index.bytes, expected: expected
        ) { [circumstances] session in
            var finding = Finding(
                id: Self.id, subject: index.name.description, status: .passed, basis: .rule, expected: expected,
                observed: "as expected", reason: note)
            do {
                _ = try await session.readingAsRestored { try await $0.query("SELECT \(call)") }
            } catch PostgresError.server(let error) where ["XX001", "XX002"].contains(error.sqlState.rawValue) {
                let rule = Causes.cause(of: MetError(.checking, .server(error)), in: circumstances)
                finding.status = rule.status
                finding.observed = "SQLSTATE \(error.sqlState)"
                // What a function of the backup says may quote a row.
                let words = error.context == nil ? ": \(error.message)" : ""
                finding.reason =
                    rule.cause == .backup
                    ? "the index is damaged, or its expressions or operators are not what they were\(words)"
                    : "\(rule.reason)\(words)"
                finding.cause = rule.cause
            }
            return [finding]
        }
    }

    // MARK: Tables

    private static let sound = "0 problems in its pages"

    private func probe(about table: Table, with amcheck: Amcheck, in context: CheckContext) -> Probe {
        let relation = "relation => \(table.oid)::pg_catalog.oid::pg_catalog.regclass"
        // What a message says of one place, it says of many: numbers tell them apart.
        let sql = """
            SELECT count(*) AS problems,
                   (pg_catalog.array_agg(DISTINCT pg_catalog.regexp_replace(p.msg, '[0-9]+', 'N', 'g')))[1:3] AS kinds
            FROM \(amcheck.call(.rows, "\(relation), check_toast => true")) p
            """
        var probe = Probe(
            table.name.description, key: table.name.nameParts, needs: .reading([table]), bytes: table.bytes,
            expected: Self.sound
        ) { session in
            var finding = Finding(
                id: Self.id, subject: table.name.description, status: .passed, basis: .rule, expected: Self.sound)
            do {
                let row = try await session.query(sql)[0]
                let problems = try row.need("problems", as: Int64.self)
                finding.observed = counted(problems, "problem")
                if problems > 0 {
                    let kinds = try row.need("kinds", as: [String].self).joined(separator: "; ")
                    finding.status = .failed
                    finding.reason = "the table is damaged: \(kinds)"
                    finding.cause = .backup
                }
            } catch let error as PostgresError where error.sqlState?.rawValue == "0A000" {
                finding.status = .notRun
                finding.reason = "amcheck cannot check how this table stores its rows"
            }
            return [finding]
        }
        probe.comesFirst = context.contents.isPhysicalCopy
        return probe
    }

    // MARK: What amcheck does not know

    private func unknown(
        to amcheck: Amcheck, of indexes: [TableIndex], _ tables: [Table], in context: CheckContext
    ) -> [Probe] {
        let indexes = indexes.filter { probe(about: $0, with: amcheck, CopyLimits(), in: context) == nil }
        var unknown = Dictionary(grouping: indexes, by: \.accessMethod).sorted { $0.key < $1.key }.map {
            (subject: $0.key, words: counted($0.value.count, "\($0.key) index", "\($0.key) indexes"))
        }
        if !amcheck.has(.rows), !tables.isEmpty { unknown.append(("tables", counted(tables.count, "table"))) }
        return unknown.map { subject, words in
            let reason = "\(words): amcheck of PostgreSQL \(context.serverVersion.major) cannot check them"
            return Probe(subject, needs: .everything) { _ in [Self.notRun(subject, reason)] }
        }
    }

    // MARK: Indexes that must be there

    private static let valid = "a valid index"

    func findings(in context: CheckContext, _ answers: ScanAnswers) async throws -> [Finding] {
        let expected = context.expectations.of(Self.self).oneByOne()
        if expected.isEmpty { return [] }
        let indexes = Dictionary(
            try await TableIndex.all(in: context).map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        return expected.map { expectation in
            let (basis, name) = (expectation.basis, expectation.demand)
            guard let index = indexes[name] else {
                return Finding(
                    absent: name.description, id: Self.id, basis: basis, expected: Self.valid,
                    observed: "no such index",
                    reason:
                        "\(basis.source) expects this index, and the backup does not have it\(basis.ifWritten(", unless the plan names it wrongly"))",
                    in: context)
            }
            guard index.isValid else {
                return Finding(
                    absent: name.description, id: Self.id, basis: basis, expected: Self.valid, observed: "invalid",
                    reason: index.isPartitioned
                        ? "some partition has no such index" : "its creation was not finished", in: context)
            }
            return Finding(
                id: Self.id, subject: name.description, status: .passed, basis: basis, expected: Self.valid,
                observed: "valid")
        }
    }
}
