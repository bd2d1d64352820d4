import Files
import SystemPackage

/// Creates a new key pair on disk.
package enum KeyFiles {
    /// The signing key: PKCS#8 in PEM.
    package static let privateName: FilePath.Component = "signing-key.pem"
    /// The public key: SubjectPublicKeyInfo in PEM.
    package static let publicName: FilePath.Component = "public-key.pem"

    /// Creates a key, and writes `signing-key.pem` (mode 0600) and `public-key.pem` (mode 0644) into a directory, which
    /// is created (mode 0700) if it does not exist. Both files are written or none; no file is ever overwritten.
    ///
    /// - Throws: ``KeyError`` if one of them exists already, or the directory cannot be written.
    package static func write(
        to directory: FilePath
    ) throws(KeyError) -> (private: FilePath, public: FilePath) {
        let key = SigningKey.generate()
        let (privateFile, publicFile) = (directory.appending(privateName), directory.appending(publicName))
        do {
            try Files.createDirectory(directory, mode: 0o700)
        } catch {
            throw KeyError(file: directory, problem: .unwritable(error))
        }
        var created: [FilePath] = []
        do {
            try create(privateFile, key.pem, mode: .ownerReadWrite)
            created.append(privateFile)
            try create(publicFile, key.publicKey.pem, mode: [.ownerReadWrite, .groupRead, .otherRead])
            created.append(publicFile)
            try sync(directory)
        } catch {
            created.forEach(Files.remove)
            throw error
        }
        return (privateFile, publicFile)
    }

    private static func create(_ file: FilePath, _ pem: String, mode: FilePermissions) throws(KeyError) {
        do {
            try Files.create(file, Array(pem.utf8), mode: mode, exactMode: true)
        } catch {
            let exists = error.problem == .system("create", .fileExists)
            throw KeyError(file: file, problem: exists ? .alreadyExists : .unwritable(error))
        }
    }

    private static func sync(_ directory: FilePath) throws(KeyError) {
        do {
            try Files.sync(directory: directory)
        } catch {
            throw KeyError(file: directory, problem: .unwritable(error))
        }
    }
}
