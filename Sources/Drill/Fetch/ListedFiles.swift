import Foundation
import Glibc
import Scratch
import SystemPackage

/// The files that a directory has to have, by the list of those who sent it.
struct ListedFiles {
    /// Sizes in bytes, by path below the directory. Names are told apart by bytes.
    private var sizes: [[UInt8]: Int64] = [:]
    private var directories: Set<[UInt8]> = []

    /// - Parameter files: paths below the directory, and sizes in bytes.
    /// - Throws: ``FetchError/failed(program:reason:)`` where a path is not the name of a file in that directory.
    init(_ files: [(path: String, size: Int64)]) throws(FetchError) {
        for (path, size) in files {
            let steps = path.split(separator: "/", omittingEmptySubsequences: false)
            guard !steps.contains(where: { ["", ".", ".."].contains($0) }), !path.utf8.contains(0) else {
                throw .failed(program: "aws", reason: "the key …/\(path) is no name of a file")
            }
            sizes[Array(path.utf8)] = size
            for count in 1..<max(1, steps.count) {
                directories.insert(Array(steps.prefix(count).joined(separator: "/").utf8))
            }
        }
    }

    /// Compares what arrived with the list (names and sizes: nothing more, nothing less, and no link), and gives it to an
    /// account alone.
    /// - Throws: ``FetchError``, `Errno`.
    func takeOver(_ root: FilePath, for account: Account) throws {
        var missing = Set(sizes.keys)
        var rest = [""]
        while let directory = rest.popLast() {
            try Task.checkCancellation()
            for name in try FileManager.default.contentsOfDirectory(atPath: root.pushing(FilePath(directory)).string) {
                let path = directory.isEmpty ? name : "\(directory)/\(name)"
                let key = Array(path.utf8)
                let place = root.pushing(FilePath(path))
                switch try Stat(place, followTargetSymlink: false).type {
                case .directory where directories.contains(key):
                    try Self.give(place, .directory, to: account, [.ownerReadWriteExecute])
                    rest.append(path)
                case .regular where sizes[key] != nil:
                    let size = try Self.give(place, [], to: account, [.ownerReadWrite])
                    guard size == sizes[key] else {
                        throw Self.changed(
                            while: "…/\(path) has \(sizes[key] ?? 0) bytes by the list, and \(size) came")
                    }
                    missing.remove(key)
                default: throw Self.changed(while: "…/\(path) is not in the list, and came")
                }
            }
        }
        if let path = missing.map({ String(decoding: $0, as: UTF8.self) }).min() {
            throw Self.changed(while: "…/\(path) is in the list, and did not come")
        }
    }

    static func changed(while what: String) -> FetchError {
        .failed(
            program: "aws",
            reason: "something changed the backup while it was downloaded (\(what)); drill it again when that has ended"
        )
    }

    /// - Returns: its size.
    @discardableResult
    private static func give(
        _ path: FilePath, _ options: FileDescriptor.OpenOptions, to account: Account, _ rights: FilePermissions
    ) throws -> Int64 {
        let file = try FileDescriptor.open(path, .readOnly, options: options.union([.noFollow, .closeOnExec]))
        return try file.closeAfter {
            var status = stat()
            guard fstat(file.rawValue, &status) == 0,
                fchown(file.rawValue, account.userID, account.groupID) == 0,
                fchmod(file.rawValue, rights.rawValue) == 0
            else { throw Errno(rawValue: errno) }
            return Int64(status.st_size)
        }
    }
}
