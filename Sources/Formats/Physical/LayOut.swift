import Files
import Glibc
import Synchronization
import SystemPackage

/// Brings a data directory to where a server can be started on it, and verifies each file while its bytes go by: against the
/// manifest where there is one, and page by page where the cluster has data checksums.
package struct LayOut: Sendable {
    package let source: DataDirectory
    /// The new data directory, which is there and empty.
    package let target: FilePath
    /// Where tablespaces go, which is made: never where they lay.
    package let tablespaces: FilePath
    package let owner: FileOwner
    /// Pages have checksums; those that were changed at or after this position may be torn, and are made whole by replay.
    package let checksumsBefore: LogPosition?
    package let way: Way
    package let workers: Int

    package enum Way: Sendable {
        /// The original is only ever read.
        case copy
        /// The target shows the original already, by an overlay: files are only verified.
        case overlay
        /// The files are ours, on the same file system, and are taken from where they lie.
        case move
    }

    package init(
        _ source: DataDirectory, to target: FilePath, tablespaces: FilePath, owner: FileOwner,
        checksumsBefore: LogPosition?, way: Way, workers: Int
    ) {
        self.source = source
        self.target = target
        self.tablespaces = tablespaces
        self.owner = owner
        self.checksumsBefore = checksumsBefore
        self.way = way
        self.workers = workers
    }

    /// - Parameter progress: called with the bytes read so far, from several tasks.
    /// - Throws: `Errno` where something cannot be read or written; `CancellationError`.
    package func perform(progress: @escaping @Sendable (Int64) -> Void) async throws -> Outcome {
        if way != .overlay {
            try owner.makeDirectory(tablespaces)
            for directory in source.directories { try make(directory) }
        }
        let shared = Atomic<Int>(0)
        let pass = FilePass(source.files, workers: workers)
        let flaws = try await pass.perform(progress: progress) { file, buffer, read in
            var verifier = FileVerifier(file, source.manifest?.files[file.path], checksumsBefore: checksumsBefore)
            let place = target.appending(file.path)
            let look: (UnsafeRawBufferPointer) throws -> Void = { bytes in
                verifier.add(bytes)
                try read(bytes.count)
            }
            switch way {
            case .copy:
                if try owner.copy(file.source, to: place, through: buffer, look) {
                    shared.add(1, ordering: .relaxed)
                }
            case .move: try owner.move(file.source, to: place, through: buffer, look)
            case .overlay: try FileDescriptor.readAll(of: file.source, through: buffer, look)
            }
            return verifier.finish()
        }
        return Outcome(flaws: flaws, isShared: shared.load(ordering: .relaxed) == source.files.count)
    }

    package struct Outcome: Sendable {
        /// What is wrong with the files, by path.
        package let flaws: [FileFlaw]
        /// Every copy shares its blocks with the original.
        package let isShared: Bool
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
}
