import Crypto
import Files
import Findings
import Foundation
import Synchronization
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
        let tally = Tally()
        if let file = tree.file() {
            set = ["sha256": try Self.digest(of: file, tally, progress)]
            return
        }
        // The largest first, so that none of them is waited for at the end.
        let files = tree.files.sorted { $0.state.size > $1.state.size }
        let next = NextIndex(below: files.count)
        let digests = try await withThrowingTaskGroup(of: [(name: [UInt8], digest: String)].self) { group in
            for _ in 0..<ProcessInfo.processInfo.activeProcessorCount {
                group.addTask {
                    var digests: [(name: [UInt8], digest: String)] = []
                    while let index = next.take() {
                        let file = files[index]
                        digests.append((file.name.bytes, try Self.digest(of: file, tally, progress)))
                        await Task.yield()
                    }
                    return digests
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        var listing = SHA256()
        for file in digests.sorted(by: { $0.name.lexicographicallyPrecedes($1.name) }) {
            listing.update(data: Array("\(file.digest)  ".utf8) + file.name + [UInt8(ascii: "\n")])
        }
        set = ["dirHash": Hex.encode(listing.finalize())]
    }

    /// Bytes read by all tasks.
    private final class Tally: Sendable {
        private let bytes = Atomic<Int64>(0)

        func add(_ count: Int) -> Int64 { bytes.wrappingAdd(Int64(count), ordering: .relaxed).newValue }
    }

    private static func digest(of file: TreeFile, _ tally: Tally, _ progress: (Int64) -> Void) throws -> String {
        var hash = SHA256()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
        defer { buffer.deallocate() }
        try file.readAll(through: buffer) { bytes in
            try Task.checkCancellation()
            hash.update(bufferPointer: bytes)
            progress(tally.add(bytes.count))
        }
        return Hex.encode(hash.finalize())
    }
}

extension FilePath {
    /// Its bytes as the file system has them, which need not be UTF-8.
    fileprivate var bytes: [UInt8] {
        withPlatformString { Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))) }
    }
}
