import Storage
import SystemPackage

/// A store that an export's slices are put into.
package protocol ExportStore: FileStore {
    /// The directory in which slices must be staged for ``add(slice:from:)``; nil if any directory will do.
    var staging: FilePath? { get }

    /// Makes local files of a slice part of the store; they are on stable storage when the function returns. A
    /// directory gets all of them or none. A bucket cannot do that, so its files count only once a manifest names them,
    /// and files of an earlier run that broke off are accepted if they are the same byte for byte.
    /// - Parameters:
    ///   - directory: of the store; it must not exist yet.
    ///   - staged: a local directory with the slice's files; it is gone afterwards.
    func add(slice directory: String, from staged: FilePath) async throws(StoreError)

    /// Makes a local file part of a slice that is there. It is on stable storage when the function returns, and the local file
    /// may be gone.
    /// - Parameters:
    ///   - file: its name in the store, which must be new; in a bucket, the same bytes may be there.
    ///   - old: the file that it is to replace: the new one is locked as long as that one is.
    func add(file: String, from local: FilePath, like old: String) async throws(StoreError)

    /// Removes files with all that a bucket keeps of them. It is no error if a file does not exist.
    /// - Returns: how many were removed, and those of which something has to stay.
    func erase(files: [String]) async throws(StoreError) -> (removed: Int, locked: [LockedFile])

    /// The same store, in which small files are locked as long as this one is.
    func writing(like file: String) async throws(StoreError) -> any ExportStore

    /// Removes a slice that no manifest names, with its files. It is no error if the slice does not exist.
    func remove(slice directory: String) async throws(StoreError)
}

extension StoreLocation {
    /// Opens the store for an export.
    /// - Parameters:
    ///   - objectLock: for every object that is written; only on S3.
    ///   - create: makes a directory that does not exist; a bucket is never made.
    /// - Throws: ``Storage/StoreError``.
    package func openForExport(
        objectLock: ObjectLock? = nil, create: Bool = false
    ) throws(StoreError) -> any ExportStore {
        guard let store = try open(objectLock: objectLock, create: create) as? any ExportStore else {
            preconditionFailure("every kind of store takes slices")
        }
        return store
    }
}
