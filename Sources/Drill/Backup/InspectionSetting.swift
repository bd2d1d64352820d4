import Digests
import Files
import SystemPackage

/// What an inspection has to work with, where no server follows.
package struct InspectionSetting: Sendable {
    /// A directory for what does not fit into memory.
    package let scratch: FilePath
    /// Where the server archived its log; nil uses only the log within the backup.
    package let logArchive: OpenTree?
    /// Files that are read at the same time.
    package let workers: Int
    /// The names of the parts that are read; nil reads all.
    package let only: Set<String>?
    /// Gets the SHA-256 of each file that is read to its end, where they are wanted.
    package let digests: FileDigests?
    /// Called with the bytes read so far and all there are, from several tasks.
    package let progress: @Sendable (_ done: Int64, _ total: Int64) -> Void

    package init(
        scratch: FilePath, logArchive: OpenTree? = nil, workers: Int, only: Set<String>? = nil,
        digests: FileDigests? = nil,
        progress: @escaping @Sendable (_ done: Int64, _ total: Int64) -> Void
    ) {
        self.scratch = scratch
        self.logArchive = logArchive
        self.workers = workers
        self.only = only
        self.digests = digests
        self.progress = progress
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
