import ArgumentParser
import Drill
import Evidence
import Files
import Foundation
import Ledger
import Pages
import Storage
import SystemPackage

/// Where a command enters what it signs.
struct LedgerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The ledger: a directory, or s3://bucket/prefix. (default: the plan's, else ledger below the reports)",
            valueName: "place"))
    var ledger: String?

    /// The options as they were given.
    var words: [String] { ledger.map { ["--ledger", $0] } ?? [] }

    /// - Returns: nil without a signer: what nobody signs has no entry.
    /// - Throws: ``Failure``.
    func place(
        _ plan: LedgerPlan = LedgerPlan(), reports: FilePath, signer: (any Signer)?
    ) throws -> LedgerPlace? {
        guard let signer else { return nil }
        let location = try Self.location(ledger) ?? plan.place ?? LedgerPlace.default(of: reports)
        return try Self.place(location, signer: signer, reports: reports)
    }

    /// A ledger, with the keys that signed it before, by the history beside the reports.
    /// - Throws: ``Failure`` if by that history the signer's key does not count any more: nobody would believe what it signs.
    static func place(_ location: StoreLocation, signer: any Signer, reports: FilePath) throws -> LedgerPlace {
        let file = reports.appending(KeyHistory.fileName)
        guard Files.exists(file) else { return LedgerPlace(location, signer: signer, reports: reports) }
        let ring: KeyRing
        do {
            let history = try KeyHistory(contentsOf: file)
            // A reviewer's key signs no ledger, and vouches for no history.
            guard try history.ring(anchoredAt: nil, name: file.string).operators.contains(signer.publicKey) else {
                return LedgerPlace(location, signer: signer, reports: reports)
            }
            ring = try history.ring(anchoredAt: [signer.publicKey], name: file.string)
        } catch {
            // What somebody else put there keeps no drill from running.
            Terminal.note("keys: \(error)\n")
            return LedgerPlace(location, signer: signer, reports: reports)
        }
        if let own = ring.keys.first(where: { $0.publicKey == signer.publicKey }), !own.isValid(at: Date()) {
            throw Failure(
                .wrongCommand,
                "by \(file), the key \(own.publicKey.keyID) is valid \(own.period), and so not now: sign with the key that took over."
            )
        }
        return LedgerPlace(
            location, signer: signer, others: ring.operators.filter { $0 != signer.publicKey }, reports: reports)
    }

    /// - Throws: ``Failure``.
    static func location(_ text: String?) throws -> StoreLocation? {
        do {
            return try text.map { text throws(StoreError) in try StoreLocation(text) }
        } catch {
            throw Failure(.wrongCommand, LedgerError.store(error))
        }
    }

    /// What became of a drill, or an inspection, in the ledger: a line.
    static func words(of run: LedgerRun?) -> ShownText {
        guard let run else { return "Ledger   no entry: it is not signed\n" }
        if let problem = run.problem { return "Ledger   NOT ALL OF IT: \(problem)\n" }
        guard let last = run.last else { return "" }
        return "Ledger   entry \(last.index) of \(last.origin), proven by \(verbatim: run.proof?.string ?? "nothing")\n"
    }

    /// Enters a document that is no report.
    /// - Throws: ``Failure``, which says that the document is there all the same.
    func enter(
        _ entry: LedgerEntry, _ document: String, plan: LedgerPlan = LedgerPlan(), reports: FilePath,
        signer: (any Signer)?
    ) async throws -> ShownText {
        guard let place = try place(plan, reports: reports, signer: signer) else {
            return "Ledger    no entry: it is not signed\n"
        }
        do {
            let appended = try await place.append(entry)
            var words: ShownText = "Ledger    entry \(appended.index) of \(appended.origin)\n"
            for anchor in plan.anchors {
                do {
                    try await place.show(appended, to: anchor)
                    words += "Anchor    \(anchor.name): done\n" as ShownText
                } catch {
                    words += "Anchor    \(anchor.name): failed: \(String(describing: error))\n" as ShownText
                }
            }
            return words
        } catch {
            throw Failure(.couldNotTell, "\(document), and the ledger has no entry of it: \(error)")
        }
    }
}

/// Which ledger a command reads.
struct LedgerSource: ParsableArguments {
    @Option(help: "The directory of the reports.")
    var reports = "pgassay-reports"

    @Option(
        help: ArgumentHelp(
            "The ledger: a directory, or s3://bucket/prefix. (default: ledger below the reports)", valueName: "place"))
    var ledger: String?

    /// - Throws: ``Failure``.
    func location() throws -> StoreLocation {
        try LedgerOptions.location(ledger) ?? LedgerPlace.default(of: FilePath(reports))
    }

    /// - Throws: ``Failure``.
    func place(_ signer: any Signer) throws -> LedgerPlace {
        try LedgerOptions.place(location(), signer: signer, reports: FilePath(reports))
    }

    /// Runs `body` with the ledger, and turns what it throws into a failure with its exit code.
    func reading<Value>(_ body: (LogReader) async throws -> Value) async throws -> Value {
        do {
            return try await body(LogReader(of: location()))
        } catch {
            throw Self.failure(of: error)
        }
    }

    static func failure(of error: any Error) -> any Error {
        switch error {
        case is Failure, is ExitStatus: error
        case is CancellationError, LedgerError.store(.cancelled): ExitStatus.interrupted
        case LedgerError.missing, LedgerError.occupied, LedgerError.store(.badLocation), is KeyError:
            Failure(.wrongCommand, error)
        case LedgerError.damaged, LedgerError.headless, LedgerError.rolledBack, LedgerError.otherKey,
            LedgerError.gone, LedgerError.otherLog, LedgerError.notInLedger:
            Failure(.failed, error)
        default: Failure(.couldNotTell, error)
        }
    }
}
