import Crypto
import Evidence
import Findings
import FoundationEssentials
import Glibc
import Scratch
import Storage
import SystemPackage

/// What an export needs only while it runs: a lock, files that are not proven yet, and a journal of the slices that are
/// proven. With the journal, no slice is written again after an interruption.
///
///     .pgassay-export/lock        held by the running export; the kernel releases it when the process ends
///     .pgassay-export/staging/    files that are not in their place yet; removed when the next export begins
///     .pgassay-export/journal/    a file for each finished slice that no manifest names yet
///     .pgassay-export/rewrite/    a file for each file that was written anew, and that no manifest names yet
///
/// It is in the export's own directory, so that a rename finishes a slice; for a bucket, it is in the scratch
/// directory.
final class ExportWorkspace: Sendable {
    let directory: FilePath
    private let lock: FileDescriptor

    private var staging: FilePath { directory.appending("staging") }
    private var journal: FilePath { directory.appending("journal") }
    /// See ``RewriteJournal``.
    var rewrite: FilePath { directory.appending("rewrite") }

    /// Creates the workspace of a store, or takes over the one of an export that ended early.
    /// - Throws: ``ExportError/inUse(_:)`` if another export holds it; ``ExportError/workspace(_:reason:)``.
    init(for store: some ExportStore) throws(ExportError) {
        directory = store.staging ?? Self.place(of: store)
        try Self.makeDirectory(FilePath(directory.removingLastComponent().string), mode: 0o755)
        try Self.makeDirectory(directory, mode: 0o700)
        lock = try Self.lock(directory)
        do {
            try? FileManager.default.removeItem(atPath: staging.string)
            for path in [staging, journal] { try Self.makeDirectory(path, mode: 0o700) }
        } catch {
            lock.closeLocked()
            throw error
        }
    }

    deinit { lock.closeLocked() }

    /// The workspace for a store that needs no staging directory: always the same directory for the same store.
    private static func place(of store: some ExportStore) -> FilePath {
        let digest = Hex.encode(SHA256.hash(data: Data(store.location.utf8))).prefix(16)
        return ScratchDirectory.defaultParent.appending("pgassay-export-\(digest)")
    }

    private static func makeDirectory(_ path: FilePath, mode: mode_t) throws(ExportError) {
        if path.isEmpty || mkdir(path.string, mode) == 0 { return }
        let failure = Errno(rawValue: errno)
        let parent = path.removingLastComponent()
        if failure == .noSuchFileOrDirectory, !parent.isEmpty, parent != path {
            try makeDirectory(parent, mode: 0o755)
            if mkdir(path.string, mode) == 0 { return }
        }
        var status = stat()
        // A link is refused: in a directory that others can write to, it could lead anywhere.
        guard (mode == 0o700 ? lstat : stat)(path.string, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw .workspace(path, reason: failure == .fileExists ? "it is there, and no directory" : "\(failure)")
        }
        guard mode != 0o700 || status.st_uid == geteuid() else {
            throw .workspace(path, reason: "it belongs to another account")
        }
    }

    private static func lock(_ directory: FilePath) throws(ExportError) -> FileDescriptor {
        do {
            let lock = try FileDescriptor.open(
                directory.appending("lock"), .readWrite, options: [.create, .noFollow, .closeOnExec],
                permissions: .ownerReadWrite)
            var failure = Errno(rawValue: 0)
            if flock(lock.rawValue, LOCK_EX | LOCK_NB) != 0 {
                failure = Errno(rawValue: errno)
            } else {
                // An export that has just ended may have removed the file before we locked it. Other exports would then
                // not see this lock.
                var (held, named) = (stat(), stat())
                if fstat(lock.rawValue, &held) == 0, lstat(directory.appending("lock").string, &named) == 0,
                    held.st_ino == named.st_ino
                {
                    return lock
                }
                failure = .wouldBlock
            }
            lock.closeLocked()
            throw failure
        } catch {
            throw error as? Errno == .wouldBlock
                ? .inUse(directory) : .workspace(directory, reason: "\(error)")
        }
    }

    // MARK: Staging

    /// An empty directory for the files of a slice.
    func stage(_ slice: String) throws(ExportError) -> FilePath {
        let path = staging.appending(Self.fileName(of: slice))
        try? FileManager.default.removeItem(atPath: path.string)
        // The directory moves to the store and keeps this mode.
        guard mkdir(path.string, 0o755) == 0 else { throw .workspace(path, reason: "\(Errno(rawValue: errno))") }
        return path
    }

    /// Removes what is left of a slice that was not moved into its place.
    func unstage(_ slice: String) {
        try? FileManager.default.removeItem(atPath: staging.appending(Self.fileName(of: slice)).string)
    }

    /// Removes a file of a slice that has no rows.
    func remove(_ file: FilePath) throws(ExportError) {
        guard unlink(file.string) == 0 else { throw .workspace(file, reason: "\(Errno(rawValue: errno))") }
    }

    // MARK: Journal

    /// The finished slices, by their directories.
    /// - Throws: ``ExportError/workspace(_:reason:)`` when an entry cannot be read.
    func entries() throws(ExportError) -> [String: JournalEntry] {
        do {
            var entries: [String: JournalEntry] = [:]
            for name in try FileManager.default.contentsOfDirectory(atPath: journal.string)
            where name.hasSuffix(".json") {
                let data = try Data(contentsOf: URL(filePath: journal.appending(name).string))
                let entry = try JSONDecoder().decode(JournalEntry.self, from: data)
                entries[entry.slice.directory] = entry
            }
            return entries
        } catch {
            throw .workspace(
                journal, reason: "an entry cannot be read (\(error)); remove the directory to begin anew")
        }
    }

    /// Records a slice in the journal.
    func record(_ entry: JournalEntry) throws(ExportError) {
        let file = journal.appending(Self.fileName(of: entry.slice.directory) + ".json")
        do {
            // Atomic: the name appears only when all bytes are there.
            try JSONEncoder().encode(entry).write(to: URL(filePath: file.string), options: .atomic)
        } catch {
            throw .workspace(file, reason: "\(error)")
        }
    }

    func forget(_ slice: String) throws(ExportError) {
        let file = journal.appending(Self.fileName(of: slice) + ".json")
        guard unlink(file.string) == 0 || errno == ENOENT else {
            throw .workspace(file, reason: "\(Errno(rawValue: errno))")
        }
    }

    /// Removes the workspace: a manifest now says everything that the workspace said.
    func remove() throws(ExportError) {
        do {
            try FileManager.default.removeItem(atPath: directory.string)
        } catch {
            throw .workspace(directory, reason: "\(error)")
        }
    }

    /// Leaves what the next export can continue with; removes everything if no slice was finished.
    func leave() {
        try? FileManager.default.removeItem(atPath: staging.string)
        // The journals are removed only if they are empty, and their parent directory only after them.
        guard rmdir(journal.string) == 0, !FileManager.default.fileExists(atPath: rewrite.string) else { return }
        unlink(directory.appending("lock").string)
        rmdir(directory.string)
    }

    /// One path component that stands for a slice's directory.
    private static func fileName(of slice: String) -> String {
        String(slice.map { $0 == "/" ? "," : $0 })
    }
}
