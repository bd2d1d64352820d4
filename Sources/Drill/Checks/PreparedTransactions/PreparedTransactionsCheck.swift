import Causes
import Findings
import Foundation
import PlanFile
import Postgres

extension CheckID {
    package static let preparedTransactions = CheckID("prepared-transactions")
}

/// Has the copy brought transactions that nobody has decided on?
struct PreparedTransactionsCheck: Check {
    static let description = CheckDescription(
        id: .preparedTransactions,
        asks: "Does the copy hold transactions that were prepared for two-phase commit, and not decided on?",
        covers: """
            Every prepared transaction of the recovered server, with its owner, its age and the tables that it has locked. \
            Their rows are in the copy and nobody sees them; their locks stay, and VACUUM keeps all that is younger, until \
            somebody commits them or rolls them back. One that was prepared shortly before the end of the copy is told; one \
            that is older has been forgotten, and the drill cannot tell whether its rows count.
            """,
        doesNotCover: "Whether to commit them or to roll them back, which only their transaction manager knows.",
        notRun: "the backup is a dump, which holds what was committed and nothing else")

    private static let subject = "server"
    private static let expected = "none older than 5 minutes"
    /// A transaction manager decides in seconds.
    private static let patience: TimeInterval = 300
    /// So many are named one by one, and so many tables of each.
    private static let named = 20

    func findings(in context: CheckContext, _ answers: ScanAnswers) async throws -> [Finding] {
        guard context.contents.isPhysicalCopy else { return [] }
        let own = try await context.connections.with { $0.target.database ?? "" }
        let rows = try await context.query(SQLFile.preparedTransactions.text).filter {
            context.tells(of: try $0.need("database", as: String.self), in: own)
        }
        if rows.isEmpty {
            return [
                Finding(
                    id: Self.id, subject: context.databases.isEmpty ? Self.subject : "database", status: .passed,
                    basis: .rule, expected: Self.expected,
                    observed: "none at all")
            ]
        }
        let end = [context.backupTime, context.recoveredUpTo].compactMap { $0 }.max()
        var findings = try rows.prefix(Self.named).map { try finding(about: $0, end) }
        if rows.count > Self.named {
            findings[Self.named - 1].reason? += "; and \(rows.count - Self.named) younger ones"
        }
        return findings
    }

    private func finding(about row: Row, _ end: Date?) throws -> Finding {
        let prepared = Date(timeIntervalSince1970: try row.need("prepared", as: Double.self))
        let age = end.map { max(0, $0.timeIntervalSince(prepared)) }
        var finding = Finding(
            id: Self.id, subject: "transaction \(try row.need("gid", as: String.self))", status: .passed,
            basis: .rule, expected: Self.expected,
            observed: """
                prepared by \(try row.need("owner", as: String.self)) in \(try row.need("database", as: String.self)) at \
                \(iso(prepared))\(age.map { ", \(HumanText.text(.seconds(Int($0)))) before the end of the copy" } ?? "")
                """)
        let tables = try row.need("tables", as: [String].self)
        let locks =
            tables.isEmpty
            ? ""
            : "; it has locked \(tables.prefix(Self.named).joined(separator: ", "))\(tables.count > Self.named ? ", …" : "")"
        let advice = "COMMIT PREPARED or ROLLBACK PREPARED ends it, here and after a real recovery\(locks)"
        if let age, age <= Self.patience {
            finding.reason = "it was being decided on when the copy was made: \(advice)"
        } else {
            let rule = Causes.cause(of: .preparedTransaction, while: .checking)
            finding.status = rule.status
            finding.cause = rule.cause
            finding.reason = "\(rule.reason); \(advice)"
        }
        return finding
    }
}

extension SQLFile {
    static var preparedTransactions: SQLFile { SQLFile(PackageResources.prepared_transactions_sql) }
}
