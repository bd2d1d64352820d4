import CLinux
import Glibc
import SystemPackage

extension FileDescriptor {
    /// Opens a regular file for reading. Everything else (a link, a pipe, a device) is refused before it is opened: to open a
    /// pipe may take for ever, and to open a device may do something.
    /// - Throws: ``NotARegularFile``, `Errno`.
    package static func regularFile(_ path: FilePath) throws -> FileDescriptor {
        let place = try FileDescriptor.open(
            path, AccessMode(rawValue: pgassay_path_only), options: [.noFollow, .closeOnExec])
        return try place.closeAfter { try place.reopened() }
    }

    /// The file of a descriptor that opened nothing, opened for reading: this very file, wherever its name leads by now.
    /// - Throws: ``NotARegularFile``, `Errno`.
    func reopened() throws -> FileDescriptor {
        guard try stat().type == .regular else { throw NotARegularFile() }
        return try FileDescriptor.open("/proc/self/fd/\(rawValue)", .readOnly, options: .closeOnExec)
    }
}
