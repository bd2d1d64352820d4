import ArgumentParser
import Evidence
import Files
import Foundation
import Ledger
import Pages
import SystemPackage

struct LedgerConsistencyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "consistency",
        abstract: "Tell whether history was rewritten since somebody kept a checkpoint.",
        discussion: """
            Whoever keeps a copy of the file checkpoint, or of a .tlog-proof, can later hold the ledger against it.

            \(ExitStatus.ledgerHelp)
            """)

    @Argument(
        help: ArgumentHelp(
            "A checkpoint of this ledger that was kept, or a proof with one.", valueName: "old-checkpoint"))
    var old: String

    @OptionGroup var source: LedgerSource
    @OptionGroup var trust: KeyRingOptions

    @Option(help: "text, or json: one document on standard output and nothing else.")
    var format: OutputFormat = .text

    func run() async throws {
        let keys = try trust.trust().ring.operators
        let kept = try Self.checkpoint(in: old, keys)
        let (now, proof) = try await source.reading { reader in
            let now = try await reader.checkpoint(signedBy: keys).checkpoint
            return (now, try await reader.consistency(from: kept, to: now))
        }
        let result = Result(origin: now.origin, old: kept.size, new: now.size, proof: proof?.map(\.base64))
        switch format {
        case .json: Terminal.show(json: try StatementJSON.encode(result) + "\n".utf8)
        case .text where proof != nil:
            Terminal.show(
                """
                CONSISTENT: the ledger of \(now.size) entries begins with all \(kept.size) of the checkpoint that was kept.

                """)
        case .text: break
        }
        if proof == nil { throw Failure(.failed, Self.words(kept, now)) }
    }

    private struct Result: Encodable {
        let origin: String
        let old: Int64
        let new: Int64
        /// Nil if history was rewritten.
        let proof: [String]?
    }

    private static func words(_ kept: Checkpoint, _ now: Checkpoint) -> String {
        if kept.origin != now.origin {
            return "OTHER LOG: the checkpoint is of \(kept.origin), and the ledger is \(now.origin)."
        }
        if kept.size > now.size {
            return
                "CUT: the checkpoint has \(kept.size) entries, and the ledger only \(now.size): "
                + "it is an older copy, or entries were removed."
        }
        return
            "REWRITTEN: the ledger does not begin with the \(kept.size) entries of the checkpoint that was kept. Both are signed: whoever holds the key signed two histories."
    }

    /// - Throws: ``Failure``.
    static func checkpoint(in name: String, _ keys: [PublicKey]) throws -> Checkpoint {
        let bytes: [UInt8]
        do {
            bytes = try Files.read(FilePath(name), limit: LogProof.largest)
        } catch {
            throw Failure(.wrongCommand, error)
        }
        guard let signed = SignedCheckpoint(bytes) ?? (try? LogProof(bytes))?.checkpoint else {
            throw Failure(.wrongCommand, "\(name) is neither a signed checkpoint nor a proof with one.")
        }
        switch signed.trust(in: keys) {
        case .signed: return signed.checkpoint
        case .changed: throw Failure(.failed, "FORGED: \(name) was changed after it was signed.")
        case .unknown: throw Failure(.failed, "OTHER SIGNATURE: \(name) is signed by none of the keys that you gave.")
        }
    }
}
