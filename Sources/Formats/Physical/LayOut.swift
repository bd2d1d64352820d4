import Digests
import Files
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
    package let transfer: Transfer
    package let workers: Int

    /// How the files come to the target.
    package enum Transfer: Sendable {
        /// Files are copied; the original is only read.
        case copy
        /// The target already shows the original, through an overlay: files are only verified.
        case overlay
        /// The files belong to us and are on the same file system: they are moved.
        case move
    }

    package init(
        _ source: DataDirectory, to target: FilePath, tablespaces: FilePath, owner: FileOwner,
        checksumsBefore: LogPosition?, moment: CopyMoment? = nil, transfer: Transfer, workers: Int
    ) {
        self.source = source
        self.target = target
        self.tablespaces = tablespaces
        self.owner = owner
        self.checksumsBefore = checksumsBefore
        self.moment = moment
        self.transfer = transfer
        self.workers = workers
    }

    /// Reads and verifies the files, and copies them if they are to be copied. Files that are moved stay where they are until ``moveFiles()``.
    /// - Parameters:
    ///   - digests: gets the SHA-256 of those files that are in its tree.
    ///   - progress: called with the bytes read so far, from several tasks.
    /// - Throws: ``Files/FileError``, `Errno` where something cannot be read or written; `CancellationError`.
    package func perform(
        digests: FileDigests? = nil, progress: @escaping @Sendable (Int64) -> Void
    ) async throws -> Outcome {
        if transfer != .overlay {
            try owner.makeDirectory(tablespaces)
            for directory in source.directories { try make(directory) }
        }
        for directory in source.missingDirectories { try owner.makeDirectory(target.appending(directory)) }
        let shared = Atomic<Int>(0)
        let flaws = try await source.pass(
            over: source.files, checksumsBefore: checksumsBefore, moment: moment, digests: digests, workers: workers,
            progress: progress
        ) { file, input in
            guard transfer == .copy else { return nil }
            let copy = try FileCopy(of: input, at: place(of: file), owner: owner)
            if copy.isShared { shared.add(1, ordering: .relaxed) }
            return copy
        }
        return Outcome(flaws: flaws, isShared: shared.load(ordering: .relaxed) == source.files.count)
    }

    package struct Outcome: Sendable {
        /// What is wrong with the files, by path.
        package let flaws: [FileFlaw]
        /// True if every copy shares its blocks with the original.
        package let isShared: Bool
    }

    /// Moves the files, whose bytes are not read again.
    /// - Throws: ``Files/FileError``, also when a file has changed since its tree was opened; `Errno`.
    package func moveFiles() throws {
        guard transfer == .move else { return }
        for file in source.files { try owner.move(file.source, to: place(of: file)) }
    }

    /// Put together as text: a path is looked through each time that something is added to it.
    private func place(of file: DataDirectory.File) -> FilePath { FilePath("\(target)/\(file.path)") }

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
