import ArgumentParser
import Evidence
import Foundation
import Pages
import SystemPackage

struct KeysAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Let a key count, such as a reviewer's, from now on.")

    @Argument(help: ArgumentHelp("The public key (PEM). Take it from its holder.", valueName: "pem"))
    var key: String

    @Option(help: "The person, or the machine, that holds it. One holder counts for one role of a report.")
    var holder: String

    @Option(help: "For what it counts: operator, reviewer, or what your plans say. May be repeated.")
    var role: [String]

    @OptionGroup var signer: SignerOptions
    @OptionGroup var options: KeyHistoryOptions

    func validate() throws {
        guard role.allSatisfy(KeyRing.isRole) else {
            throw ValidationError("a role has up to 32 small letters, digits and hyphens, and begins with a letter.")
        }
        if holder.isEmpty || holder.utf8.count > 200 {
            throw ValidationError("--holder takes between 1 and 200 bytes.")
        }
    }

    func run() async throws {
        let signer = try signer.signer(for: "the history of the keys")
        let added: PublicKey
        do {
            added = try PublicKey(contentsOf: FilePath(key))
        } catch {
            throw Failure(.wrongCommand, error)
        }
        var history = try await options.read(changedBy: signer, holder: nil)
        let now = Date()
        try await history.append(.added, added, signers: [signer], time: now) {
            ($0.holder, $0.roles, $0.at) = (holder, role, now)
        }
        try await options.write(history, signer: signer)
        Terminal.show("Added    \(added.keyID): \(holder), as \(role.joined(separator: ", "))\n")
    }
}
