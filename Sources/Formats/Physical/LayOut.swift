import Files
import Glibc
import Synchronization
import SystemPackage

/// Brings a data directory to a place where a server can be started on it, and verifies each file while its bytes are
/// read: against the manifest where there is one, and page by page where the cluster has data checksums.
package struct LayOut: Sendable {
    package let source: DataDirectory
    /// The new data directory, which exists and is empty.
    package let target: FilePath
    /// The directory for tablespaces, which is created. They never go to the places that they had.
    package let tablespaces: FilePath
    package let owner: FileOwner
    /// Set where pages have checksums. Pages that were changed at or after this position are not checked: they may be
    /// torn, and replay makes them whole.
    package let checksumsBefore: LogPosition?
    /// Set for a copy that is good only if every file is of one moment.
    package let moment: CopyMoment?
    package let way: Way
    package let workers: Int

    package enum Way: Sendable {
        /// Files are copied; the original is only read.
        case copy
        /// The target already shows the original, through an overlay: files are only verified.
        case overlay
        /// The files belong to us and are on the same file system: they are moved.
        case move
    }

    package init(
        _ source: DataDirectory, to target: FilePath, tablespaces: FilePath, owner: FileOwner,
        checksumsBefore: LogPosition?, moment: CopyMoment? = nil, way: Way, workers: Int
    ) {
        self.source = source
        self.target = target
        self.tablespaces = tablespaces
        self.owner = owner
        self.checksumsBefore = checksumsBefore
        self.moment = moment
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
        for directory in source.missingDirectories { try owner.makeDirectory(target.appending(directory)) }
        let shared = Atomic<Int>(0)
        let pass = FilePass(source.files, workers: workers)
        let flaws = try await pass.perform(progress: progress) { file, buffer, read in
            var verifier = FileVerifier(
                file.path, size: file.size, source.manifest?.files[file.path], checksumsBefore: checksumsBefore,
                moment: moment)
            // Put together as text: a path is looked through each time that something is added to it.
            var place: FilePath { FilePath("\(target)/\(file.path)") }
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
            case .overlay: try file.source.readAll(through: buffer, look)
            }
            return verifier.finish()
        }
        return Outcome(flaws: flaws, isShared: shared.load(ordering: .relaxed) == source.files.count)
    }

    package struct Outcome: Sendable {
        /// What is wrong with the files, by path.
        package let flaws: [FileFlaw]
        /// True if every copy shares its blocks with the original.
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
