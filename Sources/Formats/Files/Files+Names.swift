import SystemPackage

extension Files {
    /// What is in a directory, sorted by name. One that does not exist has nothing in it.
    package static func names(in directory: FilePath) throws(FileError) -> [String] {
        do throws(Errno) {
            return try OpenDirectory(directory).entries().map { name in
                // The last byte is the 0 that ends the name.
                String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            }.sorted()
        } catch .noSuchFileOrDirectory {
            return []
        } catch {
            throw FileError(path: directory, problem: .system("list", error))
        }
    }
}
