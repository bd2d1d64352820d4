import Foundation
import Glibc
import Synchronization
import SystemPackage

/// What is wrong with a file of a backup.
package struct FileFlaw: Sendable, Equatable {
    /// Relative to the data directory.
    package let path: String
    package let problem: String
    /// Set where it is of a relation, whose name a server can tell.
    package let relation: RelationFile?

    package init(path: String, problem: String) {
        self.path = path
        self.problem = problem
        relation = RelationFile(path: path)
    }
}

extension DataDirectory {
    /// What the manifest says is there and is not, or has another size, or is there and not in the manifest; nothing is read.
    /// The same exceptions as `pg_verifybackup` makes.
    package var flaws: [FileFlaw] {
        guard let manifest else { return [] }
        var left = manifest.files
        var found: [FileFlaw] = []
        for file in files {
            guard let expected = left.removeValue(forKey: file.path) else {
                if !file.path.hasPrefix("pg_wal/") {
                    found.append(FileFlaw(path: file.path, problem: "it is there, and not in the manifest"))
                }
                continue
            }
            if expected.size != file.size {
                found.append(
                    FileFlaw(path: file.path, problem: "\(file.size) bytes, and the manifest says \(expected.size)"))
            }
        }
        for path in left.keys.sorted() where !Self.isLeftOut(path) || !Self.isThere(self.path.appending(path)) {
            found.append(FileFlaw(path: path, problem: "it is missing"))
        }
        return found
    }

    private static func isLeftOut(_ path: String) -> Bool {
        leftOut.contains(path) || path.split(separator: "/").contains { emptied.contains(String($0)) }
            || path.split(separator: "/").last?.hasPrefix("pg_internal.init") == true
    }
}

/// Copies a data directory to where a server can be started on it, and verifies each file while its bytes go by: against the
/// manifest where there is one, and page by page where the cluster has data checksums. The original is only ever read.
package struct LayOut: Sendable {
    package let source: DataDirectory
    /// The new data directory, which is there and empty.
    package let target: FilePath
    /// Where tablespaces go, which is made: never where they lay.
    package let tablespaces: FilePath
    package let owner: FileOwner
    /// Pages have checksums; those that were changed at or after this position may be torn, and are made whole by replay.
    package let checksumsBefore: LogPosition?
    package let workers: Int

    package init(
        _ source: DataDirectory, to target: FilePath, tablespaces: FilePath, owner: FileOwner,
        checksumsBefore: LogPosition?, workers: Int
    ) {
        self.source = source
        self.target = target
        self.tablespaces = tablespaces
        self.owner = owner
        self.checksumsBefore = checksumsBefore
        self.workers = workers
    }

    /// What the workers share.
    private final class Tally: Sendable {
        let next = Atomic<Int>(0)
        let bytes = Atomic<Int64>(0)
    }

    /// At most so many pages of a file are named.
    private static let namedPages = 5

    /// - Parameter progress: called with the bytes read so far, from several tasks.
    /// - Returns: what is wrong with the files, by path.
    /// - Throws: `Errno` where something cannot be read or written; `CancellationError`.
    package func perform(progress: @escaping @Sendable (Int64) -> Void) async throws -> [FileFlaw] {
        try owner.makeDirectory(tablespaces)
        for directory in source.directories { try make(directory) }
        // The largest first, so that none of them is waited for at the end.
        let files = source.files.sorted { $0.size > $1.size }
        let tally = Tally()
        return try await withThrowingTaskGroup(of: [FileFlaw].self) { group in
            for _ in 0..<max(1, workers) {
                group.addTask {
                    var found: [FileFlaw] = []
                    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
                    defer { buffer.deallocate() }
                    while true {
                        let index = tally.next.wrappingAdd(1, ordering: .relaxed).oldValue
                        guard index < files.count else { return found }
                        found += try copy(files[index], through: buffer) { count in
                            try Task.checkCancellation()
                            progress(tally.bytes.wrappingAdd(Int64(count), ordering: .relaxed).newValue)
                        }
                        await Task.yield()
                    }
                }
            }
            var flaws: [FileFlaw] = []
            for try await found in group { flaws += found }
            return flaws.sorted { $0.path < $1.path }
        }
    }

    private func make(_ directory: String) throws {
        let path = target.appending(directory)
        let parts = directory.split(separator: "/")
        if parts.count == 2, let oid = UInt32(parts[1]), source.tablespaces[oid] != nil {
            let place = tablespaces.appending(String(oid))
            try owner.makeDirectory(place)
            try owner.link(path, to: place)
        } else {
            try owner.makeDirectory(path)
        }
    }

    private func copy(
        _ file: DataDirectory.File, through buffer: UnsafeMutableRawBufferPointer, read: (Int) throws -> Void
    ) throws -> [FileFlaw] {
        var verifier = FileVerifier(
            file, source.manifest?.files[file.path], checksumsBefore: checksumsBefore, named: Self.namedPages)
        try owner.copy(file.source, to: target.appending(file.path), through: buffer) { bytes in
            verifier.add(bytes)
            try read(bytes.count)
        }
        return verifier.finish()
    }
}
