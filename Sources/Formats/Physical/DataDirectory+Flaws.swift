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
        guard let manifest else { return [] }
        var left = manifest.files
        var found: [FileFlaw] = []
        for file in files {
            guard let expected = left.removeValue(forKey: file.path) else {
                if !file.path.hasPrefix("pg_wal/") {
                    found.append(FileFlaw(path: file.path, problem: "it is there, and not in the manifest"))
                }
                continue
            }
            if expected.size != file.size {
                found.append(
                    FileFlaw(path: file.path, problem: "\(file.size) bytes, and the manifest says \(expected.size)"))
            }
        }
        for path in left.keys.sorted() where !Self.isLeftOut(path) || tree.state(of: FilePath(path)) == nil {
            found.append(FileFlaw(path: path, problem: "it is missing"))
        }
        return found
    }

    private static func isLeftOut(_ path: String) -> Bool {
        leftOut.contains(path) || path.split(separator: "/").contains { emptied.contains(String($0)) }
            || path.split(separator: "/").last?.hasPrefix("pg_internal.init") == true
    }

    /// Reads every file in its place, and compares it with the manifest.
    /// - Parameter progress: called with the bytes read so far, from several tasks.
    /// - Returns: what is wrong with the files, by path.
    /// - Throws: ``Files/FileError``, `Errno` where something cannot be read; `CancellationError`.
    package func verify(workers: Int, progress: @escaping @Sendable (Int64) -> Void) async throws -> [FileFlaw] {
        try await FilePass(files, workers: workers).perform(progress: progress) { file, buffer, read in
            var verifier = FileVerifier(file, manifest?.files[file.path], checksumsBefore: nil)
            try file.source.readAll(through: buffer) { bytes in
                verifier.add(bytes)
                try read(bytes.count)
            }
            return verifier.finish()
        }
    }
}
