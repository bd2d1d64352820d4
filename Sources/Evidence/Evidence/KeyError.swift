import Files
import SystemPackage

/// A key file that cannot be used or written, why, and what to do.
package struct KeyError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What can be wrong with a key.
    package enum Problem: Error, Sendable, Equatable {
        /// The file cannot be read at all.
        case unreadable(FileError)
        /// The file, or its directory, cannot be written.
        case unwritable(FileError)
        /// A file of this name exists; keys are never overwritten.
        case alreadyExists
        /// Others than the owner may read or write it; the permission bits.
        case openToOthers(mode: UInt16)
        /// It does not belong to this account or to root; the owner's numeric id.
        case foreignOwner(UInt32)
        /// It has no `-----BEGIN …-----` line.
        case notPEM
        /// It is PEM of something else; the label, such as `CERTIFICATE`.
        case wrongKind(label: String)
        /// It is encrypted with a passphrase.
        case encrypted
        /// It is a key, but not an Ed25519 key; the name of its algorithm.
        case wrongAlgorithm(String)
        /// It has the right label, but its contents are not what the label says.
        case damaged(String)
    }

    /// The key file, or the directory for new ones.
    package var file: FilePath
    /// What is wrong with it.
    package var problem: Problem

    package init(file: FilePath, problem: Problem) {
        self.file = file
        self.problem = problem
    }

    package var description: String {
        "\(happened) \(remedy)"
    }

    private var happened: String {
        switch problem {
        case .unreadable(let error), .unwritable(let error): "\(error)."
        case .alreadyExists: "\(file) is there already, and a key is never overwritten."
        case .openToOthers(let mode):
            "\(file) is open to other accounts (mode 0\(String(mode, radix: 8))), so it does not prove who signed."
        case .foreignOwner(let owner): "\(file) belongs to user \(owner), who could exchange it."
        case .notPEM: "\(file) is not a PEM file."
        case .wrongKind(KeyPEM.publicLabel):
            "\(file) holds a public key, which proves who signed; only its private half signs."
        case .wrongKind(KeyPEM.privateLabel):
            "\(file) holds a private key, which signs; what is needed here is its public half."
        case .wrongKind(let label): "\(file) holds a \(label), which is not the kind of key needed here."
        case .encrypted: "\(file) is encrypted with a passphrase, and an unattended drill cannot ask for it."
        case .wrongAlgorithm(let name): "\(file) holds a key for \(name); reports are signed with Ed25519."
        case .damaged(let reason): "\(file) is damaged: \(reason)."
        }
    }

    private var remedy: String {
        switch problem {
        case .unreadable: "Check the path and its permissions."
        case .unwritable: "Choose a directory that can be written."
        case .alreadyExists:
            "Choose another directory, or move the old key away and keep its public key for old reports."
        case .openToOthers: "Run: chmod 600 \(file) (and if others may have copied it, make a new key)."
        case .foreignOwner: "Change its owner to the account that runs pgassay, or use a key of that account."
        case .encrypted:
            "Decrypt it once with: openssl pkey -in \(file) -out signing-key.pem; chmod 600 signing-key.pem"
        case .notPEM, .wrongKind, .damaged:
            "A signing key starts with -----BEGIN PRIVATE KEY-----, a public key with -----BEGIN PUBLIC KEY-----; "
                + "`pgassay keys generate` makes both."
        case .wrongAlgorithm: "Make an Ed25519 key: pgassay keys generate --output DIR"
        }
    }
}
