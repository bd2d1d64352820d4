import ArgumentParser
import Evidence
import Foundation
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

    /// - Throws: ``Failure`` if there is none, or one of the files is no key.
    func ring() throws -> KeyRing { try Self.ring(publicKey, approver.compactMap(Self.parts), history: keyHistory) }

    /// - Throws: ``Failure``.
    func history() throws -> KeyHistory? {
        do {
            return try keyHistory.map { name throws(KeyHistoryError) in try KeyHistory(contentsOf: FilePath(name)) }
        } catch {
            throw Failure(.failed, error)
        }
    }

    /// - Parameter history: the name of its file.
    /// - Throws: ``Failure``.
    static func ring(
        _ publicKey: [String], _ approvers: [(role: String, file: String)] = [], history: String?
    ) throws -> KeyRing {
        let environment = ProcessInfo.processInfo.environment["PGASSAY_PUBLIC_KEY"].flatMap { $0.isEmpty ? nil : $0 }
        let names = publicKey.isEmpty ? environment.map { [$0] } ?? [] : publicKey
        guard !names.isEmpty else {
            throw Failure(.wrongCommand, "name the signer's public key with --public-key.")
        }
        do {
            let named = try names.map { name throws(KeyError) in try PublicKey(contentsOf: FilePath(name)) }
            var ring = KeyRing(operators: named)
            if let history {
                ring = try KeyHistory(contentsOf: FilePath(history)).ring(anchoredAt: named, name: history)
                // Of a key that is in the history, the history says when it counts.
                let known = ring.keys.map(\.publicKey)
                ring.keys += named.filter { !known.contains($0) }
                    .map { KeyRing.Key($0, roles: [KeyRing.operatorRole]) }
            }
            for (role, file) in approvers {
                ring.keys.append(KeyRing.Key(try PublicKey(contentsOf: FilePath(file)), roles: [role]))
            }
            return ring
        } catch let error as KeyHistoryError {
            throw Failure(.failed, error)
        } catch {
            throw Failure(.wrongCommand, error)
        }
    }

    private static func parts(_ words: String) -> (role: String, file: String)? {
        guard let equals = words.firstIndex(of: "=") else { return nil }
        let (role, file) = (String(words[..<equals]), String(words[words.index(after: equals)...]))
        return KeyRing.isRole(role) && role != KeyRing.operatorRole && !file.isEmpty ? (role, file) : nil
    }
}
