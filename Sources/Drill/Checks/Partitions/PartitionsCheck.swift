import Findings
import Foundation
import PlanFile
import Postgres

extension CheckID {
    package static let partitions = CheckID("partitions")
}

/// Is there a partition for every row that should have one?
struct PartitionsCheck: Check {
    static let description = CheckDescription(
        id: .partitions,
        asks: "Is there a partition for every row, up to the time that the plan names?",
        covers: """
            Partitioned tables, each level of them by itself. By range: whether each partition begins where the one before \
            it ends, compared in the key's own types and order. By hash: whether every remainder has its partition. Rows in \
            the default partition are counted. A gap or a missing remainder is a hazard of the source, which the backup only \
            repeats: it fails where the plan says gaps: fail. Where the plan says so: that the default partition is empty, and that there \
            is a partition for a time after the backup.
            """,
        doesNotCover: """
            Values that no partition of a list takes. Whether partitions before the first or behind the last one are missing, \
            where the plan names no time. Whether a row is in the right partition.
            """,
        notRun: "the database has no partitioned tables",
        example: """
            conversations: { ahead: 7d, default: empty, gaps: fail }
            archive.days: { gaps: allowed }
            """)

    static func demands(of node: PlanNode) throws(PlanError) -> [TableName: PartitionExpectation]? {
        try node.byTable(PartitionExpectation.init)
    }

    func questions(about table: Table, in context: CheckContext) -> [ScanQuestion] {
        table.isPartition ? [RowCountsCheck.rows] : []
    }

    func findings(in context: CheckContext, _ answers: ScanAnswers) async throws -> [Finding] {
        let tables = try PartitionedTable.all(await context.query(SQLFile.partitions.text))
        let ranges = tables.map(RangeTable.init)
        let asked = ranges.indices.filter { ranges[$0].queries != nil }
        let breaks = Dictionary(
            uniqueKeysWithValues: zip(
                asked, try await context.query(each: asked.compactMap { ranges[$0].queries?.breaks })))
        var findings = absent(among: tables, in: context)
        for (index, table) in tables.enumerated() {
            switch table.strategy {
            case .range: findings.append(gaps(in: ranges[index], breaks[index], in: context))
            case .hash: findings.append(remainders(of: table, in: context))
            case .list where table.defaultPartition == nil:
                findings.append(Self.finding(about: table, .notRun, reason: "a list of values shows no gaps"))
            case .list: break
            }
            findings += rowsInDefault(of: table, in: context, answers)
            findings += try await ahead(ranges[index], in: context)
        }
        return findings
    }

    private static func finding(
        about table: PartitionedTable, _ status: CheckStatus = .passed, basis: Basis? = .rule, expected: String? = nil,
        observed: String? = nil, reason: String? = nil
    ) -> Finding {
        Finding(
            id: id, subject: table.name.description, status: status, basis: basis, expected: expected,
            observed: observed, reason: reason)
    }

    private func absent(among tables: [PartitionedTable], in context: CheckContext) -> [Finding] {
        let present = Set(tables.map(\.name))
        let expectations = context.expectations.of(Self.self)
        return expectations.names().subtracting(present).sorted().flatMap { name in
            expectations.on(name).map { Self.absent(name, $0.basis, in: context) }
        }
    }

    private static func absent(_ name: TableName, _ basis: Basis, in context: CheckContext) -> Finding {
        Finding(
            absent: name.description, id: id, basis: basis, expected: "a partitioned table",
            observed: context.catalogue.table(name) == nil ? "no such table" : "it is not partitioned",
            reason:
                "\(basis.source) names this table, and the restored database has no partitioned table by that name\(basis.ifWritten("; see whether the plan spells it right"))",
            in: context)
    }

    // MARK: By range

    /// A table with what can be asked about its bounds.
    private struct RangeTable {
        let table: PartitionedTable
        let bounds: [RangeBound]
        /// Nil where it is not divided by range, has no partitions, or cannot be asked about.
        let queries: RangeQueries?

        init(_ table: PartitionedTable) {
            self.table = table
            let partitions = table.strategy == .range ? table.bounded : []
            bounds = partitions.compactMap { RangeBound(parsing: $0.bound) }
            let isReadable = !partitions.isEmpty && bounds.count == partitions.count
            queries = isReadable ? RangeQueries(table, bounds) : nil
        }
    }

