import ArgumentParser
import Drill
import Evidence
import Foundation
import Pages
import Processes
import Signing
import SystemPackage

/// Who signs: a key in a file, or a program that keeps one.
struct SignerOptions: ParsableArguments {
    @Option(help: "Ed25519 key in PEM that signs. (default: PGASSAY_SIGNING_KEY, else the plan's)")
    var signingKey: String?

    @Option(
        help: ArgumentHelp(
            "A program that signs, so that the key never comes here: it gets the bytes on standard input, and writes the signature. With --signer-key. (default: PGASSAY_SIGNER, else the plan's)",
            valueName: "command"))
    var signer: String?

    @Option(
        help: ArgumentHelp(
            "The public key (PEM) of the key that the signer keeps. (default: PGASSAY_SIGNER_KEY)", valueName: "pem"))
    var signerKey: String?

    @Option(help: ArgumentHelp("How long the signer may take.", valueName: "seconds"))
    var signerDeadline = Self.patience

    /// In seconds.
    private static let patience = 300

    func validate() throws {
        if signer != nil && signingKey != nil {
            throw ValidationError("--signer and --signing-key exclude each other.")
        }
        guard (1...3600).contains(signerDeadline) else {
            throw ValidationError("--signer-deadline takes a number of seconds from 1 to 3600.")
        }
    }

    /// The options as they were given.
    var words: [String] {
        let key = signingKey.map { ["--signing-key", $0] } ?? []
        let program = signer.map { ["--signer", $0] } ?? []
        let half = signerKey.map { ["--signer-key", $0] } ?? []
        return key + program + half
            + (signerDeadline == Self.patience ? [] : ["--signer-deadline", "\(signerDeadline)"])
    }

    /// The flags, else the environment, else the plan.
    /// - Throws: ``Failure`` if a signer is named without its public key.
    func source(plan: SigningSource?) throws -> SigningSource? {
        if let signingKey { return .file(FilePath(signingKey)) }
        if let signer { return try program(signer) }
        if let key = Variable.value(of: "PGASSAY_SIGNING_KEY") { return .file(FilePath(key)) }
        if let signer = Variable.value(of: "PGASSAY_SIGNER") { return try program(signer) }
        return plan
    }

    private func program(_ words: String) throws -> SigningSource {
        guard let key = signerKey ?? Variable.value(of: "PGASSAY_SIGNER_KEY") else {
            throw Failure(
                .wrongCommand, "name the public key of the key that the signer keeps, with --signer-key.")
        }
        return .command(
            SigningSource.Program(
                words: words.split(whereSeparator: \.isWhitespace).map(String.init), publicKey: FilePath(key),
                deadline: .seconds(signerDeadline)))
    }

    /// The signer of a command that always signs.
    /// - Throws: ``Failure``.
    func signer(for what: String) throws -> any Signer {
        guard let source = try source(plan: nil) else {
            throw Failure(
                .wrongCommand,
                """
                there is no key to sign \(what) with. Make one with
                    pgassay keys generate --output DIR
                and name it with --signing-key or PGASSAY_SIGNING_KEY; or name a program that signs: --signer.
                """)
        }
        return try Self.signer(source)
    }

    /// - Throws: ``Failure``.
    static func signer(_ source: SigningSource) throws -> any Signer {
        do {
            switch source {
            case .file(let file): return try SigningKey(contentsOf: file)
            case .command(let program):
                return CommandSigner(
                    program.words, publicKey: try PublicKey(contentsOf: program.publicKey),
                    deadline: program.deadline)
            }
        } catch {
            throw Failure(.wrongCommand, error)
        }
    }
}

/// Whether what a command writes goes without a signature.
struct UnsignedOption: ParsableArguments {
    @Flag(help: "Do not sign. The report says that it is not signed.")
    var unsigned = false
}

/// A command that signs what it writes, unless it is told not to. Its groups of options do not hold one another: for each level, the parser
/// of a debug build checks every option four times more.
protocol SigningCommand: AsyncParsableCommand {
    var signer: SignerOptions { get }
    var unsigned: UnsignedOption { get }
}

extension SigningCommand {
    var signing: SigningOptions { SigningOptions(signer: signer, unsigned: unsigned.unsigned) }

    func validate() throws { try signing.validate() }
}

/// The key that signs what a command writes.
struct SigningOptions {
    let signer: SignerOptions
    let unsigned: Bool

    /// - Throws: `ValidationError` where the options contradict each other.
    func validate() throws {
        if unsigned && !signer.words.isEmpty {
            throw ValidationError("--unsigned and --signing-key or --signer exclude each other.")
        }
    }

    /// The options as they were given.
    var words: [String] { unsigned ? ["--unsigned"] : signer.words }

    /// - Parameters:
    ///   - what: the document that is signed: "the report".
    ///   - isNeeded: false if nothing is written (a dry run), so that a missing key is no error.
    /// - Returns: nil if the document is written without a signature.
    func key(for what: String, plan: SigningSource?, isNeeded: Bool = true) throws -> (any Signer)? {
        if unsigned { return nil }
        guard let source = try signer.source(plan: plan) else {
            if !isNeeded { return nil }
            throw Failure(
                .wrongCommand,
                """
                there is no key to sign \(what) with. Make one with
                    pgassay keys generate --output DIR
                and name it with --signing-key, PGASSAY_SIGNING_KEY or signingKey in the plan; or go on without a \
                signature: --unsigned.
                """)
        }
        return try SignerOptions.signer(source)
    }

    /// The public key beside the one that signed, if there is one: `keys generate` puts the two side by side. The
    /// person who verifies must take it from a place that they trust.
    func publicKeyName(plan: SigningSource?) -> String {
        switch try? signer.source(plan: plan) {
        case .command(let program): return program.publicKey.string
        case .file(let file):
            let beside = file.removingLastComponent().appending(KeyFiles.publicName)
            return FileManager.default.fileExists(atPath: beside.string) ? beside.string : "PUBLIC-KEY.pem"
        case nil: return "PUBLIC-KEY.pem"
        }
    }

    /// Where a report is, and how it is verified: two lines.
    func words(of report: FilePath, isSigned: Bool, plan: SigningSource?) -> ShownText {
        let verify =
            "\(CommandLine.arguments[0]) report verify \(report) --public-key \(publicKeyName(plan: plan))"
        return "Report   \(verbatim: report)\n"
            + (isSigned ? "Verify   \(verbatim: verify)\n" : "Verify   not possible: unsigned, on request\n")
    }
}
