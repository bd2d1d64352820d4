import Files
import Synchronization
import SystemPackage

/// The SHA-256 of files of a tree, kept by whoever reads them to their end, so that nobody reads them again for it.
package final class FileDigests: Sendable {
    package let tree: OpenTree
    private let known = Mutex<[FilePath: [UInt8]]>([:])

    package init(of tree: OpenTree) { self.tree = tree }

    /// Whether it is a file of the tree, and not of another place that a link in it leads to.
    package func wants(_ file: TreeFile) -> Bool { file.tree === tree }

    /// - Parameter digest: 32 bytes.
    package func add(_ digest: [UInt8], of file: TreeFile) {
        precondition(wants(file), "a file of another tree")
        known.withLock { $0[file.name] = digest }
    }

    /// Reads the files of the tree that nobody has read.
    /// - Parameter progress: called with the bytes of all files that are known so far, from several tasks.
    /// - Returns: of every file, by name.
    /// - Throws: ``Files/FileError``, `Errno` when they cannot be read; `CancellationError`.
    package func all(
        workers: Int, progress: @escaping @Sendable (Int64) -> Void
    ) async throws -> [FilePath: [UInt8]] {
        let before = known.withLock { $0 }
        let files = tree.files.filter { before[$0.name] == nil }
        let read = tree.bytes - files.reduce(0) { $0 + $1.state.size }
        let tell: @Sendable (Int64) -> Void = { progress(read + $0) }
        _ = try await FilePass(files, workers: workers).perform(progress: tell) { index, _ in
            FileVisit(add: { _ in }, sha256: { self.add($0, of: files[index]) }, finish: {})
        }
        return known.withLock { $0 }
    }
}
