import SystemPackage

extension DataDirectory {
    /// Directories that a server does not start without, and that are not in the copy. All of them may be empty, and some ways to copy
    /// leave out what is empty. Parents come before children.
    package var missingDirectories: [String] {
        let present = Set(directories)
        return Self.mayBeEmpty.filter { !present.contains($0) }
    }

    /// Of the `subdirs` of `initdb.c`, those that a server empties when it starts, or may never have put anything into.
    private static let mayBeEmpty = [
        "pg_commit_ts", "pg_dynshmem", "pg_logical", "pg_logical/mappings", "pg_logical/snapshots", "pg_notify",
        "pg_replslot", "pg_serial", "pg_snapshots", "pg_stat", "pg_stat_tmp", "pg_subtrans", "pg_tblspc", "pg_twophase",
    ]

    /// The files that differ from the manifest: a file is missing, has another size, or is not in the manifest. No file
    /// is read. The exceptions are those of `pg_verifybackup`.
    package var flaws: [FileFlaw] {
        manifest?.flaws(of: files.map { ($0.path, $0.size) }) { tree.state(of: FilePath($0)) != nil } ?? []
    }

    /// Whether a server needs no file of this path from the server that was copied.
    static func isLeftOut(_ path: String) -> Bool {
        leftOut.contains(path) || path.split(separator: "/").contains { emptied.contains(String($0)) }
            || path.split(separator: "/").last?.hasPrefix("pg_internal.init") == true
    }
}

extension BackupManifest {
    /// - Parameters:
    ///   - files: those that a server needs.
    ///   - isThere: whether a file that a server does not need is there.
    func flaws(of files: [(path: String, size: Int64)], isThere: (String) -> Bool) -> [FileFlaw] {
        var left = self.files
        var found: [FileFlaw] = []
        for (path, size) in files {
            guard let expected = left.removeValue(forKey: path) else {
                if !path.hasPrefix("pg_wal/") {
                    found.append(FileFlaw(path: path, problem: "it is there, and not in the manifest"))
                }
                continue
            }
            if expected.size != size {
                found.append(FileFlaw(path: path, problem: "\(size) bytes, and the manifest says \(expected.size)"))
            }
        }
        for path in left.keys.sorted() where !DataDirectory.isLeftOut(path) || !isThere(path) {
            found.append(FileFlaw(path: path, problem: "it is missing"))
        }
        return found
    }
}
