import Crypto
import Evidence
import Findings
import Foundation
import SystemPackage

/// The SHA-256 of a backup, by which a report is bound to it: of a file `sha256`, of a directory in-toto's `dirHash`.
///
/// `dirHash` is what this prints inside the directory:
///
///     find . -type f | cut -c3- | LC_ALL=C sort | xargs -r sha256sum | sha256sum
package struct BackupDigest: Sendable, Equatable {
    /// The in-toto DigestSet: algorithm to lowercase hex.
    package let set: [String: String]

    /// Reads the whole backup.
    /// - Parameter progress: called with the bytes read so far.
    /// - Throws: `Errno` when it cannot be read; `CancellationError`.
    package init(of path: FilePath, progress: (Int64) -> Void) throws {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path.string, isDirectory: &isDirectory) else {
            throw Errno.noSuchFileOrDirectory
        }
        var total: Int64 = 0
        if isDirectory.boolValue {
            var listing = SHA256()
            for name in try Self.files(below: path) {
                let digest = try Self.digest(ofFile: path.appending(name), total: &total, progress: progress)
                listing.update(data: Data("\(digest)  \(name)\n".utf8))
            }
            set = ["dirHash": Hex.encode(listing.finalize())]
        } else {
            set = ["sha256": try Self.digest(ofFile: path, total: &total, progress: progress)]
        }
    }

    /// Regular files below a directory, by relative path, sorted by bytes.
    private static func files(below path: FilePath) throws -> [String] {
        var names: [String] = []
        for name in try FileManager.default.subpathsOfDirectory(atPath: path.string) {
            let attributes = try FileManager.default.attributesOfItem(atPath: path.appending(name).string)
            if attributes[.type] as? FileAttributeType == .typeRegular { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private static func digest(
        ofFile path: FilePath, total: inout Int64, progress: (Int64) -> Void
    ) throws -> String {
        let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
        defer { try? file.close() }
        var hash = SHA256()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            try Task.checkCancellation()
            let count = try file.read(into: buffer)
            if count == 0 { return Hex.encode(hash.finalize()) }
            hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            total += Int64(count)
            progress(total)
        }
    }
}
