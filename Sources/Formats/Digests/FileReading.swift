import Files
import Glibc
import SystemPackage

/// A file that is being read from its beginning to its end. The kernel reads ahead of it, so that a slow disk has work while
/// processors compute.
final class FileReading<Result> {
    private let descriptor: FileDescriptor
    private let visit: FileVisit<Result>
    private var position: Int64 = 0
    private(set) var hasEnded = false

    /// How far the kernel reads ahead, in bytes.
    private static var ahead: Int64 { 4 << 20 }

    /// - Throws: ``Files/FileError``, also when it has changed since its tree was opened; what `visit` throws.
    init(_ file: TreeFile, _ visit: (FileDescriptor) throws -> FileVisit<Result>) throws {
        let descriptor = try file.open()
        self.descriptor = descriptor
        do {
            self.visit = try visit(descriptor)
        } catch {
            close(descriptor.rawValue)
            throw error
        }
        if file.state.size > 0 { advise(from: 0, to: Self.ahead) }
    }

    deinit { close(descriptor.rawValue) }

    var isHashed: Bool { visit.sha256 != nil }

    /// Reads the next piece, and gives it to the visit.
    /// - Returns: the piece, which is in the buffer.
    /// - Throws: `Errno`; what the visit throws.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> UnsafeRawBufferPointer {
        advise(from: position + Self.ahead, to: position + Self.ahead + Int64(visit.pieceSize))
        var count = 0
        while count < visit.pieceSize {
            let read = try descriptor.read(
                into: UnsafeMutableRawBufferPointer(rebasing: buffer[count..<visit.pieceSize]))
            if read == 0 { break }
            count += read
        }
        position += Int64(count)
        hasEnded = count < visit.pieceSize
        let piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
        if count > 0 { try visit.add(piece) }
        return piece
    }

    /// - Parameter hash: of the whole file.
    func finish(_ hash: SHA256Stream) throws -> Result {
        if let take = visit.sha256 { take(hash.finish()) }
        return try visit.finish()
    }

    /// It is only advice: where a file system does not take it, the file is read all the same.
    private func advise(from start: Int64, to end: Int64) {
        posix_fadvise(descriptor.rawValue, off_t(start), off_t(end - start), POSIX_FADV_WILLNEED)
    }
}
