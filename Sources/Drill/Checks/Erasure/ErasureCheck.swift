import Causes
import Findings
import PlanFile
import PlanKeys
import Postgres
import SystemPackage

extension CheckID {
    package static let erasure = CheckID("erasure")
}

/// Are keys gone that were erased, or does the replay erase them?
struct ErasureCheck: Check {
    static let description = CheckDescription(
        id: .erasure,
        asks: "Are rows gone that had to be forgotten?",
        covers: """
            Every value of the columns that the plan names, of a table, a materialized view, and of what inherits from it, \
            compared with a list of keys or of their salted hashes. With a script to erase them again (apply): how many were \
            there before it ran on the restored copy, and that none is there after it. It runs last: all other checks, and \
            the counts and digests of the report, are of what the backup held.
            """,
        doesNotCover: """
            Columns that the plan does not name: the same person may be in an audit log, in JSON, or in a text. Keys that are \
            written in another form than PostgreSQL prints them (only numbers, UUIDs and booleans are read in any form). Foreign \
            tables. Deleted rows that are in the files until VACUUM has removed them.
            """,
        notRun: "the plan names no keys that were erased (\(PlanKey.checksErasure))",
        example: """
            columns:
              farmers.id: { keys: /etc/pgassay/erased/farmers.txt }
              conversations.farmer_id: { hashes: /etc/pgassay/erased/farmers.sha256, salt: /etc/pgassay/erased/salt }
            apply: /etc/pgassay/erased/replay.sql
            """,
        needsPlan: true)

    static func demands(of node: PlanNode) throws(PlanError) -> ErasureExpectation? { try ErasureExpectation(node) }

    // MARK: Without a replay

    func probes(in context: CheckContext) async throws -> [Probe] {
        context.expectations.of(Self.self).filter { $0.demand.apply == nil }.flatMap { expectation in
            expectation.demand.erasedColumns.map { column in
                Probe(
                    column.name.description, key: column.name.nameParts + [expectation.basis.rawValue],
                    needs: .everything, basis: expectation.basis, expected: Self.expected
                ) { session in
                    do {
                        let sight = try await column.look(over: session)
                        return [Self.finding(about: column, sight, expectation.basis, in: context)]
                    } catch let error as ErasureFileError {
                        return [Self.finding(about: column, error, expectation.basis)]
                    }
                }
            }
        }
    }

    // MARK: With a replay

    func lastly(in context: CheckContext) async throws -> [Finding] {
        var findings: [Finding] = []
        for expectation in context.expectations.of(Self.self) {
            guard let apply = expectation.demand.apply else { continue }
            findings += try await replay(apply, expectation, in: context)
        }
        return findings
    }

    private func replay(
        _ apply: FilePath, _ expectation: Based<ErasureExpectation>, in context: CheckContext
    ) async throws -> [Finding] {
        let (basis, columns) = (expectation.basis, expectation.demand.erasedColumns)
        let before = try await look(at: columns, in: context)
        var replay = Finding(
            id: Self.id, subject: "replay", status: .passed, basis: basis, expected: "runs without an error")
        guard before.allSatisfy({ if case .success = $0 { true } else { false } }) else {
            let rule = Causes.cause(of: .questionOfPlan, while: .checking, about: "\(Self.id) of replay")
            (replay.status, replay.cause) = (rule.status, rule.cause)
            replay.reason = "it was not run, because not every list and column could be read before it"
            return zip(columns, before).map { finding(about: $0, $1, basis, in: context) } + [replay]
        }
        do {
            let script = try ReplayScript(at: apply)
            try await script.run(on: context.connections.with { $0.target }, deadline: context.deadline)
            replay.observed = counted(script.statements, "statement")
        } catch let error as ReplayScript.Refused {
            replay = Self.finding(about: error, replay)
        } catch let error as PostgresError {
            replay = Finding(
                inconclusive: Self.id, subject: "replay", basis: basis, expected: replay.expected, because: error)
        } catch let error as ErasureFileError {
            replay = Self.senseless("replay", basis, replay.expected ?? "", error)
        }
        guard replay.status == .passed else {
            return zip(columns, before).map { finding(about: $0, $1, basis, in: context) } + [replay]
        }
        let after = try await look(at: columns, in: context)
        return zip(columns, zip(before, after)).map { column, sights in
            finding(about: column, sights.1, after: try? sights.0.get(), basis, in: context)
        } + [replay]
    }

