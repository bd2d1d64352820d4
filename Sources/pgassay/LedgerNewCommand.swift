import ArgumentParser
import Evidence
import Files
import Foundation
import Ledger
import Pages
import SystemPackage

struct LedgerNewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new",
        abstract: "Start a new log where another one ended: with a new key, or because the old one is damaged.",
        discussion: """
            The first entry of the new log names the old one: its name, how many entries it had, and their root. Nothing is \
            taken away: keep the old log, and verify it as before. Name the new place in the plan, or with --ledger.
            """)

    @Option(help: ArgumentHelp("Where the new log is made: a directory, or s3://bucket/prefix.", valueName: "place"))
    var ledger: String

    @Option(
        help: ArgumentHelp(
            "The last checkpoint of the old log that can be trusted: its file checkpoint, a file of its checkpoints, or a .tlog-proof.",
            valueName: "file"))
    var previous: String

    @Option(help: ArgumentHelp("The public key (PEM) that signed the old log.", valueName: "pem"))
    var publicKey: String

    @Option(help: "Why, for those who read it later.")
    var reason: String

    @OptionGroup var signer: SignerOptions

    func run() async throws {
        let key = try signer.signer(for: "the log")
        guard let location = try LedgerOptions.location(ledger) else { return }
        let old: PublicKey
        do {
            old = try PublicKey(contentsOf: FilePath(publicKey))
        } catch {
            throw Failure(.wrongCommand, error)
        }
        let checkpoint = try LedgerConsistencyCommand.checkpoint(in: previous, [old])
        do {
            let appended = try await LedgerPlace(location, signer: key).start(after: checkpoint, reason: reason)
            Terminal.show(
                """
                \(location.words): the log \(appended.origin), which goes on from \(checkpoint.origin) at \
                \(checkpoint.size) entries

                """)
        } catch {
            throw LedgerSource.failure(of: error)
        }
    }
}
