import Foundation
import Glibc
import SystemPackage

/// A file that is being written. Its SHA-256 is computed later, when the file is read back.
struct PartFile: ~Copyable {
    let path: FilePath
    private let descriptor: FileDescriptor
    private(set) var bytes: Int64 = 0

    /// - Throws: ``StoreError``, also if the file exists already.
    init(creating path: FilePath) throws(StoreError) {
        self.path = path
        do {
            descriptor = try FileDescriptor.open(
                path, .writeOnly, options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
        } catch {
            throw Self.error("create", path, error)
        }
    }

    deinit { try? descriptor.close() }

    mutating func write(_ piece: UnsafeRawBufferPointer) throws(StoreError) {
        do {
            try descriptor.writeAll(piece)
        } catch {
            throw Self.error("write", path, error)
        }
        bytes += Int64(piece.count)
    }

    /// Puts the file on stable storage.
    func finish() throws(StoreError) {
        guard fsync(descriptor.rawValue) == 0 else { throw Self.error("write", path, Errno(rawValue: errno)) }
    }

    private static func error(_ action: String, _ path: FilePath, _ error: any Error) -> StoreError {
        let directory = path.removingLastComponent().string
        switch error as? Errno {
        case .noSpace, .diskQuotaExceeded: return .full(location: directory)
        default:
            return .refused(
                action: action, name: path.lastComponent?.string ?? "", location: directory, reason: "\(error)")
        }
    }
}
