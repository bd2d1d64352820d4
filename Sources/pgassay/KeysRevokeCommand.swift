import ArgumentParser
import Evidence
import Foundation
import Pages
import SystemPackage

struct KeysRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Say that a key is in wrong hands: what it signed since then does not count.",
        discussion: """
            Another key must be there that signs and may change the keys: add one first, or rotate.
            """)

    @Argument(help: ArgumentHelp("The key's id, or at least its first 8 digits.", valueName: "id"))
    var key: String

    @Option(help: "Why, for those who read it later.")
    var reason: String

    @Option(
        help: ArgumentHelp(
            "Since when it may be in wrong hands: 2026-11-28T04:00:00Z. (default: now)", valueName: "time"))
    var since: String?

    @OptionGroup var signer: SignerOptions
    @OptionGroup var options: KeyHistoryOptions

    func run() async throws {
        let signer = try signer.signer(for: "the history of the keys")
        let now = Date()
        var at = now
        if let since {
            guard let time = Timestamp.time(since), time <= now else {
                throw Failure(.wrongCommand, "--since takes a time that has been, such as 2026-11-28T04:00:00Z.")
            }
            at = time
        }
        var history = try await options.read(changedBy: signer, holder: nil)
        let ring = try options.ring(of: history, anchoredAt: [signer.publicKey])
        let found = ring.keys.filter { $0.publicKey.keyID.hasPrefix(key) }
        guard key.count >= 8, found.count == 1, let found = found.first else {
            throw Failure(.wrongCommand, "the history has no key \(key), or several: see pgassay keys list.")
        }
        guard found.publicKey != signer.publicKey else {
            throw Failure(
                .wrongCommand,
                "a key does not revoke itself: let another one take over first, with pgassay keys rotate.")
        }
        do {
            try await history.append(.revoked, found.publicKey, signers: [signer], time: now) {
                ($0.at, $0.reason) = (at, reason)
            }
        } catch {
            throw Failure(.couldNotTell, error)
        }
        try await options.write(history, signer: signer)
        Terminal.show("Revoked  \(found.publicKey.keyID), since \(Timestamp.plain(at))\n")
    }
}
