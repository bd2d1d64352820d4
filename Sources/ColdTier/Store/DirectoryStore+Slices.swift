import Files
import Glibc
import Storage
import SystemPackage

/// A slice is staged in a directory on the same file system and renamed into its place once every byte of it is on the disk.
extension DirectoryStore: ExportStore {
    package var staging: FilePath? { root.appending(Self.ownDirectory) }

    package func add(slice directory: String, from staged: FilePath) throws(StoreError) {
        try check(name: directory)
        try attempt("read", staged.string) {
            let slice = try OpenDirectory(staged)
            for entry in try slice.entries() {
                let file = try slice.file(entry)
                if fsync(file.descriptor) != 0 { throw Errno.current }
            }
            try slice.sync()
        }
        try attempt("add", directory) {
            try OpenDirectory(root).at(directory, make: true) { parent, part in
                // Renaming over an empty directory succeeds, so the rename alone does not show that the place is taken.
                if faccessat(parent.descriptor, part, F_OK, AT_SYMLINK_NOFOLLOW) == 0 { throw Errno.fileExists }
                guard renameat(AT_FDCWD, staged.string, parent.descriptor, part) == 0 else { throw Errno.current }
                try parent.sync()
            }
        }
    }

    package func add(file: String, from local: FilePath, like old: String) throws(StoreError) {
        try check(name: file)
        try attempt("add", file) {
            let staged = try OpenDirectory(local.removingLastComponent())
            let new = try staged.file(local.lastComponent?.string ?? "")
            if fsync(new.descriptor) != 0 { throw Errno.current }
            try OpenDirectory(root).at(file) { parent, part in
                if faccessat(parent.descriptor, part, F_OK, AT_SYMLINK_NOFOLLOW) == 0 { throw Errno.fileExists }
                guard renameat(AT_FDCWD, local.string, parent.descriptor, part) == 0 else { throw Errno.current }
                try parent.sync()
            }
        }
    }

    package func erase(files: [String]) throws(StoreError) -> (removed: Int, locked: [LockedFile]) {
        var removed = 0
        for file in files {
            try check(name: file)
            do throws(StoreError) {
                try attempt("remove", file) {
                    try OpenDirectory(root).at(file) { parent, part in
                        guard unlinkat(parent.descriptor, part, 0) == 0 else { throw Errno.current }
                        try parent.sync()
                    }
                }
                removed += 1
            } catch {
                if case .missing = error { continue }
                throw error
            }
        }
        return (removed, [])
    }

    package func writing(like file: String) -> any ExportStore { self }

    package func remove(slice directory: String) throws(StoreError) {
        try check(name: directory)
        do throws(StoreError) {
            try attempt("remove", directory) {
                try OpenDirectory(root).at(directory) { parent, part in try parent.remove(part) }
            }
        } catch {
            if case .missing = error { return }
            throw error
        }
    }
}
