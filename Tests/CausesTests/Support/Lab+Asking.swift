import Causes
import Findings
import Postgres
import Restore
import Scratch
import Testing

@testable import Checks

enum RestoreCheckFinding {
    /// What a drill reports of a problem of its restore.
    static func of(_ problem: RestoreProblem) -> Finding { RestoreCheck.finding(about: problem) }
}

extension Lab {
    /// Asks as a check does.
    func asking(
        _ sql: String, _ parameters: [String?] = [], of target: ConnectionTarget? = nil, first setup: String = "",
        deadline: Duration = .seconds(600), in circumstances: Circumstances = Circumstances()
    ) async throws -> [Decided] {
        try await met(in: circumstances) {
            try await withConnection(to: target ?? server.target(database: "shop")) { connection in
                if !setup.isEmpty { try await connection.execute(setup) }
                _ = try await connection.query(sql, parameters, deadline: deadline)
            }
        }
    }

    /// What a check makes of an error.
    func met(
        in circumstances: Circumstances = Circumstances(), _ body: () async throws -> Void
    ) async throws -> [Decided] {
        do {
            try await body()
            return []
        } catch let error as PostgresError {
            let rule = cause(of: MetError(.checking, error), in: circumstances)
            let finding = Finding(inconclusive: "jsonb", subject: "t", because: error, in: circumstances)
            #expect(finding.cause == rule.cause)
            #expect(finding.status == rule.status)
            #expect(finding.reason?.contains(rule.reason) == true)
            return [Decided(rule, says: error.sqlState?.rawValue ?? error.description)]
        }
    }
}
