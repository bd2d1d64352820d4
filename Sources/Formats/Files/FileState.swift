import Glibc
import SystemPackage

/// Which file it was, and in which state: enough to notice that somebody wrote to it, or put another in its place.
package struct FileState: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case file, directory, link, socket
        /// A pipe or a device.
        case special
    }

    package let kind: Kind
    package let device: UInt64
    package let inode: UInt64
    /// In bytes.
    package let size: Int64
    package let modified: Moment
    /// Nil for a directory: its owner may rename it, and nothing in it changes.
    let changed: Moment?

    /// A time of the file system.
    package struct Moment: Sendable, Equatable {
        let seconds: Int
        let nanoseconds: Int

        init(_ time: timespec) {
            seconds = time.tv_sec
            nanoseconds = time.tv_nsec
        }

        package var secondsSince1970: Double { Double(seconds) + Double(nanoseconds) / 1e9 }
    }

    /// The same for as long as nobody writes to the file or puts another in its place: for records.
    package var words: String {
        let times = [modified, changed].compactMap(\.self).map { "\($0.seconds).\($0.nanoseconds)" }
        return (["\(size)", "\(inode)"] + times).joined(separator: " ")
    }

    init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .directory
            case S_IFLNK: .link
            case S_IFSOCK: .socket
            default: .special
            }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        modified = Moment(status.st_mtim)
        changed = kind == .directory ? nil : Moment(status.st_ctim)
    }

    /// Of an open file.
    /// - Throws: `Errno`.
    init(of descriptor: CInt) throws(Errno) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .current }
        self.init(status)
    }
}
