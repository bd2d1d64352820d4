import ArgumentParser
import Crypto
import Drill
import Evidence
import Files
import Findings
import Foundation
import Ledger
import Pages
import Report
import SystemPackage

/// What a person needs who adds something to a report: the report, verified, the key that signs, and the ledger.
struct AdditionOptions: ParsableArguments {
    @OptionGroup var signer: SignerOptions

    @Option(
        help: ArgumentHelp(
            "The public key (PEM) of whoever signed the report: it is verified first. (default: PGASSAY_PUBLIC_KEY)",
            valueName: "pem"))
    var publicKey: [String] = []

    @Option(
        help: ArgumentHelp(
            "The history of the keys, by which a key counts at its time only: see keys list.", valueName: "file"))
    var keyHistory: String?

    @Option(
        help: ArgumentHelp(
            "The ledger: a directory, or s3://bucket/prefix. (default: that of --ledger-plan, else ledger beside the report)",
            valueName: "place"))
    var ledger: String?

    @Option(help: LedgerPlan.help)
    var ledgerPlan: String?

    @Option(
        help: ArgumentHelp(
            "The key that signs the ledger, if you have it. If not, the holder of that key enters your file with ledger enter.",
            valueName: "pem"))
    var ledgerKey: String?

    /// A report that was verified.
    struct Verified {
        let file: FilePath
        let sha256: String
        let report: Report
        let signer: KeyRing.Key
    }

    /// - Throws: ``Failure`` unless the report is genuine.
    func verify(_ name: String) throws -> Verified {
        let (file, ring) = (FilePath(name), try KeyRingOptions.trust(publicKey, history: keyHistory).ring)
        do {
            let bytes = try Envelope.bytes(of: file, words: .report)
            let (content, key) = try AnyReport.open(bytes, name: name, ring)
            return Verified(
                file: file, sha256: Hex.encode(SHA256.hash(data: bytes)), report: content.report, signer: key)
        } catch {
            throw Failure(error.status, error.advice)
        }
    }

    /// Enters a file that was written, if whoever signs here also signs the ledger, and writes its proof beside it.
    /// - Returns: a line.
    /// - Throws: ``Failure``, which says that the file is there all the same.
    func enter(_ file: FilePath, _ signer: any Signer) async throws -> ShownText {
        let directory = file.removingLastComponent()
        let reports = directory.isEmpty ? "." : directory
        let key = try ledgerKey.map { try SignerOptions.signer(.file(FilePath($0))) } ?? signer
        let destination = try DrillLedger(
            LedgerPlan(place: ledger, plan: ledgerPlan), signer: key, reports: reports)
        let (place, location) = (destination.place, destination.place.location)
        let later: ShownText =
            "Ledger   no entry yet. The holder of its key must run: \(verbatim: "pgassay ledger enter --reports \(reports)")\n"
        do {
            _ = try await LogReader(of: location).checkpoint(signedBy: place.keys)
        } catch {
            switch error {
            case .missing: return "Ledger   no entry: there is no ledger at \(location.words)\n"
            case .otherKey where ledgerKey == nil: return later
            default: throw Failure(.couldNotTell, "\(file) is written, and the ledger has no entry of it: \(error)")
            }
        }
        do {
            let appended = try await place.enter(try StoredAddition(contentsOf: file))
            await destination.show(appended)
            return "Ledger   entry \(appended.index) of \(appended.origin)\n"
        } catch {
            throw Failure(.couldNotTell, "\(file) is written, and the ledger has no entry of it: \(error)")
        }
    }
}
