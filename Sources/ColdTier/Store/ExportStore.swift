import Storage
import SystemPackage

/// A store that an export's slices are put into.
package protocol ExportStore: FileStore {
    /// Where to stage slices so that ``add(slice:from:)`` can take them; nil for anywhere.
    var staging: FilePath? { get }

    /// Makes local files of a slice part of the store: they are on stable storage when it returns. A directory gets all or
    /// none. A bucket cannot, so what is in it counts only once a manifest names it, and files of an earlier run that broke
    /// off are good where they are the same byte for byte.
    /// - Parameters:
    ///   - directory: of the store; it must not be there yet.
    ///   - staged: a local directory with the slice's files, which is gone afterwards.
    func add(slice directory: String, from staged: FilePath) async throws(StoreError)

    /// Removes a slice that no manifest names, with its files. One that is not there is no error.
    func remove(slice directory: String) async throws(StoreError)
}

extension StoreLocation {
    /// Opens the store for an export.
    /// - Parameters:
    ///   - objectLock: for every object that is written; only on S3.
    ///   - create: makes a directory that does not exist; a bucket is never made.
    /// - Throws: ``Storage/StoreError``.
    func openForExport(
        objectLock: ObjectLock? = nil, create: Bool = false
    ) throws(StoreError) -> any ExportStore {
        guard let store = try open(objectLock: objectLock, create: create) as? any ExportStore else {
            preconditionFailure("every kind of store takes slices")
        }
        return store
    }
}
