import Files
import Glibc
import SystemPackage

/// Files in a directory. They are read from the disk, not from the system's cache.
package struct DirectoryStore: FileStore {
    /// The directory in the store for files that an export needs only while it runs.
    package static let ownDirectory = ".pgassay-export"

    package let root: FilePath

    /// - Parameter create: creates the directory and its missing parents.
    /// - Throws: `refused` if the path does not exist, is not a directory, or cannot be created.
    package init(_ root: FilePath, create: Bool) throws(StoreError) {
        self.root = root
        if create { try Self.make(root) }
        try attempt("open", "") { _ = try OpenDirectory(root) }
    }

    package var location: String { root.string }

    package func list(_ prefix: String) throws(StoreError) -> [StoredFile] {
        var files: [StoredFile] = []
        try attempt("list", "") {
            try Self.list(OpenDirectory(root), "", prefix, &files)
        }
        return files.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    private static func list(
        _ directory: borrowing OpenDirectory, _ path: String, _ prefix: String, _ files: inout [StoredFile]
    ) throws(Errno) {
        // No path of an export is longer than the limit for names.
        guard path.utf8.count <= StoreName.limit else { throw .fileNameTooLong }
        for entry in try directory.entries() {
            // A name that is not UTF-8 cannot be in a manifest; it is listed in a form that can be shown.
            let part = String(decoding: entry.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let name = path + part
            if name == ownDirectory { continue }
            let status: stat
            do {
                status = try directory.status(entry)
            } catch .noSuchFileOrDirectory {
                continue  // gone meanwhile
            }
            if status.isDirectory {
                let below = name + "/"
                guard below.hasPrefix(prefix) || prefix.hasPrefix(below) else { continue }
                try list(directory.directory(entry), below, prefix, &files)
            } else if name.hasPrefix(prefix) {
                files.append(StoredFile(name: name, size: Int64(status.st_size)))
            }
        }
    }

    package func contents(of name: String, limit: Int) throws(StoreError) -> [UInt8]? {
        do throws(StoreError) {
            let file = try open(name, "read")
            let size = try attempt("read", name) { try file.status().st_size }
            guard size <= limit else { throw StoreError.tooLarge(name: name, limit: limit) }
            return try bytes(of: file, name, 0..<Int64(size))
        } catch {
            if case .missing = error { return nil }
            throw error
        }
    }

    package func read(_ name: String, _ body: ([UInt8]) async throws -> Void) async throws {
        let file = try open(name, "read")
        try attempt("read", name) { try file.forget() }
        var offset: Int64 = 0
        while true {
            guard !Task.isCancelled else { throw StoreError.cancelled }
            let bytes = try attempt("read", name) {
                try [UInt8](unsafeUninitializedCapacity: 1 << 20) { buffer, count in
                    count = try file.read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
                }
            }
            if bytes.isEmpty { return }
            try await body(bytes)
            offset += Int64(bytes.count)
        }
    }

    package func read(_ name: String, range: Range<Int64>) throws(StoreError) -> [UInt8] {
        let file = try open(name, "read")
        let size = try attempt("read", name) { Int64(try file.status().st_size) }
        guard range.lowerBound >= 0, range.upperBound <= size else {
            throw refusal("read", name, "it has \(size) bytes, and those up to \(range.upperBound) are needed")
        }
        return try bytes(of: file, name, range)
    }

    package func replace(_ name: String, with bytes: [UInt8]) throws(StoreError) {
        try check(name: name)
        try attempt("write", name) {
            let top = try OpenDirectory(root)
            let own = try top.makeDirectory(Self.ownDirectory)
            let temporary = "replace-\(getpid())-\(UInt64.random(in: 0 ... .max))"
            do {
                try own.create(temporary, bytes)
                try top.at(name, make: true) { parent, part in
                    guard renameat(own.descriptor, temporary, parent.descriptor, part) == 0 else { throw Errno.current }
                    try parent.sync()
                }
            } catch {
                // Clean-up after an error; the error itself is reported.
                unlinkat(own.descriptor, temporary, 0)
                throw error
            }
            // While an export runs, the directory is not empty, and stays.
            unlinkat(top.descriptor, Self.ownDirectory, AT_REMOVEDIR)
        }
    }

    package func replace(
        _ name: String, with bytes: [UInt8], over previous: [UInt8]?
    ) async throws(StoreError) {
        // Held until the end of this call: of several writers, one at a time compares and replaces.
        let lock = try attempt("open", "") { try OpenDirectory(root) }
        let limit = ContinuousClock.now + Self.lockPatience
        while try !attempt("lock", "", { try lock.lock() }) {
            guard .now < limit else {
                throw .stalled(action: "lock", name: "", location: location, seconds: Self.lockPatience / .seconds(1))
            }
            do {
                try await Task.sleep(for: .milliseconds(5))
            } catch {
                throw .cancelled
            }
        }
        let most = max(previous?.count ?? 0, bytes.count)
        let there: [UInt8]?
        do throws(StoreError) {
            there = try contents(of: name, limit: most)
        } catch {
            guard case .tooLarge = error else { throw error }
            throw .changed(name: name, location: location)
        }
        guard there == previous else { throw .changed(name: name, location: location) }
        try replace(name, with: bytes)
    }

    /// Others hold the lock for as long as it takes to write a small file.
    private static let lockPatience = Duration.seconds(300)

    // MARK: Parts

    package func check(name: String) throws(StoreError) {
        if let flaw = StoreName.flaw(in: name) { throw .badName(name, flaw: flaw) }
    }

    private func open(_ name: String, _ action: String) throws(StoreError) -> OpenFile {
        try check(name: name)
        return try attempt(action, name) {
            try OpenDirectory(root).at(name) { parent, part in try parent.file(part) }
        }
    }

    /// - Parameter range: within the file.
    private func bytes(
        of file: borrowing OpenFile, _ name: String, _ range: Range<Int64>
    ) throws(StoreError) -> [UInt8] {
        var (bytes, done) = ([UInt8](repeating: 0, count: range.count), 0)
        while done < bytes.count {
            let count = try attempt("read", name) {
                try bytes.withUnsafeMutableBytes { all in
                    try file.read(
                        into: UnsafeMutableRawBufferPointer(rebasing: all[done...]), at: range.lowerBound + Int64(done))
                }
            }
            guard count > 0 else { throw refusal("read", name, "it became shorter while it was read") }
            done += count
        }
        return bytes
    }

    package func attempt<Result: ~Copyable>(
        _ action: String, _ name: String, _ body: () throws -> Result
    ) throws(StoreError) -> Result {
        do {
            return try body()
        } catch {
            if error is NotARegularFile { throw refusal(action, name, "it is not a regular file") }
            // Nothing that is attempted here throws any other error.
            throw Self.error(error as? Errno ?? .ioError, action, name, location)
        }
    }

    private func refusal(_ action: String, _ name: String, _ reason: String) -> StoreError {
        .refused(action: action, name: name, location: location, reason: reason)
    }

    private static func error(_ error: Errno, _ action: String, _ name: String, _ location: String) -> StoreError {
        func refused(_ reason: String) -> StoreError {
            .refused(action: action, name: name, location: location, reason: reason)
        }
        switch error {
        case .noSpace, .diskQuotaExceeded: return .full(location: location)
        case .fileExists, .directoryNotEmpty: return .exists(name: name, location: location)
        case .noSuchFileOrDirectory where !name.isEmpty: return .missing(name: name, location: location)
        case .tooManySymbolicLinkLevels: return refused("a symbolic link is in its place, and none is followed")
        case .notDirectory: return refused("one of its directories is a link or a file")
        case .improperLink: return refused("slices must be staged on the file system of the export")
        default: return refused(error.description)
        }
    }

    /// Makes a directory and those above it.
    private static func make(_ path: FilePath) throws(StoreError) {
        do {
            try Files.createDirectory(path, mode: 0o777)
        } catch {
            guard case .system(_, let reason) = error.problem else { return }
            // A file in the place of the directory is told when it is opened.
            if reason != .notDirectory { throw Self.error(reason, "create", "", error.path.string) }
        }
    }
}
