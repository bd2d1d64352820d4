import Files
import SystemPackage

@testable import Archive

/// What these tests read, by its path.
extension TreeFile {
    static func at(_ path: FilePath) throws(ArchiveError) -> TreeFile {
        let tree = try OpenTree.ofBackup(at: path)
        guard let file = tree.file() else { throw .notADump(path, looksLike: "a directory") }
        return file
    }
}

extension Dump {
    static func open(_ path: FilePath) throws(ArchiveError) -> Dump { try open(OpenTree.ofBackup(at: path)) }
    static func open(_ path: String) throws(ArchiveError) -> Dump { try open(FilePath(path)) }
}

extension InputFile {
    convenience init(_ path: FilePath) throws(ArchiveError) { try self.init(TreeFile.at(path)) }
}

extension DumpStream {
    init(path: FilePath) throws(ArchiveError) { try self.init(TreeFile.at(path)) }
}

extension TarStream {
    init(path: FilePath) throws(ArchiveError) { try self.init(TreeFile.at(path)) }
}

extension Wrapper {
    init?(around path: FilePath) throws { try self.init(around: OpenTree.ofBackup(at: path)) }
}
