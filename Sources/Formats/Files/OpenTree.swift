import Glibc
import SystemPackage

/// A backup that was opened once: a file, or a directory with everything in it (docs/decisions/28-opened-once.md).
///
/// What is in it is found when it is opened. From then on a name stands for what was found: it is reached from the descriptor of the
/// root, part by part, without following a link, and if another file is there, or somebody has written to it, that is an error. So
/// whatever reads through one tree (digest, inspection, restore) reads the same bytes.
package final class OpenTree: Sendable {
    /// As it was named. For messages, and for programs that see it at this path; nothing is opened by it again.
    package let path: FilePath
    /// Of the file or directory itself.
    package let state: FileState
    /// Reads nothing; says which file it is.
    package let descriptor: FileDescriptor
    private let survey: Survey?
    private let entersDirectories: Bool
    /// Where links in it may lead.
    private let allowed: [FilePath]

    /// - Parameters:
    ///   - following: places that links in it may lead to, and to what is in them.
    ///   - entersDirectories: false to find only what is directly in it.
    /// - Throws: ``FileError``.
    package init(
        at path: FilePath, following: [FilePath] = [], entersDirectories: Bool = true
    ) throws(FileError) {
        self.path = path
        self.entersDirectories = entersDirectories
        allowed = following.map { $0.lexicallyNormalized() }
        do {
            descriptor = try OpenPlace.named(path)
        } catch let error as LinkOfAnother {
            throw FileError(path: path, problem: .linkOfAnother(account: error.owner))
        } catch {
            throw FileError(path: path, problem: .system("open", error as? Errno ?? .ioError))
        }
        let root = descriptor.rawValue
        do throws(FileError) {
            state = try FileError.attempt("look at", path) { () throws(Errno) in try FileState(of: root) }
            survey = try Self.survey(root, state, path, entersDirectories)
        } catch {
            close(root)
            throw error
        }
    }

    private init(
        at path: FilePath, _ state: FileState, _ descriptor: FileDescriptor, following allowed: [FilePath]
    ) throws(FileError) {
        (self.path, self.state, self.descriptor, self.allowed) = (path, state, descriptor, allowed)
        entersDirectories = true
        do throws(FileError) {
            survey = try Self.survey(descriptor.rawValue, state, path, true)
        } catch {
            close(descriptor.rawValue)
            throw error
        }
    }

    deinit { close(descriptor.rawValue) }

    private static func survey(
        _ root: CInt, _ state: FileState, _ path: FilePath, _ entersDirectories: Bool
    ) throws(FileError) -> Survey? {
        guard state.kind == .directory else { return nil }
        let directory = try FileError.attempt("open", path) { () throws(Errno) in
            try OpenDirectory(FilePath("/proc/self/fd/\(root)"))
        }
        return try Survey(of: directory, called: path, entersDirectories: entersDirectories)
    }
}

// MARK: What is in it

extension OpenTree {
    package var isDirectory: Bool { state.kind == .directory }

    /// The file that it is; of a directory, a file in it. Nil where there is no regular file of this name.
    package func file(_ name: FilePath = "") -> TreeFile? {
        guard let state = state(of: name), state.kind == .file else { return nil }
        return TreeFile(tree: self, name: name, state: state)
    }

    /// What a name stood for when the tree was opened; nil where nothing was there.
    package func state(of name: FilePath) -> FileState? { name.isEmpty ? state : survey?.states[name] }

    /// The names directly in a directory of it, each with its path below the root, in the order of their bytes.
    package func names(in directory: FilePath = "") -> [FilePath] { survey?.names[directory] ?? [] }

    /// Every name in it, in no order.
    package var names: some Collection<FilePath> { survey?.states.keys ?? [:].keys }

    /// Every regular file in it; of a file, that file.
    package var files: [TreeFile] { isDirectory ? names.compactMap { file($0) } : [file()].compactMap(\.self) }

    /// The size of all files, in bytes.
    package var bytes: Int64 { files.reduce(0) { $0 + $1.state.size } }

    /// Whether anything is there now that was not when it was opened, or is not there any more, or was written to.
    /// - Throws: ``FileError``.
    package func hasChanged() throws(FileError) -> Bool {
        let now = try FileError.attempt("look at", path) { () throws(Errno) in try FileState(of: descriptor.rawValue) }
        guard now == state else { return true }
        return try Self.survey(descriptor.rawValue, now, path, entersDirectories) != survey
    }

