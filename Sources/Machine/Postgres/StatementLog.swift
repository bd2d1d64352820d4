import CLibPQ
import Logging

private let log = Logger(label: "sql")

extension Connection {
    /// Runs `body`, which sends a statement, and logs the statement's name before it and how it ended after it.
    /// - Throws: what `body` throws.
    func logged<Result>(_ sql: String, _ body: () throws -> Result) throws -> Result {
        guard log.logLevel <= .debug else { return try body() }
        let session = (try? pointer()).map { String(PQbackendPID($0)) } ?? "closed"
        log.debug("session \(session): \(statementName(of: sql))")
        let began = ContinuousClock.now
        do {
            let result = try body()
            log.trace("session \(session): done after \((ContinuousClock.now - began).inSeconds)")
            return result
        } catch {
            log.debug("session \(session): \(reason(for: error)) after \((ContinuousClock.now - began).inSeconds)")
            throw error
        }
    }

    /// Logs that the connection is open.
    func logOpened(_ connection: OpaquePointer) {
        log.debug("session \(PQbackendPID(connection)): connected to \(target.description)")
    }

    /// How a statement failed. The server's message is left out, as it may quote a row.
    private func reason(for error: any Error) -> String {
        switch error {
        case let error as PostgresError:
            switch error {
            case .server(let error), .refused(let error): "SQLSTATE \(error.sqlState)"
            case .connectionLost: "the connection was lost"
            case .deadlineExceeded: "cancelled at its deadline"
            case .cannotConnect, .unexpectedAnswer, .badConnectionString, .noClientLibrary: "not answered as expected"
            }
        case is CancellationError: "cancelled"
        default: "failed"
        }
    }
}

extension Duration {
    /// For a line of a log.
    fileprivate var inSeconds: String {
        let milliseconds = Int64(self / .milliseconds(1))
        let rest = String(milliseconds % 1000)
        return "\(milliseconds / 1000).\(String(repeating: "0", count: 3 - rest.count))\(rest) s"
    }
}
