import Backup
import Evidence
import Manifest
import SystemPackage

/// Which manifest a backup is held against, and whom it is believed from.
package struct ManifestChoice: Sendable {
    /// Nil takes the one beside the backup, if there is one.
    package var file: FilePath?
    /// Of whoever must have signed it; nil believes one without a signature.
    package var publicKey: PublicKey?
    /// Whether the key is the public half of the one that signs the report, because nobody named another.
    package var isOwnKey: Bool

    package init(file: FilePath? = nil, publicKey: PublicKey? = nil, isOwnKey: Bool = false) {
        self.file = file
        self.publicKey = publicKey
        self.isOwnKey = isOwnKey
    }
}

extension RefusedManifest: Mistake {}
