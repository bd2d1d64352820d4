import Crypto
import Digests
import Files
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

    /// Reads the whole backup, several of its files at a time.
    /// - Parameter progress: called with the bytes read so far, from several tasks.
    /// - Throws: ``Files/FileError`` when it cannot be read or changes meanwhile; `CancellationError`.
    package init(of tree: OpenTree, progress: @escaping @Sendable (Int64) -> Void) async throws {
        try await self.init(of: FileDigests(of: tree), progress: progress)
    }

    /// Reads what nobody has read of a backup.
    /// - Parameter files: of its tree.
    /// - Throws: as ``init(of:progress:)``.
    package init(of files: FileDigests, progress: @escaping @Sendable (Int64) -> Void) async throws {
        let digests = try await files.all(
            workers: ProcessInfo.processInfo.activeProcessorCount, progress: progress)
        if let digest = digests[""] {
            set = ["sha256": Hex.encode(digest)]
            return
        }
        let lines = digests.map { (name: $0.key.bytes, digest: Hex.encode($0.value)) }
        var listing = SHA256()
        for line in lines.sorted(by: { $0.name.lexicographicallyPrecedes($1.name) }) {
            listing.update(data: Array("\(line.digest)  ".utf8) + line.name + [UInt8(ascii: "\n")])
        }
        set = ["dirHash": Hex.encode(listing.finalize())]
    }
}

extension FilePath {
    /// Its bytes as the file system has them, which need not be UTF-8.
    fileprivate var bytes: [UInt8] {
        withPlatformString { Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))) }
    }
}
