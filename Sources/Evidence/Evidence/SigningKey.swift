import Crypto
import Files
import Glibc
import SystemPackage

/// An Ed25519 private key, which signs reports.
package struct SigningKey: Sendable, CustomStringConvertible, CustomReflectable {
    private let key: Curve25519.Signing.PrivateKey

    private init(_ key: Curve25519.Signing.PrivateKey) {
        self.key = key
    }

    /// A new key from the system's random numbers.
    package static func generate() -> SigningKey {
        SigningKey(Curve25519.Signing.PrivateKey())
    }

    /// Reads a PEM file with one unencrypted PKCS#8 key.
    ///
    /// - Throws: ``KeyError`` if the file cannot be read, holds anything else, has any permission for group or others,
    ///   or does not belong to this account or to root. The same rules apply when root runs pgassay.
    package init(contentsOf file: FilePath) throws(KeyError) {
        do {
            let isCredential = Self.isCredential(file)
            var exposure: KeyError.Problem?
            let text = try Files.read(file, limit: KeyPEM.maximumSize) { status in
                do throws(KeyError.Problem) {
                    try Self.requirePrivate(status, isCredential: isCredential)
                } catch {
                    exposure = error
                }
            }
            // What the file is comes first: a public key is rightly open to everybody, and to close it would not help.
            let key = try SigningKey(pem: String(decoding: text, as: UTF8.self))
            if let exposure { throw exposure }
            self = key
        } catch {
            throw KeyError(file: file, reading: error)
        }
    }

    /// - Throws: when the text does not hold exactly one unencrypted Ed25519 private key.
    package init(pem: String) throws(KeyError.Problem) {
        let der = try KeyPEM.decode(pem, label: KeyPEM.privateLabel)
        guard let parts = try? KeyDER.parsePrivate(der) else { throw .damaged("it is not a PKCS#8 key") }
        guard parts.algorithm == KeyDER.ed25519 else { throw .wrongAlgorithm(KeyDER.name(of: parts.algorithm)) }
        guard let seed = try? KeyDER.seed(in: parts.contents), seed.count == 32,
            let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed)
        else { throw .damaged("an Ed25519 private key has 32 bytes") }
        guard parts.publicKey == nil || parts.publicKey == Array(key.publicKey.rawRepresentation) else {
            throw .damaged("the public key inside it belongs to another private key")
        }
        self.init(key)
    }

    /// PKCS#8 in PEM (RFC 8410), as `openssl genpkey -algorithm ed25519` writes it. Secret.
    package var pem: String {
        KeyPEM.encode(KeyPEM.privateLabel, KeyDER.encodePrivate(Array(key.rawRepresentation)))
    }

    /// The public half, which everybody may have.
    package var publicKey: PublicKey {
        PublicKey(bytes: Array(key.publicKey.rawRepresentation))
    }

    /// - Returns: the 64 bytes of the signature (RFC 8032).
    package func sign(_ bytes: [UInt8]) -> [UInt8] {
        do {
            return Array(try key.signature(for: bytes))
        } catch {
            // Ed25519 can sign every message; the only possible error is a lack of memory.
            fatalError("Ed25519 could not sign: \(error)")
        }
    }

    /// The id of the public half, so that a key that is printed by mistake reveals nothing.
    package var description: String { "signing key \(publicKey.keyID)" }

    /// Empty, so that a dump of a key reveals nothing either.
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// True if systemd gives the file to this service only (`LoadCredential`, systemd.exec(5)). systemd may do that
    /// with an access control list, which makes the file look readable by its group.
    private static func isCredential(_ file: FilePath) -> Bool {
        guard let directory = getenv("CREDENTIALS_DIRECTORY"), directory.pointee != 0 else { return false }
        return file.removingLastComponent() == FilePath(platformString: directory)
    }

    private static func requirePrivate(_ status: Stat, isCredential: Bool) throws(KeyError.Problem) {
        let permissions = status.permissions
        try requirePrivate(
            isCredential ? permissions.subtracting(.groupRead) : permissions, owner: status.userID.rawValue,
            account: geteuid())
    }

    static func requirePrivate(
        _ permissions: FilePermissions, owner: UInt32, account: UInt32
    ) throws(KeyError.Problem) {
        guard permissions.isDisjoint(with: [.groupReadWriteExecute, .otherReadWriteExecute]) else {
            throw .openToOthers(mode: UInt16(truncatingIfNeeded: permissions.rawValue))
        }
        guard owner == account || owner == 0 else { throw .foreignOwner(owner) }
    }
}

extension KeyError {
    /// Adds the file's name to any error of reading it.
    init(file: FilePath, reading error: any Error) {
        switch error {
        case let problem as Problem: self.init(file: file, problem: problem)
        case let error as FileError: self.init(file: file, problem: .unreadable(error))
        default: self.init(file: file, problem: .damaged("\(error)"))
        }
    }
}
