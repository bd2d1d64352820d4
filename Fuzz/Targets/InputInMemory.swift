import Glibc
import SystemPackage

/// One file in memory that holds the input of the moment, for decoders that open a path.
enum InputInMemory {
    private static let file: (path: String, descriptor: Int32) = {
        let path = "/dev/shm/pgassay-fuzz-\(getpid())"
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        precondition(descriptor >= 0, "\(path) cannot be made")
        atexit { unlink(InputInMemory.file.path) }
        return (path, descriptor)
    }()

    static func path(holding bytes: UnsafeRawBufferPointer) -> FilePath {
        precondition(ftruncate(file.descriptor, 0) == 0)
        if let base = bytes.baseAddress { precondition(pwrite(file.descriptor, base, bytes.count, 0) == bytes.count) }
        return FilePath(file.path)
    }
}
