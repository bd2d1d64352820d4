import Archive
import Digests
import Files
import SystemPackage

/// What an inspection has to work with, where no server follows.
package struct InspectionSetting: Sendable {
    /// A directory for what does not fit into memory.
    package let scratch: FilePath
    /// Where the server archived its log; nil uses only the log within the backup.
    package let logArchive: OpenTree?
    /// True if somebody says that every file of a data directory without a backup label is of one moment.
    package let isSnapshot: Bool
    /// Files that are read at the same time.
    package let workers: Int
    /// The names of the parts that are read; nil reads all.
    package var only: Set<String>?
    /// Gets the SHA-256 of each file that is read to its end, where they are wanted.
    package let digests: FileDigests?
    /// Of a dump, the tables whose rows are also taken by ranges of their key.
    package let wanted: WantedRows
    /// Makes room for a dump that must be unpacked to be read.
    package let unpacking: Unpacking
    /// Called with the bytes read so far and all there are, from several tasks.
    package var progress: @Sendable (_ done: Int64, _ total: Int64) -> Void

    /// Calls its body with a place where so many bytes are free, and removes the place and all that is in it afterwards, also after an
    /// error.
    package typealias Unpacking =
        @Sendable (
            _ bytes: Int64, _ body: @escaping @Sendable (UnpackingPlace) async throws -> InspectedDump
        ) async throws -> InspectedDump

    package init(
        scratch: FilePath, logArchive: OpenTree? = nil, isSnapshot: Bool = false, workers: Int,
        only: Set<String>? = nil, digests: FileDigests? = nil, wanted: WantedRows = WantedRows(),
        unpacking: @escaping Unpacking,
        progress: @escaping @Sendable (_ done: Int64, _ total: Int64) -> Void
    ) {
        self.scratch = scratch
        self.logArchive = logArchive
        self.isSnapshot = isSnapshot
        self.workers = workers
        self.only = only
        self.digests = digests
        self.wanted = wanted
        self.unpacking = unpacking
        self.progress = progress
    }
}

/// An empty directory to unpack a dump into.
package struct UnpackingPlace: Sendable {
    package let directory: FilePath
    package let owner: FileOwner
    /// The most bytes that may be written.
    package let limit: Int64

    package init(directory: FilePath, owner: FileOwner, limit: Int64) {
        self.directory = directory
        self.owner = owner
        self.limit = limit
    }
}

extension InspectionSetting {
    /// Whether a part is read.
    func reads(_ part: String) -> Bool { only?.contains(part) ?? true }

    /// Tells the progress of one reading of so many bytes, and ends it where the task was cancelled.
    func following(_ total: Int64) -> (Int64) throws -> Void {
        { done in
            try Task.checkCancellation()
            progress(done, total)
        }
    }
}
