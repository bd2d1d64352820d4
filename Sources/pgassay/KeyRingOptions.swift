import ArgumentParser
import Evidence
import Files
import Foundation
import Processes
import SystemPackage

/// Whose signatures count for whoever verifies.
struct KeyRingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A public key (PEM) that signs reports and the ledger. Take it from where you trust it, never from beside them. May be repeated. (default: PGASSAY_PUBLIC_KEY)",
            valueName: "pem"))
    var publicKey: [String] = []

    @Option(
        help: ArgumentHelp(
            "The public key (PEM) of a person who approves, with the role: reviewer=anna.pem. May be repeated.",
            valueName: "role=pem"))
    var approver: [String] = []

    @Option(
        help: ArgumentHelp(
            "The history of the keys (see keys list): which key counts when, and for what. One of the keys that you name must have signed in it.",
            valueName: "file"))
    var keyHistory: String?

    func validate() throws {
        for words in approver where Self.parts(words) == nil {
            throw ValidationError("--approver takes a role and a key, such as reviewer=anna.pem.")
        }
    }

    /// Whether a key is named, by an option or by the environment.
    var isGiven: Bool {
        !publicKey.isEmpty || keyHistory != nil || Variable.value(of: "PGASSAY_PUBLIC_KEY") != nil
    }

    /// The keys that count, and the history that says when, if one is named.
    struct Trust {
        let ring: KeyRing
        let history: KeyHistory?
    }

    /// - Throws: ``Failure`` if no key is named, or one of the files is none, or not a history.
    func trust() throws -> Trust { try Self.trust(publicKey, try approvers(), history: keyHistory) }

    /// - Parameters:
    ///   - names: of files with public keys; if there are none, that of the environment.
    ///   - history: the name of its file.
    /// - Throws: ``Failure``.
    static func trust(_ names: [String], _ approvers: [KeyRing.Key] = [], history: String?) throws -> Trust {
        let named = try needed(names)
        do throws(KeyHistoryError) {
            let history = try history.map { name throws(KeyHistoryError) in try KeyHistory(contentsOf: FilePath(name)) }
            return Trust(ring: try ring(named, approvers, history), history: history)
        } catch {
            throw Failure(.failed, error)
        }
    }

    /// The keys of whoever makes a pack: those that are named, those that the history beside the reports has, and the own one.
    /// - Throws: ``Failure``.
    func ring(with own: [PublicKey], historyIn reports: FilePath) throws -> KeyRing {
        let file = reports.appending(KeyHistory.fileName)
        do {
            return try Self.ring(
                own + Self.named(publicKey), try approvers(), Files.exists(file) ? KeyHistory(contentsOf: file) : nil)
        } catch let error as KeyHistoryError {
            throw Failure(.failed, error)
        }
    }

    /// The keys of whoever verifies, with a history that is at hand, unless another one is named.
    /// - Throws: ``Failure``.
    func ring(history: KeyHistory?) throws -> KeyRing {
        if keyHistory != nil { return try trust().ring }
        let named = try Self.needed(publicKey)
        do {
            return try Self.ring(named, try approvers(), history)
        } catch let error as KeyHistoryError {
            // A history that cannot be relied on counts as no history, so a changed file has the same effect as a removed one.
            Terminal.note("\(error)\n")
            return try Self.ring(named, try approvers(), nil)
        }
    }

    /// - Throws: ``Failure`` if there is none, or one of the files is no key.
    private static func needed(_ names: [String]) throws -> [PublicKey] {
        let named = try named(names)
        guard !named.isEmpty else { throw Failure(.wrongCommand, "name the signer's public key with --public-key.") }
        return named
    }

    private static func named(_ names: [String]) throws -> [PublicKey] {
        try keys(names.isEmpty ? Variable.value(of: "PGASSAY_PUBLIC_KEY").map { [$0] } ?? [] : names)
    }

    private func approvers() throws -> [KeyRing.Key] {
        try approver.compactMap(Self.parts).map { role, file in KeyRing.Key(try Self.keys([file])[0], roles: [role]) }
    }

    /// - Parameter names: of files.
    private static func keys(_ names: [String]) throws -> [PublicKey] {
        do {
            return try names.map { name throws(KeyError) in try PublicKey(contentsOf: FilePath(name)) }
        } catch {
            throw Failure(.wrongCommand, error)
        }
    }

    private static func ring(
        _ named: [PublicKey], _ approvers: [KeyRing.Key], _ history: KeyHistory?
    ) throws(KeyHistoryError) -> KeyRing {
        var ring = KeyRing(operators: named)
        if let history {
            ring = try history.ring(anchoredAt: named)
            // Of a key that is in the history, the history says when it counts.
            let known = ring.keys.map(\.publicKey)
            ring.keys += named.filter { !known.contains($0) }.map { KeyRing.Key($0, roles: [KeyRing.operatorRole]) }
        }
        ring.keys += approvers
        return ring
    }

    private static func parts(_ words: String) -> (role: String, file: String)? {
        guard let equals = words.firstIndex(of: "=") else { return nil }
        let (role, file) = (String(words[..<equals]), String(words[words.index(after: equals)...]))
        return KeyRing.isRole(role) && role != KeyRing.operatorRole && !file.isEmpty ? (role, file) : nil
    }
}