    /// Looks at several columns at the same time.
    private func look(
        at columns: [ErasedColumn], in context: CheckContext
    ) async throws -> [Result<ErasedColumn.Sight, any Error>] {
        try await withThrowingTaskGroup(of: (Int, Result<ErasedColumn.Sight, any Error>).self) { group in
            for (index, column) in columns.enumerated() {
                group.addTask {
                    do {
                        let sight = try await context.connections.with { connection in
                            try await column.look(over: Session(connection: connection, deadline: context.deadline))
                        }
                        return (index, .success(sight))
                    } catch let error where error is PostgresError || error is ErasureFileError {
                        return (index, .failure(error))
                    }
                }
            }
            var sights: [Int: Result<ErasedColumn.Sight, any Error>] = [:]
            for try await (index, sight) in group { sights[index] = sight }
            return columns.indices.compactMap { sights[$0] }
        }
    }

    // MARK: Findings

    private static let expected = "none of the keys that were erased"

    /// - Parameter before: what was there before the replay; nil without one, or if it failed.
    private func finding(
        about column: ErasedColumn, _ sight: Result<ErasedColumn.Sight, any Error>,
        after before: ErasedColumn.Sight? = nil,
        _ basis: Basis, in context: CheckContext
    ) -> Finding {
        switch sight {
        case .success(let sight): return Self.finding(about: column, sight, after: before, basis, in: context)
        case .failure(let error as ErasureFileError): return Self.finding(about: column, error, basis)
        case .failure(let error):
            return Finding(
                inconclusive: Self.id, subject: column.name.description, basis: basis, expected: Self.expected,
                because: error as? PostgresError ?? .unexpectedAnswer("\(type(of: error))"))
        }
    }

    private static func finding(
        about column: ErasedColumn, _ sight: ErasedColumn.Sight, after before: ErasedColumn.Sight? = nil,
        _ basis: Basis,
        in context: CheckContext
    ) -> Finding {
        let subject = column.name.description
        func absent(_ what: String) -> Finding {
            Finding(
                absent: subject, id: id, basis: basis, expected: expected, observed: "no such \(what)",
                reason:
                    "\(basis.source) names this column, and the restored database does not have it, so nobody looked for the keys\(basis.ifWritten("; see whether the plan spells it right"))",
                in: context)
        }
        let held: HeldKeys
        switch sight {
        case .noTable: return absent("table")
        case .noColumn: return absent("column")
        case .seen(let seen): held = seen
        }
        var finding = Finding(
            id: id, subject: subject, status: .passed, basis: basis, expected: expected, observed: held.words)
        if case .seen(let earlier) = before {
            finding.observed = "before the replay \(earlier.words); after it \(held.words)"
            if earlier.rows == 0, held.rows == 0 {
                finding.reason =
                    "there was none before the replay either: this backup no longer has these rows, so the replay had nothing to erase here"
            }
        }
        guard held.rows > 0 else { return finding }
        finding.status = .failed
        finding.cause = basis.fault
        finding.reason =
            before == nil
            ? "the restored database has keys that were erased (\(held.places)): after a recovery from this backup, they have to be erased again"
            : "the replay leaves keys that were erased (\(held.places)): mend the script"
        return finding
    }

    private static func finding(about refused: ReplayScript.Refused, _ replay: Finding) -> Finding {
        guard refused.isOfScript else {
            var finding = Finding(
                inconclusive: id, subject: "replay", basis: replay.basis, expected: replay.expected,
                because: .server(refused.error))
            finding.observed = refused.words
            return finding
        }
        let rule = Causes.cause(of: .replayFailed, while: .checking, about: "\(id) of replay")
        var finding = replay
        (finding.status, finding.cause, finding.reason) = (rule.status, rule.cause, rule.reason)
        finding.observed = refused.words
        return finding
    }

    /// A file that could be read before the drill, and cannot be read now.
    private static func finding(about column: ErasedColumn, _ error: ErasureFileError, _ basis: Basis) -> Finding {
        senseless(column.name.description, basis, expected, error)
    }

    private static func senseless(
        _ subject: String, _ basis: Basis, _ expected: String, _ error: ErasureFileError
    ) -> Finding {
        Finding(
            senselessQuestion: id, subject: subject, basis: basis, expected: expected, observed: error.problem,
            lookAt: "the files that \(basis.source) names")
    }
}

extension ErasureExpectation {
    fileprivate var erasedColumns: [ErasedColumn] {
        columns.sorted { $0.key < $1.key }.map { ErasedColumn(name: $0.key, list: $0.value) }
    }
}
