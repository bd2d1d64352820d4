import ArgumentParser
import Drill
import Evidence
import Foundation
import Processes
import SystemPackage

/// Whose manifests are believed.
struct ManifestKeyOptions: ParsableArguments {
    @Option(
        help:
            "The public key (PEM) of whoever captured the manifest of the backup. (default: PGASSAY_PUBLIC_KEY, else the plan's, else the public half of the key that signs)"
    )
    var publicKey: String?

    /// The options as they were given.
    var words: [String] { publicKey.map { ["--public-key", $0] } ?? [] }

    /// - Parameters:
    ///   - file: the manifest; nil takes the one beside the backup.
    ///   - plan: the key that the plan names.
    ///   - own: the keys of whoever signs the report; nil where nobody does.
    /// - Throws: ``Failure``.
    func choice(file: String? = nil, plan: FilePath? = nil, own: KeyRing?) throws -> ManifestChoice {
        do {
            let named = try ((publicKey ?? Variable.value(of: "PGASSAY_PUBLIC_KEY")).map { FilePath($0) } ?? plan).map {
                file throws(KeyError) in KeyRing(operators: [try PublicKey(contentsOf: file)])
            }
            return ManifestChoice(
                file: file.map { FilePath($0) }, keys: (named ?? own)?.keys(for: KeyRing.operatorRole),
                isOwnKey: named == nil)
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
