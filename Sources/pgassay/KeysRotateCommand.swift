import ArgumentParser
import Drill
import Evidence
import Foundation
import Pages
import SystemPackage

struct KeysRotateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Let a new key take over from the one that signs.",
        discussion: """
            The new key signs from now on, in all roles of the old one; what the old one signed stays good. Both sign the change. \
            Do it while no drill runs. The ledger goes on with the new key.
            """)

    @Option(help: ArgumentHelp("The new key (PEM), made with keys generate.", valueName: "pem"))
    var newSigningKey: String?

    @Option(help: ArgumentHelp("Or the program that keeps the new key. With --new-signer-key.", valueName: "command"))
    var newSigner: String?

    @Option(help: ArgumentHelp("The public key of the key that the new signer keeps.", valueName: "pem"))
    var newSignerKey: String?

    @Option(help: "Why, for those who read it later.")
    var reason: String?

    @OptionGroup var signer: SignerOptions
    @OptionGroup var options: KeyHistoryOptions

    func validate() throws {
        guard (newSigningKey == nil) != (newSigner == nil), (newSigner == nil) == (newSignerKey == nil) else {
            throw ValidationError("name the new key with --new-signing-key, or with --new-signer and --new-signer-key.")
        }
    }

    func run() async throws {
        let old = try signer.signer(for: "the history of the keys")
        let source =
            if let newSigningKey {
                SigningSource.file(FilePath(newSigningKey))
            } else {
                SigningSource.command(
                    SigningSource.Program(
                        words: (newSigner ?? "").split(whereSeparator: \.isWhitespace).map(String.init),
                        publicKey: FilePath(newSignerKey ?? ""), deadline: .seconds(signer.signerDeadline)))
            }
        let new = try SignerOptions.signer(source)
        guard new.publicKey != old.publicKey else {
            throw Failure(.wrongCommand, "the new key is the old one.")
        }
        var history = try await options.read(changedBy: old, holder: nil)
        let own = try options.ring(of: history, anchoredAt: [old.publicKey]).keys
            .first { $0.publicKey == old.publicKey }
        let now = Date()
        do {
            try await history.append(.added, new.publicKey, signers: [old, new], time: now) {
                ($0.holder, $0.roles, $0.at, $0.reason) = (own?.holder, own?.roles.sorted(), now, reason)
            }
            try await history.append(.retired, old.publicKey, signers: [new], time: now) {
                ($0.at, $0.reason) = (now, reason)
            }
        } catch {
            throw Failure(.couldNotTell, error)
        }
        try await options.write(history, signer: new)
        Terminal.show(
            """
            Retired  \(old.publicKey.keyID)
            Signs    \(new.publicKey.keyID)

            """)
    }
}
