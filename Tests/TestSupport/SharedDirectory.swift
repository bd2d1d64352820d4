import Foundation
import Glibc
import SystemPackage

/// Where tests make their directories: the environment variable `PGASSAY_TEST_DIRECTORY`; else `/dev/shm`, where that is
/// in memory and has room; else `/tmp`.
///
/// A server makes a thousand files before its first statement, and tests run hundreds of servers: on ext4 that takes as
/// long as everything else in a drill, because ext4 goes out of its way not to use an inode again that was freed just
/// before. Paths are short, because Unix sockets below them allow 107 bytes.
package enum TestDirectory {
    package static let root: FilePath = {
        if let named = ProcessInfo.processInfo.environment["PGASSAY_TEST_DIRECTORY"] { return FilePath(named) }
        let memory = "/dev/shm"
        var status = statvfs()
        guard access(memory, W_OK | X_OK) == 0, statvfs(memory, &status) == 0,
            // Tests run scripts of their own, which a file system without programs refuses.
            status.f_flag & noExecution == 0,
            min(Int(status.f_bavail) * Int(status.f_frsize), availableMemory) >= neededMemory
        else { return "/tmp" }
        return FilePath(memory)
    }()

    /// `ST_NOEXEC` (statvfs(3)), which Swift does not import.
    private static let noExecution: UInt = 8

    /// Bytes. The tests were seen to use a third of it.
    private static let neededMemory = 6 << 30

    /// Bytes that programs can have before the machine swaps (proc(5)).
    private static var availableMemory: Int {
        let information = (try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8)) ?? ""
        return (information.firstMatch(of: /MemAvailable:\s+(\d+) kB/).flatMap { Int($0.1) } ?? 0) << 10
    }
}

/// A directory for what tests of this process share, such as dumps; gone when the process ends.
///
/// Everybody may enter it, because servers run as another account.
package enum SharedDirectory {
    package static let path: FilePath = {
        let path = TestDirectory.root.appending("pgassay-shared-\(getpid())")
        try? FileManager.default.createDirectory(
            atPath: path.string, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o777])
        atexit { try? FileManager.default.removeItem(atPath: SharedDirectory.path.string) }
        return path
    }()
}
