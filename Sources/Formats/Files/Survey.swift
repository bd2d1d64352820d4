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
        try enter(directory, as: "", of: path, entersDirectories: entersDirectories)
    }

    private mutating func enter(
        _ directory: borrowing OpenDirectory, as name: FilePath, of path: FilePath, entersDirectories: Bool
    ) throws(FileError) {
        let place = path.pushing(name)
        guard name.components.count < Self.deepest else {
            throw FileError(path: place, problem: .system("look into", .fileNameTooLong))
        }
        let found = try FileError.attempt("list", place) { () throws(Errno) in try directory.entries() }.sorted {
            $0.lexicographicallyPrecedes($1) { UInt8(bitPattern: $0) < UInt8(bitPattern: $1) }
        }
        var inside: [FilePath] = []
        for entry in found {
            guard let part = FilePath.Component(platformString: entry) else { continue }
            let child = name.appending(part)
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
            try enter(below, as: child, of: path, entersDirectories: true)
        }
        names[name] = inside
    }
}
