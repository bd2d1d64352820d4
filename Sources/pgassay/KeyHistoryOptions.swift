import ArgumentParser
import Evidence
import Files
import Foundation
import Ledger
import Pages
import SystemPackage

/// The history of the keys, and where its changes are entered.
struct KeyHistoryOptions: ParsableArguments {
    @Option(help: "The directory of the reports, in which the history is: key-history.jsonl.")
    var reports = "pgassay-reports"

    @Option(
        help: ArgumentHelp(
            "The ledger: a directory, or s3://bucket/prefix. (default: ledger below the reports)", valueName: "place"))
    var ledger: String?

    var file: FilePath { FilePath(reports).appending(KeyHistory.fileName) }

    /// - Throws: ``Failure``.
    func read() throws -> KeyHistory {
        guard Files.exists(file) else { return KeyHistory() }
        do {
            return try KeyHistory(contentsOf: file)
        } catch {
            throw Failure(.failed, error)
        }
    }

    /// Reads the history for whoever changes it. If there is none, its first line adds the key that changes it.
    /// - Throws: ``Failure`` if that key may not change it now.
    func read(changedBy signer: any Signer, holder: String?) async throws -> KeyHistory {
        var history = try read()
        if history.lines.isEmpty {
            try await history.append(.added, signer.publicKey, signers: [signer], time: Date()) {
                ($0.holder, $0.roles) = (holder, [KeyRing.operatorRole, KeyHistory.keysRole])
            }
        }
        let own = try ring(of: history, anchoredAt: [signer.publicKey]).keys
            .first { $0.publicKey == signer.publicKey }
        guard let own, own.roles.contains(KeyHistory.keysRole), own.isValid(at: Date()) else {
            throw Failure(
                .failed,
                "the key \(signer.publicKey.keyID) may not change the keys now: by \(file) it \(own.map { "is valid \($0.period), for \($0.roles.sorted().joined(separator: ", "))" } ?? "is not there")."
            )
        }
        return history
    }

    /// - Throws: ``Failure``.
    func ring(of history: KeyHistory, anchoredAt keys: [PublicKey]?) throws -> KeyRing {
        do {
            return try history.ring(anchoredAt: keys, name: file.string)
        } catch {
            throw Failure(.failed, error)
        }
    }

    /// Writes the history, and enters what is new in it into the ledger, if there is one.
    /// - Parameter signer: signs the ledger from now on.
    /// - Throws: ``Failure``.
    func write(_ history: KeyHistory, signer: any Signer) async throws {
        // What would not be read again is not written.
        let ring = try ring(of: history, anchoredAt: [signer.publicKey])
        do {
            try Files.createDirectory(FilePath(reports), mode: 0o755)
            try Files.replace(
                file, with: history.encoded, mode: [.ownerReadWrite, .groupRead, .otherRead])
        } catch {
            throw Failure(.couldNotTell, error)
        }
        Terminal.show("History  \(verbatim: file.string)\n")
        let location = try LedgerOptions.location(ledger) ?? LedgerPlace.default(of: FilePath(reports))
        let place = LedgerPlace(
            location, signer: signer, others: ring.operators.filter { $0 != signer.publicKey },
            reports: FilePath(reports))
        do {
            if let entry = try await place.enter(history) {
                Terminal.show("Ledger   entry \(entry.index) of \(entry.origin)\n")
            }
        } catch LedgerError.missing {
            Terminal.show("Ledger   no entry: there is no ledger at \(location.words) yet\n")
        } catch {
            throw Failure(.couldNotTell, "\(file) is written, and the ledger has no entry of it: \(error)")
        }
    }
}

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
            throw Failure(.wrongCommand, "there is no history of keys at \(options.file): keys rotate and keys add make one.")
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
        if holder.isEmpty || holder.utf8.count > 200 { throw ValidationError("--holder takes between 1 and 200 bytes.") }
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
        let new = try SignerOptions.signer(
            newSigningKey.map { .file(FilePath($0)) }
                ?? .command(
                    .init(
                        words: newSigner!.split(whereSeparator: \.isWhitespace).map(String.init),
                        publicKey: FilePath(newSignerKey!), deadline: .seconds(signer.signerDeadline))))
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
                .wrongCommand, "a key does not revoke itself: let another one take over first, with pgassay keys rotate.")
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
