import Findings
import Postgres

extension CheckID {
    package static let upkeep = CheckID("upkeep")
}

/// What could be tidied up at the source? For information: nothing of it is wrong.
struct UpkeepCheck: Check {
    static let description = CheckDescription(
        id: .upkeep,
        asks: "Does the source keep indexes twice or unused, or tables that are mostly empty?",
        covers: """
            For information, and never held against anybody. Indexes of one table that are alike. Of a physical copy besides: \
            tables of 16 MiB and more of which over half is free or dead (with PostgreSQL's own pgstattuple, which looks only \
            where the visibility map does not tell), and indexes that were not used since the statistics began, where the \
            copy brought statistics.
            """,
        doesNotCover: """
            Statistics do not survive a recovery from the log, which every copy of a running server needs. Bloat within \
            indexes. Indexes that are used elsewhere, such as on replicas.
            """,
        notRun: "this cannot be determined here")

    private static let provided = DrillExtension("pgstattuple")
    /// A smaller table is not worth the work.
    private static let large: Int64 = 16 << 20
    /// So many are named.
    private static let named = 20

    // MARK: Indexes

    func findings(in context: CheckContext, _ answers: ScanAnswers) async throws -> [Finding] {
        let alike = try await context.query(SQLFile.upkeep.text).map { row in
            let name = TableName(schema: try row.need("schema"), name: try row.need("table"))
            return "\(name): \(try row.need("indexes", as: [String].self).joined(separator: ", "))"
        }
        return [
            Self.told("indexes", alike, "alike", reason: "duplicate indexes: keep one of each group, drop the rest"),
            try await unused(in: context),
        ]
    }

    /// Counters that a recovery has reset say nothing of the source.
    private func unused(in context: CheckContext) async throws -> Finding {
        guard context.contents.isPhysicalCopy else {
            return Self.notRun("unused indexes", "a dump brings no statistics")
        }
        let isOld: Bool = try await context.query(
            "SELECT coalesce(stats_reset < pg_catalog.pg_postmaster_start_time(), false) FROM pg_catalog.pg_stat_bgwriter"
        )[0].need(at: 0)
        guard isOld else {
            return Self.notRun(
                "unused indexes",
                "the statistics began with the recovery; ask the source: pg_stat_user_indexes, idx_scan = 0")
        }
        let names = try await context.query(
            """
            SELECT s.schemaname || '.' || s.indexrelname AS name
            FROM pg_catalog.pg_stat_user_indexes s JOIN pg_catalog.pg_index i ON i.indexrelid = s.indexrelid
            WHERE s.idx_scan = 0 AND NOT i.indisunique AND i.indisvalid ORDER BY 1
            """
        ).map { try $0.need("name", as: String.self) }
        return Self.told(
            "unused indexes", names, "unused",
            reason: "not used since the statistics of the source began; look at its replicas before you drop one")
    }

    private static func told(_ subject: String, _ names: [String], _ what: String, reason: String) -> Finding {
        let list = names.prefix(named).joined(separator: "; ") + (names.count > named ? "; …" : "")
        return Finding(
            id: id, subject: subject, status: .passed, observed: names.isEmpty ? "none \(what)" : list,
            reason: names.isEmpty ? nil : reason)
    }

    private static func notRun(_ subject: String, _ reason: String, _ gap: Gap = .doesNotApply) -> Finding {
        Finding(id: id, subject: subject, status: .notRun, gap: gap, reason: reason)
    }

    // MARK: Tables

    private static let tables = "tables"

    func probes(in context: CheckContext) async throws -> [Probe] {
        guard context.contents.isPhysicalCopy else { return [] }
        let tables = context.catalogue.tables.filter { !$0.isPartitioned && $0.bytes >= Self.large }
        if tables.isEmpty { return [] }
        switch try await Self.provided.find(in: context) {
        case .unavailable(let reason):
            return [Probe(Self.tables, needs: .everything) { _ in [Self.notRun(Self.tables, reason, .lacking)] }]
        case .ready(let schema):
            return [Probe(Self.tables, needs: .everything) { try await Self.empty(tables, schema, over: $0) }]
        }
    }

    func tidyUp(in context: CheckContext) async throws { try await Self.provided.remove(in: context) }

    private static func empty(_ tables: [Table], _ schema: String, over session: Session) async throws -> [Finding] {
        var found: [String] = []
        do {
            for table in tables {
                let row = try await session.query(
                    """
                    SELECT (dead_tuple_percent + approx_free_percent)::int8 AS percent
                    FROM \(quoteIdentifier(schema)).pgstattuple_approx(\(table.oid)::pg_catalog.oid::pg_catalog.regclass)
                    """)[0]
                let percent = try row.need("percent", as: Int64.self)
                if percent > 50 { found.append("\(table.name): \(percent) %") }
            }
        } catch let error as PostgresError where error.sqlState != nil {
            // Whether a table is damaged is for other checks to say.
            return [notRun(Self.tables, "they cannot be looked at: \(error.description)")]
        }
        return [
            told(
                Self.tables, found, "of 16 MiB and mostly empty",
                reason: "free or dead; VACUUM keeps the room for new rows, VACUUM FULL or pg_repack gives it back")
        ]
    }
}

extension SQLFile {
    static var upkeep: SQLFile { SQLFile(PackageResources.upkeep_sql) }
}
