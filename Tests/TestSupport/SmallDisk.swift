import Foundation
import Glibc
import SystemPackage

/// A disk in memory that is mounted at a directory, so that a test can fill it up. Mounting needs root.
package struct SmallDisk: Sendable {
    package let directory: FilePath

    /// Makes it another size.
    /// - Parameter bytes: its new size, which is rounded up to whole pages.
    package func resize(to bytes: Int) throws {
        guard mount("tmpfs", directory.string, "tmpfs", UInt(MS_REMOUNT), "size=\(bytes)") == 0 else {
            throw Errno(rawValue: errno)
        }
    }
}

/// Mounts a disk at a directory while `body` runs.
/// - Parameters:
///   - directory: is made where it is missing.
///   - bytes: its size.
package func withSmallDisk<Result>(
    at directory: FilePath, of bytes: Int, _ body: (SmallDisk) async throws -> Result
) async throws -> Result {
    try FileManager.default.createDirectory(atPath: directory.string, withIntermediateDirectories: true)
    guard mount("tmpfs", directory.string, "tmpfs", 0, "size=\(bytes)") == 0 else { throw Errno(rawValue: errno) }
    do {
        let result = try await body(SmallDisk(directory: directory))
        try unmount(directory)
        return result
    } catch {
        try unmount(directory)
        throw error
    }
}

/// A child that another test has just started has our open files until it runs its program: for that moment the disk is in use, and
/// a plain umount(2) is refused. Detached, it is gone from the directory at once, and ends with its last user.
private func unmount(_ directory: FilePath) throws {
    guard umount2(directory.string, Int32(MNT_DETACH)) == 0 else { throw Errno(rawValue: errno) }
}
