import Evidence
import Processes
import SystemPackage

/// A program that keeps the key and signs: a script before a KMS, a smart card, an ssh-agent. The key never comes here.
///
/// It gets the bytes to sign on standard input, and answers with the Ed25519 signature (RFC 8032) of exactly these bytes: its 64 bytes, or
/// those in base64. What it answers is verified with the public key before it is used.
package struct CommandSigner: Signer {
    package let publicKey: PublicKey
    private let words: [String]
    private let deadline: Duration

    /// How long it may take unless somebody says so.
    package static let usualDeadline = Duration.seconds(300)
    /// More than a signature in any form takes.
    private static let largestAnswer = 4096

    /// - Parameter words: the program and its arguments.
    package init(_ words: [String], publicKey: PublicKey, deadline: Duration = usualDeadline) {
        self.words = words
        self.publicKey = publicKey
        self.deadline = deadline
    }

    package func sign(_ bytes: [UInt8]) async throws -> [UInt8] {
        let tool: Tool
        do {
            // It is trusted with the key, so it may have what we have.
            tool = try Tool(words.first ?? "") { _ in true }
        } catch {
            throw CommandSignerError.noProgram(words.first ?? "")
        }
        let answer: [UInt8]
        do {
            answer = try await tool.exchange(
                bytes, Array(words.dropFirst()), deadline: deadline, limit: Self.largestAnswer)
        } catch let failure as ToolFailure {
            throw CommandSignerError.noAnswer(failure)
        }
        guard let signature = Self.signature(in: answer) else {
            throw CommandSignerError.noSignature(tool.name, bytes: answer.count)
        }
        guard publicKey.isValid(signature, for: bytes) else {
            throw CommandSignerError.doesNotFit(tool.name, keyID: publicKey.keyID)
        }
        return signature
    }

    /// 64 bytes as they are, or in base64 with white space around it.
    private static func signature(in answer: [UInt8]) -> [UInt8]? {
        if answer.count == 64 { return answer }
        let text = String(decoding: answer.filter { !" \t\r\n".utf8.contains($0) }, as: UTF8.self)
        guard let bytes = Envelope.bytes(inBase64: text), bytes.count == 64 else { return nil }
        return bytes
    }
}

/// Why a program did not sign, and what to do.
package enum CommandSignerError: Error, Sendable, Equatable, CustomStringConvertible {
    case noProgram(String)
    case noAnswer(ToolFailure)
    /// What it wrote is none; how much it was.
    case noSignature(String, bytes: Int)
    case doesNotFit(String, keyID: String)

    package var description: String {
        switch self {
        case .noProgram(let name): "there is no program \(name) to sign with"
        case .noAnswer(let failure): "the signer \(failure)"
        case .noSignature(let name, let bytes):
            "the signer \(name) wrote \(bytes) bytes that are no signature: it must write the 64 bytes of an Ed25519 signature, or these in base64, and nothing else"
        case .doesNotFit(let name, let keyID):
            "the signer \(name) signed with another key than \(keyID), or signed other bytes than it was given"
        }
    }
}
