import Causes
import Findings
import Postgres

/// The system's own tables and indexes, as a physical copy brings them: looked at by amcheck like all others, and told in one
/// finding, as no server has fewer than two hundred of them.
struct SystemTables: Sendable {
    private static let subject = "system tables"
    private static let expected = "0 problems in their pages, and every row in every index"
    /// So many are named.
    private static let named = 5

    let amcheck: Amcheck

    func probe(of check: CheckID) -> Probe {
        Probe(Self.subject, needs: .everything, expected: Self.expected) { try await findings(of: check, over: $0) }
    }

    private func findings(of check: CheckID, over session: Session) async throws -> [Finding] {
        let relations = try await session.query(SQLFile.systemTables.text)
        var damaged: [String] = []
        for row in relations {
            let name: String = try row.need("name")
            let isIndex = try row.need("is_index", as: Bool.self)
            if !isIndex, !amcheck.has(.rows) { continue }
            let relation = "\(try row.need("oid", as: Int64.self))::pg_catalog.oid::pg_catalog.regclass"
            // Not bt_index_parent_check(), whose lock waits for whoever writes, as autovacuum does to pg_statistic.
            let call =
                isIndex
                ? "SELECT \(amcheck.call(.levels, "\(relation), heapallindexed => true"))"
                : "SELECT FROM \(amcheck.call(.rows, "\(relation), check_toast => true")) LIMIT 1"
            do {
                // Of an index, damage is an error; of a table, a row.
                let rows = try await session.query(call)
                if !isIndex, !rows.isEmpty { damaged.append(name) }
            } catch let error as PostgresError {
                guard Causes.cause(of: MetError(.checking, error)).cause == .backup else { throw error }
                damaged.append(name)
            }
        }
        var finding = Finding(
            id: check, subject: Self.subject, status: .passed, basis: .rule, expected: Self.expected,
            observed: damaged.isEmpty
                ? "\(relations.count) tables and indexes are sound" : "\(damaged.count) are damaged")
        if !damaged.isEmpty {
            let names = damaged.prefix(Self.named).joined(separator: ", ") + (damaged.count > Self.named ? ", …" : "")
            finding.status = .failed
            finding.reason = "tables that say what is in the database, or their indexes, are damaged: \(names)"
            finding.cause = .backup
        }
        return [finding]
    }
}

extension SQLFile {
    static var systemTables: SQLFile { SQLFile(PackageResources.system_tables_sql) }
}
