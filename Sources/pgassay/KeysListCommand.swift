import ArgumentParser
import Evidence
import Foundation
import Pages
import SystemPackage

struct KeysListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show which keys count, for what, and when.")

    @OptionGroup var options: KeyHistoryOptions

    @Option(
        help: ArgumentHelp(
            "A key that you trust (PEM): the history is verified with it. May be repeated.", valueName: "pem"))
    var publicKey: [String] = []

    @Option(help: "text, or json: one document on standard output and nothing else.")
    var format: OutputFormat = .text

    func run() async throws {
        let history = try options.read()
        guard !history.lines.isEmpty else {
            throw Failure(
                .wrongCommand, "there is no history of keys at \(options.file): keys rotate and keys add make one.")
        }
        let anchors: [PublicKey]
        do {
            anchors = try publicKey.map { name throws(KeyError) in try PublicKey(contentsOf: FilePath(name)) }
        } catch {
            throw Failure(.wrongCommand, error)
        }
        let ring = try options.ring(of: history, anchoredAt: anchors.isEmpty ? nil : anchors)
        switch format {
        case .json:
            let keys = ring.keys.map(Listing.Key.init)
            Terminal.show(
                json: try StatementJSON.encode(Listing(verified: !anchors.isEmpty, keys: keys)) + "\n".utf8)
        case .text:
            let now = Date()
            for key in ring.keys {
                let state = key.isValid(at: now) ? "valid" : "not valid"
                Terminal.show(
                    """
                    \(key.publicKey.keyID)
                      \(state), \(key.period); \(key.roles.sorted().joined(separator: ", "))\(key.holder.map { "; \($0)" } ?? "")

                    """)
            }
            if anchors.isEmpty {
                Terminal.show("Not verified: name a key that you trust with --public-key.\n")
            }
        }
    }

    private struct Listing: Encodable {
        let verified: Bool
        let keys: [Key]

        struct Key: Encodable {
            let id: String
            let publicKey: String
            let holder: String?
            let roles: [String]
            let from: Date?
            let until: Date?
            let ending: String?

            init(_ key: KeyRing.Key) {
                (id, publicKey, holder) = (key.publicKey.keyID, key.publicKey.pem, key.holder)
                (roles, from, until, ending) = (key.roles.sorted(), key.from, key.until, key.ending)
            }
        }
    }
}
