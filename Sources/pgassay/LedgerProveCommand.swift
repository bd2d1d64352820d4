import ArgumentParser
import Crypto
import Evidence
import Files
import Findings
import Foundation
import Ledger
import Pages
import SystemPackage

struct LedgerProveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove",
        abstract: "Write the proof that a report is in the ledger, which verifies without the ledger.",
        discussion: """
            The proof is REPORT.tlog-proof (c2sp.org/tlog-proof@v1), by the newest checkpoint. One that is there is replaced \
            only if this one is of a larger log.

            \(ExitStatus.ledgerHelp)
            """)

    @Argument(help: ArgumentHelp("The report, a .dsse.json file; or the signed manifest of a dump or an export."))
    var report: String

    @Option(help: ArgumentHelp("Write the proof here instead.", valueName: "file"))
    var output: String?

    @OptionGroup var source: LedgerSource

    @OptionGroup var trust: KeyRingOptions

    func run() async throws {
        let keys = try trust.trust().ring.operators
        let bytes: [UInt8]
        do {
            bytes = try Files.read(FilePath(report), limit: Envelope.maximumSize)
        } catch {
            throw Failure(.wrongCommand, error)
        }
        let digest = Hex.encode(SHA256.hash(data: bytes))
        let proof = try await source.reading { reader in
            let checkpoint = try await reader.checkpoint(signedBy: keys)
            var found: NumberedEntry?
            try await reader.entries(ofTreeOf: checkpoint.checkpoint.size) { entry in
                if entry.entry.envelope == digest { found = entry }
            }
            guard let found else { throw LedgerError.notInLedger(file: report, location: reader.location) }
            return try await reader.proof(of: found, in: checkpoint)
        }
        let file = FilePath(output ?? report + LogProof.nameEnd)
        let checkpoint = proof.checkpoint.checkpoint
        if let there = try? LogProof(Files.read(file, limit: LogProof.largest)),
            (try? there.verify(keys)) != nil, there.checkpoint.checkpoint.origin == checkpoint.origin,
            there.checkpoint.checkpoint.size > checkpoint.size
        {
            throw Failure(
                .failed,
                "\(file) proves a log of \(there.checkpoint.checkpoint.size) entries, and this one has \(checkpoint.size): "
                    + "it is an older copy, or entries were removed."
            )
        }
        do {
            try Files.replace(file, with: proof.encoded, mode: [.ownerReadWrite, .groupRead, .otherRead])
        } catch {
            throw Failure(.couldNotTell, error)
        }
        Terminal.show(
            "\(file): entry \(proof.entry.index) of \(checkpoint.origin), by its checkpoint of \(checkpoint.size) entries\n"
        )
    }
}
