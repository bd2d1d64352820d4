import Glibc
import SystemPackage

/// The free space of a file system, in bytes, that an unprivileged account may use.
/// - Throws: `Errno` when the path cannot be looked at.
package func freeDiskSpace(at path: FilePath) throws(Errno) -> Int64 {
    var status = statvfs()
    guard statvfs(path.string, &status) == 0 else { throw Errno(rawValue: errno) }
    return Int64(status.f_bavail) * Int64(status.f_frsize)
}
