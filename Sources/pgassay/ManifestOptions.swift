import ArgumentParser
import Drill
import Evidence
import Foundation
import SystemPackage

/// Whose manifests are believed.
struct ManifestKeyOptions: ParsableArguments {
    @Option(
        help:
            "The public key (PEM) of whoever captured the manifest of the backup. (default: PGASSAY_PUBLIC_KEY, else the plan's, else the public half of the key that signs)"
    )
    var publicKey: String?

    private static var environment: String? {
        ProcessInfo.processInfo.environment["PGASSAY_PUBLIC_KEY"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The options as they were given.
    var words: [String] { publicKey.map { ["--public-key", $0] } ?? [] }

    /// - Parameters:
    ///   - file: the manifest; nil takes the one beside the backup.
    ///   - plan: the key that the plan names.
    ///   - signer: of the report; nil where there is none.
    /// - Throws: ``Failure``.
    func choice(file: String? = nil, plan: FilePath? = nil, signer: (any Signer)?) throws -> ManifestChoice {
        do {
            let named = try ((publicKey ?? Self.environment).map { FilePath($0) } ?? plan).map {
                file throws(KeyError) in try PublicKey(contentsOf: file)
            }
            return ManifestChoice(
                file: file.map { FilePath($0) }, publicKey: named ?? signer?.publicKey, isOwnKey: named == nil)
        } catch {
            throw Failure(.wrongCommand, error)
        }
    }
}

/// The manifest of one backup.
struct ManifestOptions: ParsableArguments {
    @Option(
        help:
            "The manifest that pgassay capture took with the backup. (default: BACKUP.manifest.json, if it is there)")
    var manifest: String?
}
