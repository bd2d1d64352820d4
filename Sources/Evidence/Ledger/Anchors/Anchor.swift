import Crypto
import Findings
import Foundation
import Processes
import SystemPackage

/// Somebody outside who is told of a checkpoint, so that history cannot be rewritten behind it without him.
package struct Anchor: Sendable, Equatable {
    /// Names the files of its receipts.
    package var name: String
    package var kind: Kind
    /// What each of its programs may take.
    package var deadline: Duration
    /// Names of our environment variables that its command gets.
    package var variables: [String]

    package enum Kind: Sendable, Equatable {
        /// A time stamp authority (RFC 3161). The command gets the request on standard input, and writes the response on standard output;
        /// the file has the certificates that are trusted to have signed it.
        case timestamp(send: [String], authority: FilePath)
        /// Gets the SHA-256 of the checkpoint as its last argument, and the checkpoint on standard input. What it writes is kept.
        case command([String])
    }

    package init(name: String, kind: Kind, deadline: Duration = .seconds(300), variables: [String] = []) {
        self.name = name
        self.kind = kind
        self.deadline = deadline
        self.variables = variables
    }

    /// Where receipts are.
    static let folder = "anchors"
    /// Of a receipt, in bytes.
    static let largestReceipt = 1 << 20

    /// The file of its receipt for a checkpoint.
    func receiptName(of checkpoint: Checkpoint) -> String {
        let end = if case .timestamp = kind { TimestampTool.nameEnd } else { ".receipt" }
        return "\(Self.folder)/\(checkpoint.size)/\(name)\(end)"
    }

    /// What is shown to others: the SHA-256 of the text that is signed, of three lines. Signatures may be added later.
    static func digest(of checkpoint: Checkpoint) -> String {
        Hex.encode(SHA256.hash(data: Array(checkpoint.text.utf8)))
    }

    /// Shows it a checkpoint.
    /// - Returns: the receipt.
    /// - Throws: ``AnchorError``, ``Processes/ToolFailure``; errors of starting its program.
    func show(_ checkpoint: SignedCheckpoint) async throws -> [UInt8] {
        let digest = Self.digest(of: checkpoint.checkpoint)
        switch kind {
        case .command(let words):
            return try await ask(words + [digest], checkpoint.note.encoded)
        case .timestamp(let send, let authority):
            let tool = try TimestampTool(deadline: deadline)
            let request = try await tool.request(for: digest)
            let response = try await ask(send, request)
            try await tool.verify(response, digest: digest, authority: authority)
            return response
        }
    }

    private func ask(_ words: [String], _ input: [UInt8]) async throws -> [UInt8] {
        let tool: Tool
        do {
            tool = try Tool(words[0]) { variables.contains($0) }
        } catch {
            throw AnchorError.noProgram(words[0])
        }
        return try await tool.exchange(
            input, Array(words.dropFirst()), deadline: deadline, limit: Self.largestReceipt)
    }
}

/// Why an anchor has no receipt.
package enum AnchorError: Error, Sendable, Equatable, CustomStringConvertible {
    case noProgram(String)
    /// The response of a time stamp authority is not what was asked for, or is not signed by whom the plan names.
    case notVerified(reason: String)
    /// The drill is not in the ledger, so there is no checkpoint to show.
    case noCheckpoint

    package var description: String {
        switch self {
        case .noProgram(let name): "there is no program \(name)"
        case .notVerified(let reason): "the time stamp cannot be verified: \(reason)"
        case .noCheckpoint: "the ledger has no entry of this drill"
        }
    }
}
