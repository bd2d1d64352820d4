import Files
import SystemPackage

/// The regular files of a directory, by name, with their sizes in bytes. Subdirectories are not entered: a directory
/// dump has none.
struct DirectoryListing: Sendable {
    let sizes: [String: Int64]
    private let tree: OpenTree

    init(_ tree: OpenTree) {
        self.tree = tree
        let files = tree.names(in: "").compactMap { tree.file($0) }
        sizes = Dictionary(files.map { ($0.name.string, $0.state.size) }) { $1 }
    }

    var totalBytes: Int64 { sizes.values.reduce(0, +) }

    /// Opens one of them.
    /// - Throws: ``ArchiveError/missing(_:)``; as ``InputFile/init(_:)``.
    func open(_ name: String) throws(ArchiveError) -> InputFile {
        guard let file = tree.file(FilePath(name)) else { throw .missing(tree.path.appending(name)) }
        return try InputFile(file)
    }
}
