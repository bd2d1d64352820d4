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

    @Option(help: LedgerPlan.help)
    var ledgerPlan: String?

    /// The options as they were given.
    var words: [String] {
        (ledger.map { ["--ledger", $0] } ?? []) + (ledgerPlan.map { ["--ledger-plan", $0] } ?? [])
    }

    /// - Parameters:
    ///   - own: what the command's own plan says.
    ///   - nextWithin: within which time the plan wants the next drill to start.
    /// - Returns: nil without a signer: what nobody signs has no entry.
    /// - Throws: ``Failure``.
    func destination(
        _ own: LedgerPlan = LedgerPlan(), nextWithin: Duration? = nil, reports: FilePath, signer: (any Signer)?
    ) throws -> DrillLedger? {
        let settings = try LedgerPlan(place: ledger, plan: ledgerPlan, own: own)
        return try signer.map {
            try DrillLedger(settings, signer: $0, reports: reports, nextWithin: nextWithin)
        }
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
        if let problem = run.problem { return "Ledger   NOT COMPLETE, an entry or its proof is missing: \(problem)\n" }
        guard let last = run.last else { return "" }
        return "Ledger   entry \(last.index) of \(last.origin), proof: \(verbatim: run.proof?.string ?? "none")\n"
    }

    /// Enters a document that is no report.
    /// - Parameter destination: nil where it is not signed.
    /// - Returns: a line.
    /// - Throws: ``Failure``, which says that the document is there all the same.
    static func enter(
        _ entry: LedgerEntry, _ document: String, in destination: DrillLedger?
    ) async throws -> ShownText {
        guard let destination else { return "Ledger    no entry: it is not signed\n" }
        do {
            let appended = try await destination.place.append(entry)
            await destination.show(appended)
            return "Ledger    entry \(appended.index) of \(appended.origin)\n"
        } catch {
            throw Failure(.couldNotTell, "\(document), and the ledger has no entry of it: \(error)")
        }
    }
}

extension LedgerPlan {
    static let help = ArgumentHelp(
        "A plan (.yaml) whose ledger is used: its place, and those who are shown each checkpoint. (default: the plan's own, where the command has one)",
        valueName: "plan")

    /// What a command uses.
    /// - Parameters:
    ///   - place: of `--ledger`.
    ///   - plan: the file of `--ledger-plan`, which says the rest.
    ///   - own: what counts without that one.
    /// - Throws: ``Failure``.
    init(place: String?, plan: String?, own: LedgerPlan = LedgerPlan()) throws {
        self = own
        if let plan { self = try Plan(file: plan).ledger }
        if let place { self.place = try LedgerOptions.location(place) }
    }
}

extension DrillLedger {
    /// - Throws: ``Failure`` if by the history of the keys the signer's key does not count any more.
    init(_ settings: LedgerPlan, signer: any Signer, reports: FilePath, nextWithin: Duration? = nil) throws {
        self.init(
            try Self.place(settings.place ?? LedgerPlace.default(of: reports), signer: signer, reports: reports),
            nextWithin: nextWithin, anchors: settings.anchors)
    }

    /// A ledger, with the keys that signed it before, by the history beside the reports.
    /// - Throws: ``Failure`` if by that history the signer's key does not count any more: nobody would believe what it signs.
    private static func place(_ location: StoreLocation, signer: any Signer, reports: FilePath) throws -> LedgerPlace {
        let file = reports.appending(KeyHistory.fileName)
        guard Files.exists(file) else { return LedgerPlace(location, signer: signer, reports: reports) }
        let ring: KeyRing
        do {
            let history = try KeyHistory(contentsOf: file)
            // A reviewer's key signs no ledger, and vouches for no history.
            guard try history.ring(anchoredAt: nil).operators.contains(signer.publicKey) else {
                return LedgerPlace(location, signer: signer, reports: reports)
            }
            ring = try history.ring(anchoredAt: [signer.publicKey])
        } catch {
            // What somebody else put there keeps no drill from running.
            Terminal.note("keys: \(error)\n")
            return LedgerPlace(location, signer: signer, reports: reports)
        }
        if let own = ring.keys.first(where: { $0.publicKey == signer.publicKey }), !own.isValid(at: Date()) {
            throw Failure(
                .wrongCommand,
                "\(file) says that the key \(own.publicKey.keyID) is valid \(own.period), so it does not count now. "
                    + "Sign with the key that took over."
            )
        }
        return LedgerPlace(location, signer: signer, ring: ring, reports: reports)
    }

    /// Shows the checkpoint of an entry to those whom the plan names, and tells what came of it. None of it changes an exit code.
    func show(_ appended: AppendedEntry) async {
        for anchor in anchors {
            do {
                try await place.show(appended, to: anchor)
                Terminal.note("anchor \(anchor.name): done\n")
            } catch {
                let why = String(describing: error)
                Terminal.note("anchor \(anchor.name): failed: \(why). The entry is in the ledger all the same.\n")
            }
        }
    }
}

/// Which ledger a command reads.
struct LedgerSource: ParsableArguments {
    @Option(help: "The directory of the reports.")
    var reports = "pgassay-reports"

    @Option(
        help: ArgumentHelp(
            "The ledger: a directory, or s3://bucket/prefix. (default: that of --ledger-plan, else ledger below the reports)",
            valueName: "place"))
    var ledger: String?

    @Option(help: LedgerPlan.help)
    var ledgerPlan: String?

    /// - Throws: ``Failure``.
    func location() throws -> StoreLocation {
        try LedgerPlan(place: ledger, plan: ledgerPlan).place ?? LedgerPlace.default(of: FilePath(reports))
    }

    /// Where a command enters something of its own.
    /// - Throws: ``Failure``.
    func destination(_ signer: any Signer) throws -> DrillLedger {
        try DrillLedger(LedgerPlan(place: ledger, plan: ledgerPlan), signer: signer, reports: FilePath(reports))
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
