import Files
import Glibc
import SystemPackage

/// One file in memory that holds the input of the moment, for decoders that read files.
enum InputInMemory {
    private static let file: (path: String, descriptor: Int32) = {
        let path = "/dev/shm/pgassay-fuzz-\(getpid())"
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        precondition(descriptor >= 0, "\(path) cannot be made")
        atexit { unlink(InputInMemory.file.path) }
        return (path, descriptor)
    }()

    static func tree(holding bytes: UnsafeRawBufferPointer) throws -> OpenTree {
        precondition(ftruncate(file.descriptor, 0) == 0)
        if let base = bytes.baseAddress { precondition(pwrite(file.descriptor, base, bytes.count, 0) == bytes.count) }
        return try OpenTree(at: FilePath(file.path))
    }

    static func file(holding bytes: UnsafeRawBufferPointer) throws -> TreeFile {
        guard let file = try tree(holding: bytes).file() else { preconditionFailure("it is a file") }
        return file
    }
}