    private static let noGaps = "no gaps"

    private func gaps(
        in range: RangeTable, _ breaks: Result<[Row], PostgresError>?, in context: CheckContext
    ) -> Finding {
        let table = range.table
        guard !table.bounded.isEmpty else {
            return Self.finding(
                about: table, .notRun, expected: Self.noGaps, reason: "it has no partitions to compare with each other")
        }
        guard let breaks else {
            return Self.finding(
                about: table, .notRun, expected: Self.noGaps,
                reason: "values of its key cannot be written down in SQL, so its bounds cannot be compared")
        }
        do throws(PostgresError) {
            return finding(about: range, try breaks.get().map(Break.init), in: context)
        } catch {
            return Finding(
                inconclusive: Self.id, subject: table.name.description, basis: .rule, expected: Self.noGaps,
                because: error)
        }
    }

    /// Two partitions in a row that do not meet, by position.
    private struct Break {
        let before: Int
        let behind: Int
        let isOverlap: Bool

        init(_ row: Row) throws(PostgresError) {
            before = try row.need("a")
            behind = try row.need("b")
            isOverlap = try row.need("overlaps")
        }
    }

    private func finding(about range: RangeTable, _ breaks: [Break], in context: CheckContext) -> Finding {
        let table = range.table
        guard !breaks.isEmpty else {
            return Self.finding(
                about: table, expected: Self.noGaps, observed: "\(counted(table.bounded.count, "partition")), no gaps")
        }
        let words = breaks.map { found in
            found.isOverlap
                ? "\(table.bounded[found.before].name) and \(table.bounded[found.behind].name) overlap"
                : "from \(RangeBound.text(range.bounds[found.before].upper)) to \(RangeBound.text(range.bounds[found.behind].lower))"
        }
        let more = words.count > 3 ? ", and \(words.count - 3) more" : ""
        let observed = words.prefix(3).joined(separator: ", ") + more
        if !breaks.contains(where: \.isOverlap) {
            let expectations = context.expectations.of(Self.self).on(table.name)
            if let allowance = expectations.first(where: { $0.demand.gaps == .allowed }) {
                return Self.finding(
                    about: table, basis: allowance.basis, expected: "gaps are allowed", observed: observed)
            }
            let rule = expectations.first { $0.demand.gaps == .fail }.map { Based($0.basis, HazardRule.fail) }
            if table.defaultPartition != nil, rule == nil {
                return Self.finding(
                    about: table, expected: Self.noGaps, observed: observed,
                    reason: "the default partition takes the rows that belong there")
            }
            return incomplete(
                table, expected: Self.noGaps, observed: observed,
                reason:
                    "the source cannot take rows that belong there: add the partitions; if the gaps are intended, set gaps: allowed in the plan",
                rule: rule, in: context)
        }
        return Finding(
            absent: table.name.description, id: Self.id, basis: .rule, expected: Self.noGaps, observed: observed,
            reason:
                "two partitions claim the same rows, which PostgreSQL never allows: the catalogue is damaged, or the order of the key's values is another one on this machine",
            in: context)
    }

    /// A table that lacks a partition: a hazard of the source, unless this machine may be why one is missing.
    private func incomplete(
        _ table: PartitionedTable, expected: String, observed: String, reason: String, rule: Based<HazardRule>?,
        in context: CheckContext
    ) -> Finding {
        context.machineLacksSomething
            ? Finding(
                absent: table.name.description, id: Self.id, basis: .rule, expected: expected, observed: observed,
                reason: reason, in: context)
            : Finding(
                hazard: table.name.description, id: Self.id, expected: expected, observed: observed, reason: reason,
                rule: rule)
    }

    // MARK: By hash

    private func remainders(of table: PartitionedTable, in context: CheckContext) -> Finding {
        let expected = "a partition for every remainder"
        let bounds = table.bounded.compactMap { HashBound(parsing: $0.bound) }
        guard !bounds.isEmpty, bounds.count == table.bounded.count else {
            return Self.finding(
                about: table, .notRun, expected: expected,
                reason: bounds.isEmpty ? "it has no partitions" : "its bounds are written in a way that is not known")
        }
        let taken = HashBound.taken(bounds)
        let observed = "\(taken.remainders) of \(counted(taken.of, "remainder"))"
        guard taken.remainders < taken.of else {
            return Self.finding(about: table, expected: expected, observed: observed)
        }
        let rule = context.expectations.of(Self.self).on(table.name).first { $0.demand.gaps == .fail }
        return incomplete(
            table, expected: expected, observed: observed,
            reason: "the source cannot take rows with the other remainders: add the missing partitions",
            rule: rule.map { Based($0.basis, .fail) }, in: context)
    }

