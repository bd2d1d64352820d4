import Foundation
import Storage
import SystemPackage

/// Two functions delete objects: ``remove(slice:)`` a slice that no manifest names, ``erase(files:)`` old files of a rewrite.
extension S3Store: ExportStore {
    package var staging: FilePath? { nil }

    package func add(slice directory: String, from staged: FilePath) async throws(StoreError) {
        _ = try key(of: directory)
        let files = try await attempt("read", staged.string) {
            try FileManager.default.contentsOfDirectory(atPath: staged.string).sorted()
        }
        if let other = try await list(directory + "/").map(\.name).first(where: { name in
            !files.contains { name == "\(directory)/\($0)" }
        }) {
            throw .exists(name: other, location: location)
        }
        for file in files {
            try await add(staged.appending(file), as: "\(directory)/\(file)")
        }
        try await attempt("remove", staged.string) { try FileManager.default.removeItem(atPath: staged.string) }
    }

    package func add(file: String, from local: FilePath, like old: String) async throws(StoreError) {
        try await locking(retention(of: old)).add(local, as: file)
    }

    package func erase(files: [String]) async throws(StoreError) -> (removed: Int, locked: [LockedFile]) {
        try await deleteVersions(of: files)
    }

    package func writing(like file: String) async throws(StoreError) -> any ExportStore {
        locking(try await retention(of: file))
    }

    package func remove(slice directory: String) async throws(StoreError) {
        for file in try await list(directory + "/") { try await delete(file.name) }
    }
}
