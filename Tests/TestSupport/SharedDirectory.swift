import Foundation
import Glibc
import SystemPackage

/// A directory for what tests of this process share, such as dumps; gone when the process ends.
///
/// Everybody may enter it, because servers run as another account, and its path is short, because Unix sockets below it
/// allow 107 bytes.
package enum SharedDirectory {
    package static let path: FilePath = {
        let path = "/tmp/pgassay-shared-\(getpid())"
        try? FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o777])
        atexit { try? FileManager.default.removeItem(atPath: "/tmp/pgassay-shared-\(getpid())") }
        return FilePath(path)
    }()
}
