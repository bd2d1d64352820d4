import Files
import SystemPackage

extension Plan {
    /// The plans of a directory: files that end in `.yaml` or `.yml`, in the order of their names; not those in directories below.
    /// - Throws: ``Files/FileError`` when the directory cannot be listed.
    package static func files(in directory: FilePath) throws(FileError) -> [FilePath] {
        try Files.names(in: directory).filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted()
            .map { directory.appending($0) }
    }
}
