import Crypto
import Findings
import Glibc
import Scratch
import SystemPackage

/// A new file that is written from its beginning to its end.
struct NewFile: ~Copyable {
    private let descriptor: FileDescriptor

    /// - Throws: `Errno`, also where something is there.
    init(_ path: FilePath, for account: Account) throws {
        let descriptor = try FileDescriptor.open(
            path, .writeOnly, options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
            permissions: .ownerReadWrite)
        guard fchown(descriptor.rawValue, account.userID, account.groupID) == 0 else {
            let error = Errno(rawValue: errno)
            try? descriptor.close()
            throw error
        }
        self.descriptor = descriptor
    }

    deinit { try? descriptor.close() }

    func write(_ piece: [UInt8]) throws { _ = try descriptor.writeAll(piece) }
}

/// Counts and digests bytes as they go by.
struct PassingBytes {
    private(set) var count: Int64 = 0
    private var hash = SHA256()

    mutating func add(_ piece: [UInt8]) {
        hash.update(data: piece)
        count += Int64(piece.count)
    }

    var sha256: String { Hex.encode(hash.finalize()) }
}
