import Archive
import Files
import Physical
import SystemPackage

extension Impostor {
    /// A file or a directory that is a part of a backup, by what lies beside it.
    /// - Returns: nil for anything else, and where what is beside it cannot be looked at.
    init?(partOfBackup tree: OpenTree) {
        guard let name = tree.path.lastComponent?.string else { return nil }
        let parent = tree.path.removingLastComponent()
        func isBeside(_ names: String...) -> Bool { names.contains { Files.exists(parent.appending($0)) } }
        let advice = "name its directory, \(parent.string.isEmpty ? "." : parent.string)"
        if tree.isDirectory {
            // A directory of one database has a version of its own, and `pg_filenode.map`.
            guard tree.state(of: "pg_filenode.map") != nil, tree.state(of: "global") == nil else { return nil }
            let whole = name == "global" ? parent : parent.removingLastComponent()
            self.init(
                what: "a part of a data directory, and a drill takes all of it",
                advice: "name \(whole.string.isEmpty ? "its data directory" : whole.string)")
        } else if name == "toc.dat" {
            self.init(
                what: "the table of contents of a directory dump, and a drill takes the directory", advice: advice)
        } else if name.wholeMatch(of: /base\.tar(\..+)?/) != nil,
            isBeside("pg_wal.tar", "pg_wal.tar.gz", "pg_wal.tar.lz4", "pg_wal.tar.zst")
        {
            // With its log in it, the file would be a whole backup.
            self.init(what: "a part of a base backup in tar files, and a drill takes all of it", advice: advice)
        } else if name.wholeMatch(of: /[0-9]+\.dat(\..+)?/) != nil, isBeside("toc.dat") {
            self.init(
                what: "the rows of one table of a directory dump, and a drill takes the directory", advice: advice)
        } else {
            return nil
        }
    }
}
