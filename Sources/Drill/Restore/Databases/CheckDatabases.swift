import Causes
import Findings
import Postgres
import Scratch

/// A server whose databases are all there, and are checked one after the other.
package struct DatabaseServer: Sendable {
    /// For work on the server as a whole.
    let maintenance: ConnectionTarget
    /// How long it is waited for if it starts again after a crash.
    let patience: Duration
    /// What is checked of one of its databases.
    let restored: @Sendable (_ database: String) async throws -> Restored

    package init(
        maintenance: ConnectionTarget, patience: Duration,
        restored: @escaping @Sendable (_ database: String) async throws -> Restored
    ) {
        self.maintenance = maintenance
        self.patience = patience
        self.restored = restored
    }

    /// Runs `body` for the only database that is checked.
    package func checkOne<Result: Sendable>(
        _ database: String, emit: RestoreEventSink, _ body: (Restoring) async throws -> Result
    ) async throws -> [Result] {
        let restored = try await restored(database)
        let result = try await body(
            Restoring(
                target: restored.target, serverVersion: restored.serverVersion, early: nil, restored: { restored }))
        emit(.phase(.teardown))
        return [result]
    }

    /// Runs `body` for each of several databases.
    package func check<Result: Sendable>(
        _ chosen: ChosenDatabases, at target: (String) throws -> ConnectionTarget, _ version: ServerVersion,
        emit: RestoreEventSink, _ body: (Restoring) async throws -> Result
    ) async throws -> [Result] {
        emit(.databases(chosen.checked))
        if !chosen.closed.isEmpty { emit(.told([], chosen.closed.map(Finding.init(closedDatabase:)))) }
        var results: [Result] = []
        for (place, database) in chosen.checked.enumerated() {
            if place > 0, !(await takesConnections(maintenance, patience: patience)) {
                try Task.checkCancellation()
                let last = chosen.checked[place - 1]
                emit(.told([], chosen.checked[place...].map { Finding(notAsked: $0, serverGoneAfter: last) }))
                break
            }
            // An error is one of this database: it is met when the database is waited for.
            let restored = await outcome(of: database)
            var restoring = Restoring(
                target: try target(database), serverVersion: version, early: nil, restored: { try restored.get() })
            restoring.database = database
            results.append(try await body(restoring))
        }
        emit(.phase(.teardown))
        return results
    }

    private func outcome(of database: String) async -> Swift.Result<Restored, any Error> {
        do {
            return .success(try await restored(database))
        } catch {
            return .failure(error)
        }
    }

}

/// Whether a server is there, also if a crash has made it start again.
/// - Parameter patience: how long it is waited for.
func takesConnections(_ maintenance: ConnectionTarget, patience: Duration) async -> Bool {
    let end = ContinuousClock.now + patience
    while true {
        do {
            try await withConnection(to: maintenance) { _ in }
            return true
        } catch PostgresError.refused(let error) where error.isForNow && .now < end && !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(100))
        } catch {
            return false
        }
    }
}

extension Finding {
    /// A database that takes no connections.
    fileprivate init(closedDatabase name: String) {
        self.init(
            id: .drill, subject: "database", status: .notRun, gap: .closed,
            reason: """
                it takes no connections (ALLOW_CONNECTIONS false), so nothing in it was checked: allow connections at the source before the \
                next backup, if it holds data
                """)
        database = name
    }

    /// A database that was to be checked after the server was gone.
    init(notAsked name: String, serverGoneAfter last: String) {
        let rule = Causes.cause(of: .connectionLost)
        self.init(
            id: .drill, subject: "database", status: rule.status, basis: .rule, expected: "a server that can be asked",
            reason: "\(rule.reason): it was gone when \(last) had been checked, so this database was not asked",
            cause: rule.cause)
        database = name
    }
}
