import Findings
import Postgres

extension CheckID {
    package static let visibilityMap = CheckID("visibility-map")
}

/// Does the visibility map say the truth of every page?
struct VisibilityMapCheck: Check {
    static let description = CheckDescription(
        id: .visibilityMap,
        asks: "Are all rows of the pages that are marked all-visible or all-frozen visible, or frozen?",
        covers: """
            With PostgreSQL's own pg_visibility: every page of every table and materialized view of a physical copy, and of \
            what they store out of line. A wrong mark makes index-only scans show rows that are gone, and VACUUM pass over \
            rows until they are lost.
            """,
        doesNotCover: """
            The system's own tables. Pages that could be marked and are not, which only costs time. Tables that another \
            access method than heap stores.
            """,
        notRun: "the backup is a dump, whose visibility maps are made anew, or it has no tables")

    private static let provided = DrillExtension("pg_visibility")

    func probes(in context: CheckContext) async throws -> [Probe] {
        guard context.contents.isPhysicalCopy else { return [] }
        let relations = try await context.query(SQLFile.visibilityMap.text).map { row in
            Relation(
                oid: try row.need("oid"), toast: try row.need("toast"),
                name: TableName(schema: try row.need("schema"), name: try row.need("name")))
        }
        if relations.isEmpty { return [] }
        switch try await Self.provided.find(in: context) {
        case .ready(let schema): return relations.map { probe(about: $0, in: schema, context) }
        case .unavailable(let reason):
            return [
                Probe("database", needs: .everything) { _ in
                    [
                        Finding(
                            id: Self.id, subject: "database", status: .notRun, basis: .rule, gap: .lacking,
                            reason: reason)
                    ]
                }
            ]
        }
    }

    func tidyUp(in context: CheckContext) async throws { try await Self.provided.remove(in: context) }

    private struct Relation {
        let oid: Int64
        /// 0 where it stores nothing out of line.
        let toast: Int64
        let name: TableName
    }

    private static let expected = "no row in a marked page contradicts the mark"
    /// So many blocks are named.
    private static let named = 5

    private func probe(about relation: Relation, in schema: String, _ context: CheckContext) -> Probe {
        let asked = [relation.oid, relation.toast].filter { $0 != 0 }.flatMap { oid in
            ["visible", "frozen"].map { mark in
                """
                SELECT \(oid == relation.toast) AS toast, (t_ctid::text::pg_catalog.point)[0]::int8 AS block
                FROM \(quoteIdentifier(schema)).pg_check_\(mark)(\(oid)::pg_catalog.oid::pg_catalog.regclass)
                """
            }
        }
        let sql = """
            SELECT toast, count(DISTINCT block) AS blocks,
                   (pg_catalog.array_agg(DISTINCT block ORDER BY block))[1:\(Self.named)]::text[] AS first
            FROM (\(asked.joined(separator: " UNION ALL "))) r GROUP BY toast ORDER BY toast
            """
        let table = context.catalogue.table(relation.name)
        return Probe(
            relation.name.description, key: relation.name.nameParts, needs: .everything, bytes: table?.bytes ?? 0,
            expected: Self.expected
        ) { session in
            let parts = try await session.query(sql).map { row in
                let blocks = try row.need("blocks", as: Int64.self)
                let first = try row.need("first", as: [String].self)
                let what = try row.need("toast", as: Bool.self) ? "of what it stores out of line" : "of its own"
                return "\(counted(blocks, "page")) \(what): block \(first.joined(separator: ", "))"
                    + (blocks > Int64(first.count) ? ", …" : "")
            }
            var finding = Finding(
                id: Self.id, subject: relation.name.description, status: .passed, basis: .rule,
                expected: Self.expected, observed: parts.isEmpty ? "none does" : parts.joined(separator: "; "))
            if !parts.isEmpty {
                finding.status = .failed
                finding.reason = """
                    the visibility map is damaged: it marks pages whose rows are not all visible or frozen, so index-only \
                    scans give wrong answers and VACUUM passes over them
                    """
                finding.cause = .backup
            }
            return [finding]
        }
    }
}

extension SQLFile {
    static var visibilityMap: SQLFile { SQLFile(PackageResources.visibility_map_sql) }
}
