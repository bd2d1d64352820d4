import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The regular files of a directory, by name, with their sizes in bytes. Subdirectories are not entered: a directory
/// dump has none.
struct DirectoryListing: Sendable {
    private(set) var sizes: [String: Int64] = [:]

    /// - Throws: ``ArchiveError/missing(_:)`` or ``ArchiveError/unreadable(_:_:)``.
    init(_ path: FilePath) throws(ArchiveError) {
        guard let directory = path.withPlatformString({ opendir($0) }) else {
            throw ArchiveError(path, Errno(rawValue: errno))
        }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            guard name != "." && name != "..", let component = FilePath.Component(name) else { continue }
            do {
                let stat = try Stat(inspecting: path.appending(component))
                if stat.type == .regular { sizes[name] = stat.size }
            } catch .missing {
                // A link to nowhere counts as a missing file. The code that looks for the file reports it.
                continue
            }
        }
    }

    var totalBytes: Int64 { sizes.values.reduce(0, +) }
}
