import Files
import Storage
import SystemPackage

/// A file that is being written. Its SHA-256 is computed later, when the file is read back.
struct PartFile: ~Copyable {
    let path: FilePath
    private let file: NewFile
    private(set) var bytes: Int64 = 0

    /// - Throws: ``StoreError``, also if the file exists already.
    init(creating path: FilePath) throws(StoreError) {
        self.path = path
        do {
            file = try NewFile(path, mode: [.ownerReadWrite, .groupRead, .otherRead])
        } catch {
            throw Self.error("create", path, error)
        }
    }

    mutating func write(_ piece: UnsafeRawBufferPointer) throws(StoreError) {
        do {
            try file.write(piece)
        } catch {
            throw Self.error("write", path, error)
        }
        bytes += Int64(piece.count)
    }

    /// Puts the file on stable storage.
    func finish() throws(StoreError) {
        do {
            try file.sync()
        } catch {
            throw Self.error("write", path, error)
        }
    }

    private static func error(_ action: String, _ path: FilePath, _ error: Errno) -> StoreError {
        let directory = path.removingLastComponent().string
        switch error {
        case .noSpace, .diskQuotaExceeded: return .full(location: directory)
        default:
            return .refused(
                action: action, name: path.lastComponent?.string ?? "", location: directory, reason: "\(error)")
        }
    }
}
