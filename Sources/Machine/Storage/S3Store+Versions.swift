import AWS
import Foundation

/// How long an object is locked, as the bucket has it (Amazon S3 User Guide, "Locking objects with Object Lock").
package struct Retention: Sendable, Equatable {
    package var mode: ObjectLock.Mode
    package var until: Date
}

/// A file that cannot be removed, because something locks it.
package struct LockedFile: Sendable, Equatable {
    package let name: String
    /// Nil for a legal hold, which lasts until a person ends it.
    package let until: Date?

    package init(name: String, until: Date?) {
        self.name = name
        self.until = until
    }

    /// Why, as the end of a sentence.
    package var words: String {
        until.map { "it is locked until \($0.formatted(.iso8601))" } ?? "it is under a legal hold"
    }
}

/// Objects with all of their versions: in a bucket that keeps versions, and every bucket with Object Lock does, a deleted object
/// is still there.
extension S3Store {
    /// How long an object is locked from now; nil if it is not.
    package func retention(of name: String) async throws(StoreError) -> Retention? {
        try await lock(of: name, version: nil).retention
    }

    /// The same store, in which objects are locked from now on as another one is.
    package func locking(_ retention: Retention?) -> S3Store {
        var store = self
        store.retention = retention
        store.objectLock = nil
        return store
    }

    /// Deletes every version of some objects. A version that is locked stays, behind a mark that hides it.
    /// - Returns: how many objects were deleted, and those of which a version is left.
    package func deleteVersions(
        of names: [String]
    ) async throws(StoreError) -> (removed: Int, locked: [LockedFile]) {
        guard !names.isEmpty else { return (0, []) }
        let base = prefix.isEmpty ? "" : prefix + "/"
        let all = try await attempt("list", "") { try await bucket.versions(prefix: base) }
        let byKey = Dictionary(grouping: all, by: \.key)
        var (removed, locked) = (0, [LockedFile]())
        for name in names {
            guard let versions = byKey[try key(of: name)] else { continue }
            var lock: LockedFile?
            var isHidden = versions.contains { $0.isLatest && $0.isMarker }
            for version in versions where !version.isMarker {
                guard let found = try await delete(name, version) else { continue }
                // The one that lasts longest; a legal hold lasts longer than all.
                lock =
                    lock.map { ($0.until ?? .distantFuture) >= (found.until ?? .distantFuture) ? $0 : found } ?? found
            }
            if let lock {
                if !isHidden { try await delete(name) }
                isHidden = true
                locked.append(lock)
            } else {
                for marker in versions where marker.isMarker { _ = try await delete(name, marker) }
                removed += 1
            }
        }
        return (removed, locked)
    }

    /// - Returns: nil if it is deleted; else why it cannot be.
    private func delete(_ name: String, _ version: S3Bucket.Version) async throws(StoreError) -> LockedFile? {
        let key = try key(of: name)
        func delete(_ options: [String]) async throws -> String {
            try await tool.run(["s3api", "delete-object", "--output=json"] + options + place(key: key))
        }
        // A bucket that keeps no versions knows this one only, and not every make of S3 takes it for a version.
        if version.id == "null", version.isLatest {
            let answer = try await attempt("remove", name) { try await delete([]) }
            // If the bucket keeps versions since the object was written, that only hides it, behind a mark.
            let done = try? JSONDecoder().decode(Deletion.self, from: Data(answer.utf8))
            guard done?.isMark == true, let mark = done?.version else { return nil }
            try await attempt("remove", name) { _ = try await delete(["--version-id=\(mark)"]) }
        }
        do {
            _ = try await delete(["--version-id=\(version.id)"])
            return nil
        } catch {
            guard (error as? AWSFailure)?.code == "AccessDenied" else { throw storeError(error, "remove", name) }
            let lock = try await lock(of: name, version: version.id)
            guard lock.retention != nil || lock.isHeld else { throw storeError(error, "remove", name) }
            return LockedFile(name: name, until: lock.isHeld ? nil : lock.retention?.until)
        }
    }

    /// What S3 answers to a deletion.
    private struct Deletion: Decodable {
        /// True if nothing was deleted, and a mark hides the object now.
        let isMark: Bool?
        let version: String?

        private enum CodingKeys: String, CodingKey {
            case isMark = "DeleteMarker"
            case version = "VersionId"
        }
    }

    private func lock(
        of name: String, version: String?
    ) async throws(StoreError) -> (retention: Retention?, isHeld: Bool) {
        let key = try key(of: name)
        let answer = try await attempt("look at", name) {
            try await tool.run(
                [
                    "s3api", "head-object", "--output=json",
                    "--query=[ObjectLockMode,ObjectLockRetainUntilDate,ObjectLockLegalHoldStatus]",
                ] + (version.map { ["--version-id=\($0)"] } ?? []) + place(key: key))
        }
        let fields = (try? JSONDecoder().decode([String?].self, from: Data(answer.utf8))) ?? []
        guard fields.count == 3 else { return (nil, false) }
        let isHeld = fields[2] == "ON"
        guard let mode = fields[0].flatMap({ ObjectLock.Mode(rawValue: $0.lowercased()) }),
            let text = fields[1],
            let until = (try? Date(text, strategy: .iso8601))
                ?? (try? Date(text, strategy: .iso8601.time(includingFractionalSeconds: true))),
            until > Date()
        else { return (nil, isHeld) }
        return (Retention(mode: mode, until: until), isHeld)
    }
}
