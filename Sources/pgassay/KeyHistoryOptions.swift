import ArgumentParser
import Drill
import Evidence
import Files
import Foundation
import Ledger
import Pages
import SystemPackage

/// The history of the keys, and where its changes are entered.
struct KeyHistoryOptions: ParsableArguments {
    @Option(help: "The directory of the reports, in which the history is: key-history.jsonl.")
    var reports = "pgassay-reports"

    @Option(
        help: ArgumentHelp(
            "The ledger: a directory, or s3://bucket/prefix. (default: that of --ledger-plan, else ledger below the reports)",
            valueName: "place"))
    var ledger: String?

    @Option(help: LedgerPlan.help)
    var ledgerPlan: String?

    var file: FilePath { FilePath(reports).appending(KeyHistory.fileName) }

    /// - Throws: ``Failure``.
    func read() throws -> KeyHistory {
        guard Files.exists(file) else { return KeyHistory(name: file.string) }
        do {
            return try KeyHistory(contentsOf: file)
        } catch {
            throw Failure(.failed, error)
        }
    }

    /// Reads the history for whoever changes it. If there is none, its first line adds the key that changes it.
    /// - Throws: ``Failure`` if that key may not change it now.
    func read(changedBy signer: any Signer, holder: String?) async throws -> KeyHistory {
        var history = try read()
        if history.lines.isEmpty {
            try await history.append(.added, signer.publicKey, signers: [signer], time: Date()) {
                ($0.holder, $0.roles) = (holder, [KeyRing.operatorRole, KeyHistory.keysRole])
            }
        }
        let own = try ring(of: history, anchoredAt: [signer.publicKey]).keys
            .first { $0.publicKey == signer.publicKey }
        guard let own, own.roles.contains(KeyHistory.keysRole), own.isValid(at: Date()) else {
            throw Failure(
                .failed,
                "the key \(signer.publicKey.keyID) may not change the keys now: by \(file) it \(own.map { "is valid \($0.period), for \($0.roles.sorted().joined(separator: ", "))" } ?? "is not there")."
            )
        }
        return history
    }

    /// - Throws: ``Failure``.
    func ring(of history: KeyHistory, anchoredAt keys: [PublicKey]?) throws -> KeyRing {
        do {
            return try history.ring(anchoredAt: keys)
        } catch {
            throw Failure(.failed, error)
        }
    }

    /// Writes the history, and enters what is new in it into the ledger, if there is one.
    /// - Parameter signer: signs the ledger from now on.
    /// - Throws: ``Failure``.
    func write(_ history: KeyHistory, signer: any Signer) async throws {
        // What would not be read again is not written.
        let ring = try ring(of: history, anchoredAt: [signer.publicKey])
        do {
            try Files.createDirectory(FilePath(reports), mode: 0o755)
            try Files.replace(
                file, with: history.encoded, mode: [.ownerReadWrite, .groupRead, .otherRead])
        } catch {
            throw Failure(.couldNotTell, error)
        }
        Terminal.show("History  \(verbatim: file.string)\n")
        let settings = try LedgerPlan(place: ledger, plan: ledgerPlan)
        let location = settings.place ?? LedgerPlace.default(of: FilePath(reports))
        let place = LedgerPlace(location, signer: signer, ring: ring, reports: FilePath(reports))
        do {
            if let entry = try await place.enter(history) {
                await DrillLedger(place, anchors: settings.anchors).show(entry)
                Terminal.show("Ledger   entry \(entry.index) of \(entry.origin)\n")
            }
        } catch LedgerError.missing {
            Terminal.show("Ledger   no entry: there is no ledger at \(location.words) yet\n")
        } catch {
            throw Failure(.couldNotTell, "\(file) is written, and the ledger has no entry of it: \(error)")
        }
    }
}
