import Backup
import Evidence
import Manifest
import SystemPackage

/// Which manifest a backup is held against, and whom it is believed from.
package struct ManifestChoice: Sendable {
    /// Nil takes the one beside the backup, if there is one.
    package var file: FilePath?
    /// The keys of whoever must have signed it; nil believes one without a signature.
    package var keys: [KeyRing.Key]?
    /// Whether they are those of whoever signs the report, because nobody named another.
    package var isOwnKey: Bool

    package init(file: FilePath? = nil, keys: [KeyRing.Key]? = nil, isOwnKey: Bool = false) {
        self.file = file
        self.keys = keys
        self.isOwnKey = isOwnKey
    }
}

extension RefusedManifest: Mistake {}
