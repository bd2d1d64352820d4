import Causes
import Findings
import Foundation
import Physical
import Postgres
import Scratch

/// How far a recovery came.
struct RecoveryOutcome: Sendable {
    /// Time of the last commit that was replayed; nil if none was.
    let commit: Date?
    /// Up to where the log was replayed; nil if none was.
    let position: LogPosition?
    let finding: Finding

    /// Asks a server that has recovered.
    init(_ setting: RecoverySetting, over connection: Connection) async throws {
        let row = try await connection.query(
            """
            SELECT pg_catalog.pg_last_wal_replay_lsn()::text AS position,
                extract(epoch FROM pg_catalog.pg_last_xact_replay_timestamp())::float8 AS commit
            """)[0]
        position = try row.get("position", as: String.self).flatMap { LogPosition($0) }
        commit = try row.get("commit", as: Double.self).map(Date.init(timeIntervalSince1970:))
        finding = Finding(
            id: .recovery, subject: "log", status: .passed, basis: setting.target == .latest ? .rule : .plan,
            expected: setting.target.description,
            observed: [
                position.map { "replayed to \($0)" } ?? "nothing was replayed",
                commit.map { "last commit \($0.formatted(.iso8601))" } ?? "no commit among it",
            ].joined(separator: ", "))
    }

    /// The finding about a target before the end of the backup: the files hold everything that was committed up to that
    /// end.
    static func tooEarly(_ setting: RecoverySetting, backup: Date) -> Finding {
        let rule = Causes.cause(of: .targetTooEarly)
        return Finding(
            id: .recovery, subject: "log", status: rule.status, basis: .plan, expected: setting.target.description,
            observed: "a backup of \(backup.formatted(.iso8601))", reason: rule.reason, cause: rule.cause)
    }

    /// The finding from the log of a server that ended before it accepted connections; nil if its messages are not
    /// about the WAL.
    static func finding(about log: ServerLog, _ setting: RecoverySetting) -> Finding? {
        let tail = log.tail
        let state: (state: DrillState, reason: String)
        if tail.contains("recovery ended before configured recovery target was reached") {
            state = (.targetNotReached, "the log ends before the target")
        } else if tail.contains("requested recovery stop point is before consistent recovery point") {
            state = (.targetTooEarly, "")
        } else if [
            "could not locate required checkpoint record", "could not locate a valid checkpoint record",
            "could not find redo location", "invalid redo in checkpoint record",
            "unexpected record type found at redo point",
            "WAL ends before end of online backup", "WAL ends before consistent recovery point",
        ].contains(where: tail.contains) {
            state = (.logMissing, "")
        } else {
            return nil
        }
        let rule = Causes.cause(of: state.state)
        let position = tail.firstMatch(of: /redo done at ([0-9A-F]+\/[0-9A-F]+)/).map { "replayed to \($0.1)" }
        let commit = tail.firstMatch(of: /last completed transaction was at log time ([0-9-]+ [0-9:.]+\S*)/)
            .map { "last commit \($0.1)" }
        return Finding(
            id: .recovery, subject: "log", status: rule.status, basis: .plan, expected: setting.target.description,
            observed: [position, commit].compactMap { $0 }.joined(separator: ", "), reason: rule.reason,
            cause: rule.cause)
    }
}
