import AWS
import Foundation
import SystemPackage

/// Where a store is, as a person writes it: a path, or `s3://bucket/prefix`.
package enum StoreLocation: Sendable, Equatable {
    case directory(FilePath)
    /// The prefix does not end in a slash; it is empty for the whole bucket.
    case s3(bucket: String, prefix: String)

    /// - Throws: `badLocation`, and nothing else.
    package init(_ text: String) throws(StoreError) {
        func bad(_ reason: String) -> StoreError { .badLocation(text, reason: reason) }
        guard !text.isEmpty else { throw bad("name a directory, or s3://bucket/prefix") }
        guard text.hasPrefix("s3://") else {
            // `https://…` is nobody's directory.
            if let scheme = text.prefixMatch(of: /[A-Za-z][A-Za-z0-9+.-]*:\/\//) {
                throw bad("\(scheme.0)… is not known here; name a directory, or s3://bucket/prefix")
            }
            self = .directory(FilePath(text))
            return
        }
        let parts = text.dropFirst(5).split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let bucket = String(parts[0])
        // Amazon S3 User Guide, "General purpose bucket naming rules"; older buckets and other products allow capitals
        // and `_`.
        guard bucket.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._-]{1,254}/) != nil else {
            throw bad("\(bucket.isEmpty ? "it names no bucket" : "\(bucket) is not the name of a bucket")")
        }
        var prefix = parts.count == 2 ? String(parts[1]) : ""
        while prefix.hasSuffix("/") { prefix.removeLast() }
        if !prefix.isEmpty, let flaw = StoreName.flaw(in: prefix) { throw bad("its prefix \(flaw)") }
        self = .s3(bucket: bucket, prefix: prefix)
    }

    /// As a person writes it.
    package var words: String {
        switch self {
        case .directory(let path): path.string
        case .s3(let bucket, ""): "s3://\(bucket)"
        case .s3(let bucket, let prefix): "s3://\(bucket)/\(prefix)"
        }
    }

    /// Opens the store.
    /// - Parameters:
    ///   - objectLock: for every object that is written; only for S3.
    ///   - create: creates a missing directory; a bucket is never created.
    ///   - patience: with each request to a bucket.
    /// - Throws: ``StoreError``.
    package func open(
        objectLock: ObjectLock? = nil, create: Bool = false, patience: Duration = .seconds(300)
    ) throws(StoreError) -> any FileStore {
        switch self {
        case .directory(let path):
            if objectLock != nil {
                throw .badLocation(path.string, reason: "only S3 has Object Lock, and this is a directory")
            }
            return try DirectoryStore(path, create: create)
        case .s3(let bucket, let prefix):
            do {
                return S3Store(
                    bucket: bucket, prefix: prefix, tool: try AWSTool(patience: patience), objectLock: objectLock)
            } catch {
                throw .noTool(error.description)
            }
        }
    }
}
