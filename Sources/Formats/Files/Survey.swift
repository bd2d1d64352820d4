import Glibc
import SystemPackage

/// What is in a directory: every name with the state of what it stands for, found by descriptors.
struct Survey: Sendable, Equatable {
    /// By path below the directory.
    private(set) var states: [FilePath: FileState] = [:]
    /// The names in each directory, in the order of their bytes.
    private(set) var names: [FilePath: [FilePath]] = [:]

    /// A backup is not nested like this. What is nested deeper has no path that a program could open.
    private static let deepest = 128

    /// - Parameters:
    ///   - path: as it is called in messages.
    ///   - entersDirectories: whether what is in its directories is looked at too.
    /// - Throws: ``FileError``.
    init(of directory: borrowing OpenDirectory, called path: FilePath, entersDirectories: Bool) throws(FileError) {
        try enter(directory, as: [], of: path, depth: 0, entersDirectories: entersDirectories)
    }

    /// - Parameter name: of the directory, below the root; nothing for the root. Bytes, because thousands of names are put together
    ///   here, and a path is looked through each time that something is added to it.
    private mutating func enter(
        _ directory: borrowing OpenDirectory, as name: [CChar], of path: FilePath, depth: Int, entersDirectories: Bool
    ) throws(FileError) {
        let place = Self.path(name)
        guard depth < Self.deepest else {
            throw FileError(path: path.pushing(place), problem: .system("look into", .fileNameTooLong))
        }
        let found = try FileError.attempt("list", path.pushing(place)) { () throws(Errno) in try directory.entries() }
            .sorted {
                $0.lexicographicallyPrecedes($1) { UInt8(bitPattern: $0) < UInt8(bitPattern: $1) }
            }
        var inside: [FilePath] = []
        for entry in found {
            let childName = name + (name.isEmpty ? [] : [CChar(UInt8(ascii: "/"))]) + entry.dropLast()
            let child = Self.path(childName)
            let state = try FileError.attempt("look at", path.pushing(child)) { () throws(Errno) -> FileState? in
                do throws(Errno) {
                    return FileState(try directory.status(entry))
                } catch .noSuchFileOrDirectory {
                    // It was removed just now.
                    return nil
                }
            }
            guard let state else { continue }
            states[child] = state
            inside.append(child)
            guard state.kind == .directory, entersDirectories else { continue }
            let below = try FileError.attempt("open", path.pushing(child)) { () throws(Errno) in
                try directory.directory(entry)
            }
            try enter(below, as: childName, of: path, depth: depth + 1, entersDirectories: true)
        }
        names[place] = inside
    }

    private static func path(_ name: [CChar]) -> FilePath {
        (name + [0]).withUnsafeBufferPointer { FilePath(platformString: $0.baseAddress!) }
    }
}
