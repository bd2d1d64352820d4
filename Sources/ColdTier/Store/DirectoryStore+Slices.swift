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
