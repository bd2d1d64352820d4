import ArgumentParser
import Evidence
import Foundation
import Pages
import SystemPackage

/// The key that signs what a command writes.
struct SigningOptions: ParsableArguments {
    @Option(help: "Ed25519 key in PEM that signs. (default: PGASSAY_SIGNING_KEY, else the plan's)")
    var signingKey: String?

    @Flag(help: "Do not sign. The report says that it is not signed.")
    var unsigned = false

    func validate() throws {
        if unsigned && signingKey != nil { throw ValidationError("--unsigned and --signing-key exclude each other.") }
    }

    /// The options as they were given.
    var words: [String] { unsigned ? ["--unsigned"] : signingKey.map { ["--signing-key", $0] } ?? [] }

    /// The flag, else the environment, else the plan.
    func keyFile(plan: FilePath?) -> FilePath? {
        let environment = ProcessInfo.processInfo.environment["PGASSAY_SIGNING_KEY"].flatMap { $0.isEmpty ? nil : $0 }
        return (signingKey ?? environment).map { FilePath($0) } ?? plan
    }

    /// - Parameters:
    ///   - what: the document that is signed: "the report".
    ///   - isNeeded: false if nothing is written (a dry run), so that a missing key is no error.
    /// - Returns: nil if the document is written without a signature.
    func key(for what: String, plan: FilePath?, isNeeded: Bool = true) throws -> SigningKey? {
        if unsigned { return nil }
        guard let file = keyFile(plan: plan) else {
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
        do {
            return try SigningKey(contentsOf: file)
        } catch {
            throw Failure(.wrongCommand, error)
        }
    }

    /// The key of a command that always signs.
    /// - Parameter name: the flag; nil takes that of the environment.
    /// - Throws: ``Failure``.
    static func key(named name: String?, for what: String) throws -> SigningKey {
        var options = SigningOptions()
        (options.signingKey, options.unsigned) = (name, false)
        return try options.key(for: what, plan: nil)!
    }

    /// The public key beside the one that signed, if there is one: `keys generate` puts the two side by side. The
    /// person who verifies must take it from a place that they trust.
    func publicKeyName(plan: FilePath?) -> String {
        let beside = keyFile(plan: plan).map { $0.removingLastComponent().appending(KeyFiles.publicName) }
        return beside.flatMap { FileManager.default.fileExists(atPath: $0.string) ? $0.string : nil }
            ?? "PUBLIC-KEY.pem"
    }

    /// Where a report is, and how it is verified: two lines.
    func words(of report: FilePath, isSigned: Bool, plan: FilePath?) -> ShownText {
        let verify =
            "\(CommandLine.arguments[0]) report verify \(report) --public-key \(publicKeyName(plan: plan))"
        return "Report   \(verbatim: report)\n"
            + (isSigned ? "Verify   \(verbatim: verify)\n" : "Verify   not possible: unsigned, on request\n")
    }
}
