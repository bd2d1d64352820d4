import Findings
import Postgres

/// One thing to ask the restored database: a scan of a table for all checks, or a probe of one.
enum CheckJob: Sendable {
    case scan(TableScan)
    /// By the id of its check.
    case probe(CheckID, Probe)

    enum Answer: Sendable {
        case scan(TableScan, [ScanQuestion: ScanAnswers.Answer])
        case probe([Finding])
    }

    struct Key: ExactlyNamed {
        /// Nil for a scan.
        let check: CheckID?
        let thing: [String]

        var nameParts: [String] { [check?.rawValue ?? ""] + thing }
    }

    var key: Key {
        switch self {
        case .scan(let scan): Key(check: nil, thing: ["\(scan.table.oid)"])
        case .probe(let check, let probe): Key(check: check, thing: probe.key)
        }
    }

    /// How much it reads, roughly.
    var bytes: Int64 {
        switch self {
        case .scan(let scan): scan.table.bytes
        case .probe(_, let probe): probe.bytes
        }
    }

    var comesFirst: Bool {
        switch self {
        case .scan: false
        case .probe(_, let probe): probe.comesFirst
        }
    }

    var needs: Needs {
        switch self {
        case .scan(let scan): .reading([scan.table])
        case .probe(_, let probe): probe.needs
        }
    }

    /// Asks over the next free connection. Errors of the server are answers, too.
    /// - Throws: when it was interrupted.
    func ask(over connections: ConnectionPool, deadline: Duration, emit: CheckEventSink) async throws -> Answer {
        try await connections.with { connection in
            let session = Session(connection: connection, deadline: deadline)
            switch self {
            case .scan(let scan):
                emit(.asking(scan.table.name.description))
                return .scan(scan, try await scan.answers(over: session))
            case .probe(let check, let probe):
                emit(.asking("\(check) \(probe.subject)"))
                return .probe(try await probe.findings(of: check, over: session))
            }
        }
    }
}

extension Probe {
    /// Asks, and says how long that took.
    fileprivate func findings(of check: CheckID, over session: Session) async throws -> [Finding] {
        let start = ContinuousClock.now
        var findings: [Finding]
        do {
            findings = try await find(session)
        } catch let error as PostgresError {
            findings = [
                Finding(inconclusive: check, subject: subject, basis: basis, expected: expected, because: error)
            ]
        }
        if findings.count == 1 { findings[0].seconds = (ContinuousClock.now - start) / .seconds(1) }
        return findings
    }
}
