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
    /// - Throws: `Errno` when it cannot be read; `CancellationError`.
    package init(of path: FilePath, progress: @escaping @Sendable (Int64) -> Void) async throws {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path.string, isDirectory: &isDirectory) else {
            throw Errno.noSuchFileOrDirectory
        }
        let tally = Tally()
        if isDirectory.boolValue {
            let files = try Self.files(below: path)
            let next = NextIndex(below: files.count)
            // Pairs and no dictionary: names of different bytes can be equal strings.
            let digests = try await withThrowingTaskGroup(of: [(name: String, digest: String)].self) { group in
                for _ in 0..<ProcessInfo.processInfo.activeProcessorCount {
                    group.addTask {
                        var digests: [(name: String, digest: String)] = []
                        while let index = next.take() {
                            let name = files[index]
                            digests.append((name, try Self.digest(ofFile: path.appending(name), tally, progress)))
                            await Task.yield()
                        }
                        return digests
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            var listing = SHA256()
            for file in digests.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
                listing.update(data: Data("\(file.digest)  \(file.name)\n".utf8))
            }
            set = ["dirHash": Hex.encode(listing.finalize())]
        } else {
            set = ["sha256": try Self.digest(ofFile: path, tally, progress)]
        }
    }

    /// Bytes read by all tasks.
    private final class Tally: Sendable {
        private let bytes = Atomic<Int64>(0)

        func add(_ count: Int) -> Int64 { bytes.wrappingAdd(Int64(count), ordering: .relaxed).newValue }
    }

    /// Regular files below a directory, by relative path: the largest first, so that none of them is waited for at the end.
    private static func files(below path: FilePath) throws -> [String] {
        var files: [(name: String, size: UInt64)] = []
        for name in try FileManager.default.subpathsOfDirectory(atPath: path.string) {
            let attributes = try FileManager.default.attributesOfItem(atPath: path.appending(name).string)
            guard attributes[.type] as? FileAttributeType == .typeRegular else { continue }
            files.append((name, attributes[.size] as? UInt64 ?? 0))
        }
        return files.sorted { $0.size > $1.size }.map(\.name)
    }

    private static func digest(
        ofFile path: FilePath, _ tally: Tally, _ progress: (Int64) -> Void
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
            progress(tally.add(count))
        }
    }
}
