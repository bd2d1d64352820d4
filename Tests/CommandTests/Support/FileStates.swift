import Foundation
import Glibc
import SystemPackage

/// Enough of a file, or of all below a directory, to see that somebody changed it.
struct FileStates: Equatable {
    private let states: [String: [Int]]

    init(of path: FilePath) throws {
        let below = FileManager.default.subpaths(atPath: path.string) ?? []
        var states: [String: [Int]] = [:]
        for file in [path.string] + below.map({ "\(path)/\($0)" }) {
            var status = stat()
            guard lstat(file, &status) == 0 else { throw Errno(rawValue: errno) }
            states[file] = [
                Int(status.st_ino), status.st_size, Int(status.st_mode), Int(status.st_uid),
                status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec,
            ]
        }
        self.states = states
    }
}
