import ArgumentParser
import Evidence
import Foundation
import SystemPackage

struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Make keys for signing reports, and keep the history of which one counts when.",
        discussion: """
            The history is a file of signed lines beside the reports. Verification takes it with --key-history, and refuses what \
            was signed outside a key's time. docs/keys.md explains it.
            """,
        subcommands: [
            Generate.self, KeysListCommand.self, KeysAddCommand.self, KeysRotateCommand.self, KeysRevokeCommand.self,
        ])

    struct Generate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a new signing-key.pem (0600) and its public-key.pem. Never overwrites one.")

        @Option(help: "Directory for the two files.")
        var output: String

        func run() async throws {
            do {
                let files = try KeyFiles.write(to: FilePath(output))
                let key = try PublicKey(contentsOf: files.public)
                Terminal.show(
                    """
                    \(files.private)   signs; keep it where only pgassay can read it
                    \(files.public)    verifies; give it to your auditor
                    fingerprint \(key.fingerprint)

                    """)
            } catch {
                throw Failure(.wrongCommand, error)
            }
        }
    }
}