    /// Where it really is now.
    /// - Throws: ``FileError``.
    package func realPath() throws(FileError) -> FilePath { try descriptor.realPath(called: path) }

    /// Whether a descriptor is of this very file or directory.
    /// - Throws: `Errno`.
    package func isAt(_ place: FileDescriptor) throws(Errno) -> Bool {
        let other = try FileState(of: place.rawValue)
        return other.device == state.device && other.inode == state.inode
    }

    /// The directory that it is in.
    /// - Throws: ``FileError``.
    package func parent() throws(FileError) -> OpenDirectory {
        let directory =
            isDirectory
            ? FilePath("/proc/self/fd/\(descriptor.rawValue)/..") : try realPath().removingLastComponent()
        return try FileError.attempt("open", directory) { () throws(Errno) in try OpenDirectory(directory) }
    }
}

// MARK: Opening

extension OpenTree {
    /// The descriptor of a name, which must still stand for what was found. It opens nothing.
    func place(of name: FilePath, _ known: FileState) throws(FileError) -> FileDescriptor {
        func changed() -> FileError { FileError(path: path.pushing(name), problem: .changed) }
        let place: FileDescriptor
        do throws(Errno) {
            place = name.isEmpty ? try descriptor.another() : try OpenPlace.beneath(descriptor.rawValue, name)
        } catch .noSuchFileOrDirectory, .notDirectory, .tooManySymbolicLinkLevels {
            throw changed()
        } catch {
            throw FileError(path: path.pushing(name), problem: .system("open", error))
        }
        do throws(FileError) {
            let now = try FileError.attempt("look at", path.pushing(name)) { () throws(Errno) in
                try FileState(of: place.rawValue)
            }
            guard now == known else { throw changed() }
        } catch {
            close(place.rawValue)
            throw error
        }
        return place
    }

    /// Opens the place that a link leads to. Only where it was allowed: whoever wrote the backup chose where the link leads, and may
    /// not read what we may.
    /// - Throws: ``FileError``.
    package func follow(_ name: FilePath) throws(FileError) -> OpenTree {
        let target = try target(of: name)
        guard target.isAbsolute, allowed.contains(where: { target.starts(with: $0) }) else {
            throw FileError(path: path.pushing(name), problem: .notFollowed(target: target))
        }
        return try OpenTree(at: target)
    }

    /// What a name in it stands for, as a tree of its own.
    /// - Returns: nil for anything but a regular file or a directory.
    /// - Throws: ``FileError``, also when it has changed since this tree was opened.
    package func tree(of name: FilePath) throws(FileError) -> OpenTree? {
        guard let known = state(of: name), [.file, .directory].contains(known.kind) else { return nil }
        return try OpenTree(at: path.pushing(name), known, place(of: name, known), following: allowed)
    }

    /// Opens another backup, whose links may lead where those of this one may.
    /// - Throws: ``FileError``.
    package func neighbour(at path: FilePath) throws(FileError) -> OpenTree {
        try OpenTree(at: path, following: allowed)
    }

    /// Where a link leads.
    /// - Throws: ``FileError``.
    package func target(of name: FilePath) throws(FileError) -> FilePath {
        guard let known = state(of: name), known.kind == .link else {
            throw FileError(path: path.pushing(name), problem: .system("follow", .invalidArgument))
        }
        let place = try place(of: name, known)
        defer { close(place.rawValue) }
        return try FileError.attempt("follow", path.pushing(name)) { () throws(Errno) in
            try OpenPlace.target(of: place).lexicallyNormalized()
        }
    }
}

extension FileDescriptor {
    /// Another descriptor of the same file.
    fileprivate func another() throws(Errno) -> FileDescriptor {
        let copy = fcntl(rawValue, F_DUPFD_CLOEXEC, 3)
        guard copy >= 0 else { throw .current }
        return FileDescriptor(rawValue: copy)
    }

    /// Where the file is, as the kernel says it now.
    /// - Throws: ``FileError``.
    package func realPath(called path: FilePath) throws(FileError) -> FilePath {
        try FileError.attempt("look at", path) { () throws(Errno) in
            var bytes = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
            guard readlink("/proc/self/fd/\(rawValue)", &bytes, bytes.count - 1) >= 0 else { throw .current }
            return bytes.withUnsafeBufferPointer { FilePath(platformString: $0.baseAddress!) }
        }
    }
}
