import Crypto
import Evidence
import Foundation
import Glibc
import SystemPackage

/// A file that is being written: its bytes go to the disk, and into its SHA-256.
struct PartFile: ~Copyable {
    let path: FilePath
    private let descriptor: FileDescriptor
    private var hash = SHA256()
    private(set) var bytes: Int64 = 0

    /// - Throws: ``StoreError``: it must not be there yet.
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
        hash.update(bufferPointer: piece)
        bytes += Int64(piece.count)
    }

    /// Puts it on stable storage.
    /// - Returns: its SHA-256 in lowercase hex.
    func finish() throws(StoreError) -> String {
        guard fsync(descriptor.rawValue) == 0 else { throw Self.error("write", path, Errno(rawValue: errno)) }
        return Hex.encode(hash.finalize())
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
