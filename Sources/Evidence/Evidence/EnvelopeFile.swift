import SystemPackage

/// Envelopes as files: a reader finds a whole file or no file, and a file is never overwritten.
package enum EnvelopeFile {
    /// Reads at most ``Envelope/maximumSize`` bytes.
    ///
    /// - Throws: ``FileError`` when the file cannot be read or is larger.
    package static func read(_ file: FilePath) throws(FileError) -> [UInt8] {
        do {
            return try Files.read(file, limit: Envelope.maximumSize)
        } catch {
            throw error as? FileError ?? FileError(path: file, problem: .system("read", .ioError))
        }
    }

    /// Whether something has this name, also a symbolic link that leads nowhere.
    package static func exists(_ file: FilePath) -> Bool { Files.exists(file) }

    /// Writes a file, to the disk and not only to its cache, and creates its directory if there is none.
    ///
    /// - Precondition: nothing has this name yet; ask ``exists(_:)``.
    /// - Throws: ``FileError``; nothing is left behind then.
    package static func write(_ bytes: [UInt8], to file: FilePath) throws(FileError) {
        try Files.createDirectory(file.removingLastComponent(), mode: 0o755)
        try Files.replace(file, with: bytes, mode: [.ownerReadWrite, .groupRead, .otherRead])
    }

    /// Proves that a file can be written in a directory: writes one and removes it. Creates the directory if there is none.
    ///
    /// - Parameter name: of that file; nothing else has it.
    /// - Throws: ``FileError`` when no file can be written there.
    package static func probe(_ directory: FilePath, name: String) throws(FileError) {
        let file = directory.appending(name)
        try Files.createDirectory(directory, mode: 0o755)
        try Files.create(file, Array("probe\n".utf8), mode: .ownerReadWrite)
        defer { Files.remove(file) }
        try Files.sync(directory: directory)
    }
}
