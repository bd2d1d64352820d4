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

    func validate() throws {
        for words in approver where Self.parts(words) == nil {
            throw ValidationError("--approver takes a role and a key, such as reviewer=anna.pem.")
        }
    }

    /// - Throws: ``Failure`` if there is none, or one of the files is no key.
    func ring() throws -> KeyRing {
        let environment = ProcessInfo.processInfo.environment["PGASSAY_PUBLIC_KEY"].flatMap { $0.isEmpty ? nil : $0 }
        let names = publicKey.isEmpty ? environment.map { [$0] } ?? [] : publicKey
        guard !names.isEmpty else {
            throw Failure(.wrongCommand, "name the signer's public key with --public-key.")
        }
        do {
            var ring = KeyRing(
                operators: try names.map { name throws(KeyError) in try PublicKey(contentsOf: FilePath(name)) })
            for (role, file) in approver.compactMap(Self.parts) {
                ring.keys.append(KeyRing.Key(try PublicKey(contentsOf: FilePath(file)), roles: [role]))
            }
            return ring
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