    // MARK: The default partition

    /// One finding for each expectation that it is empty, or one that tells how many rows are in it.
    private func rowsInDefault(
        of table: PartitionedTable, in context: CheckContext, _ answers: ScanAnswers
    ) -> [Finding] {
        let expectations = context.expectations.of(Self.self).on(table.name).filter { $0.demand.default == .empty }
        let bases: [Basis?] = expectations.isEmpty ? [nil] : expectations.map(\.basis)
        return bases.compactMap { rowsInDefault(of: table, emptyBy: $0, in: context, answers) }
    }

    /// - Parameter basis: of the expectation that there is no row in it; nil where nothing is expected.
    private func rowsInDefault(
        of table: PartitionedTable, emptyBy basis: Basis?, in context: CheckContext, _ answers: ScanAnswers
    ) -> Finding? {
        let expected = basis == nil ? nil : "no rows in the default partition"
        guard let partition = table.defaultPartition else {
            return basis == nil
                ? nil : Self.finding(about: table, basis: basis, expected: expected, observed: "no default partition")
        }
        guard let root = context.catalogue.table(partition.name) else {
            return Self.finding(
                about: table, .notRun, basis: basis, expected: expected,
                reason: "the rows of the default partition \(partition.name) are on another server")
        }
        do throws(PostgresError) {
            let rows = try answers.sum(RowCountsCheck.rows, over: context.catalogue.leaves(of: root))
            var finding = Self.finding(
                about: table, basis: basis, expected: expected,
                observed: "\(counted(rows, "row")) in the default partition")
            if let basis, rows > 0 {
                finding.status = .failed
                finding.reason = "no other partition took these rows when they were added"
                finding.cause = basis.fault
            }
            return finding
        } catch {
            return Finding(
                inconclusive: Self.id, subject: table.name.description, basis: basis, expected: expected,
                because: error)
        }
    }

    // MARK: The coming period

    private func ahead(_ range: RangeTable, in context: CheckContext) async throws -> [Finding] {
        var findings: [Finding] = []
        for expectation in context.expectations.of(Self.self).on(range.table.name) {
            guard let ahead = expectation.demand.ahead else { continue }
            findings.append(try await finding(about: range, Based(expectation.basis, ahead), in: context))
        }
        return findings
    }

    private func finding(
        about range: RangeTable, _ expectation: Based<Duration>, in context: CheckContext
    ) async throws -> Finding {
        let (basis, ahead) = (expectation.basis, expectation.demand)
        let table = range.table
        let time = context.backupTime?.addingTimeInterval(ahead / .seconds(1))
        let expected = "a partition for \(time.map { "\(iso($0)), " } ?? "")\(HumanText.text(ahead)) after the backup"
        func inconclusive(_ reason: String) -> Finding {
            var finding = Self.finding(
                about: table, .inconclusive, basis: basis, expected: expected, reason: reason)
            finding.cause = .environment
            return finding
        }
        guard table.strategy == .range, table.keys.count == 1, table.keys[0].isTime else {
            return inconclusive("its partitions are not ranges of one column of times: look at \(basis.source)'s ahead")
        }
        guard let time else { return inconclusive("the backup does not say when it was taken") }
        let isCovered: Bool
        do {
            isCovered =
                if let queries = range.queries {
                    try await context.query(queries.covers(time))[0].need("covers")
                } else { false }
        } catch let error as PostgresError {
            return Finding(
                inconclusive: Self.id, subject: table.name.description, basis: basis, expected: expected,
                because: error)
        }
        guard !isCovered else {
            return Self.finding(about: table, basis: basis, expected: expected, observed: "there is one")
        }
        return Finding(
            absent: table.name.description, id: Self.id, basis: basis, expected: expected,
            observed: "there is none",
            reason: table.defaultPartition == nil
                ? "from then on rows cannot be added: the job that makes new partitions has not run"
                : "from then on rows land in the default partition: the job that makes new partitions has not run",
            in: context)
    }
}
