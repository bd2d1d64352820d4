import Crypto
import Evidence
import Files
import Findings
import Foundation
import SystemPackage

/// The proof that an entry is in a log, as a file that verifies without the log (C2SP tlog-proof). The entry is its extra data.
package struct LogProof: Sendable, Equatable {
    package let entry: NumberedEntry
    /// From the entry's sibling up.
    package let hashes: [TreeHash]
    /// As the log has it, with the signatures of its witnesses.
    package let checkpoint: SignedCheckpoint

    /// How the name of the proof of a report ends.
    package static let nameEnd = ".tlog-proof"
    /// Bytes of the largest proof that is read.
    package static let largest = Checkpoint.largest + EntryBundle.largestEntry / 3 * 4 + (16 << 10)

    private static let kind = "c2sp.org/tlog-proof@v1"

    init(entry: NumberedEntry, hashes: [TreeHash], checkpoint: SignedCheckpoint) {
        self.entry = entry
        self.hashes = hashes
        self.checkpoint = checkpoint
    }

    package var encoded: [UInt8] {
        let lines =
            [Self.kind, "extra \(Data(entry.bytes).base64EncodedString())", "index \(entry.index)"]
            + hashes.map(\.base64)
        return Array((lines.joined(separator: "\n") + "\n\n").utf8) + checkpoint.note.encoded
    }

    /// Reads a proof of ours: others need not have the entry in it.
    /// - Throws: ``LogProofError``.
    package init(_ bytes: [UInt8]) throws(LogProofError) {
        guard bytes.count <= Self.largest else { throw .malformed }
        // The first empty line ends the proof; the checkpoint behind it has one of its own.
        guard let end = bytes.indices.first(where: { bytes[$0...].starts(with: "\n\n".utf8) }),
            let text = String(validating: bytes[..<end], as: UTF8.self),
            let checkpoint = SignedCheckpoint(Array(bytes[(end + 2)...]))
        else { throw .malformed }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 2, lines[0] == Self.kind else { throw .malformed }
        guard lines.count >= 3, lines[1].hasPrefix("extra "), let entry = strictBase64(lines[1].dropFirst(6)) else {
            throw .withoutEntry
        }
        guard lines[2].hasPrefix("index "), let index = Int64(strict: lines[2].dropFirst(6)) else { throw .malformed }
        var hashes: [TreeHash] = []
        for line in lines[3...] {
            guard let hash = TreeHash(base64: line) else { throw .malformed }
            hashes.append(hash)
        }
        do {
            self.init(entry: try NumberedEntry(index, entry), hashes: hashes, checkpoint: checkpoint)
        } catch {
            throw .withoutEntry
        }
    }

    /// Reads the proof beside a report, and verifies that it proves this one.
    /// - Throws: ``LogProofError``, ``Files/FileError``.
    package init(besideReport report: FilePath, signedBy keys: [PublicKey]) throws {
        try self.init(Files.read(FilePath(report.string + Self.nameEnd), limit: Self.largest))
        try verify(keys)
        let digest = Hex.encode(SHA256.hash(data: try Files.read(report, limit: Envelope.maximumSize)))
        guard entry.entry.envelope == digest else { throw LogProofError.ofAnother }
    }

    /// Verifies that the holder of one of the keys signed a log with this entry. Only then it says anything.
    /// - Throws: ``LogProofError``.
    package func verify(_ keys: [PublicKey]) throws(LogProofError) {
        let signed = checkpoint.checkpoint
        switch checkpoint.note.trust(in: keys.map { NoteKey(name: signed.origin, $0) }) {
        case .signed: break
        case .changed: throw .changed
        case .unknown: throw .otherKey(keys.map(\.keyID))
        }
        guard
            ProofCheck.inclusion(
                .leaf(entry.bytes), at: entry.index, inTreeOf: signed.size, signed.root, proof: hashes)
        else { throw .doesNotFit }
    }
}

/// Why a proof proves nothing.
package enum LogProofError: Error, Sendable, Equatable, CustomStringConvertible {
    case malformed
    case withoutEntry
    case changed
    /// The ids of the keys that were given.
    case otherKey([String])
    case doesNotFit
    /// The entry is about another file.
    case ofAnother

    /// The rest of a sentence that begins with the proof.
    package var description: String {
        switch self {
        case .malformed: "is not a tlog-proof, or was cut"
        case .withoutEntry: "has no entry of a ledger in it"
        case .changed: "has a checkpoint that was changed after it was signed"
        case .otherKey(let given): "has a checkpoint that is not signed by key \(given.joined(separator: ", "))"
        case .doesNotFit: "does not lead from its entry to the root that is signed"
        case .ofAnother: "is about another report, or about this one before it was changed"
        }
    }
}
