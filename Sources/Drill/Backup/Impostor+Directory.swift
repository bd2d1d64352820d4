import Archive
import Files
import Findings
import Physical
import PlanKeys
import SystemPackage

extension Impostor {
    /// - Returns: nil if the directory can be a backup, also one that lacks some of its files; if it is empty, as a failed job
    ///   leaves it; or if it cannot be read.
    init?(directory tree: OpenTree) {
        if let process = DataDirectory.runningServer(on: tree) {
            self.init(
                what: """
                    the directory of a running server (process \(process)), and copying its files one after the other gives \
                    no backup
                    """, advice: "take a base backup of it (pg_basebackup), or a snapshot of the file system")
            return
        }
        let names = Self.names(in: tree)
        guard !names.isEmpty else { return nil }
        if let known = Self.known(names, in: tree) {
            self = known
            return
        }
        if names.contains(where: Self.isPartOfBackup) {
            let others = Self.others(beside: names, in: tree)
            guard !others.isEmpty else { return nil }
            self.init(
                what:
                    "a directory that is a backup, and has \(counted(others.count, "other backup")) in it (\(firstOf(others)))",
                advice: "name the one that you mean, after moving the others to another directory")
            return
        }
        let found = names.count <= DumpDirectory.mostNames ? DumpDirectory(tree, clock: .any) : nil
        if let found, found.isSet {
            guard let unread = found.others.first(where: \.isUnread) else { return nil }
            self.init(
                what:
                    "a directory of dumps in which \(unread.name) is \(unread.what), so that it is not known whether it is one of them",
                advice: "put there what it stands for (decrypted, unpacked, no link), or move it to another directory")
            return
        }
        let backups = names.prefix(200).filter { Self.isBackup(FilePath($0), in: tree) }
        let sets = backups.isEmpty ? names.prefix(20).filter { Self.isSet(FilePath($0), in: tree) } : []
        guard sets.isEmpty else {
            self.init(
                what: "a directory with directories of dumps in it (\(firstOf(sets))), and not itself one",
                advice: "name one of them, or '\(tree.path)/*' for the newest, in quotes")
            return
        }
        guard !backups.isEmpty else {
            self.init(
                what: "a directory in which no backup was found (\(firstOf(names)))", advice: "name the backup itself")
            return
        }
        let count = backups.count == 1 ? "a backup" : "\(backups.count) backups"
        let why = found?.ambiguity.map { ", and they are no set of one moment: \($0)" } ?? ""
        self.init(
            what: "a directory with \(count) in it, and not itself one (\(firstOf(backups)))\(why)",
            advice: found?.isOfOneDatabase ?? true
                ? "name one of them, or '\(tree.path)/*' for the newest, in quotes"
                : "name one of them, or put what is of one night into a directory of its own: with one dump of each database, it is drilled as a whole"
        )
    }

    /// The names in a directory of it, without the directory's own.
    private static func names(in tree: OpenTree, _ directory: FilePath = "") -> [String] {
        tree.names(in: directory).compactMap { $0.lastComponent?.string }
    }

    /// Directories of other programs, and of ours.
    private static func known(_ names: [String], in tree: OpenTree) -> Impostor? {
        let all = Set(names)
        let stanzas = all.contains("archive") ? Self.names(in: tree, "backup") : []
        if stanzas.contains(where: { tree.state(of: FilePath("backup/\($0)/backup.info")) != nil }) {
            return Impostor(
                what: "a repository of pgBackRest", advice: "name its stanza in \(PlanKey.backupPgbackrest) of a plan")
        }
        if all.isSuperset(of: ["base", "wals"]) {
            return Impostor(what: "a server of Barman", advice: "name it in \(PlanKey.backupBarman) of a plan")
        }
        if all.contains("manifest.dsse.json") {
            return Impostor(what: "an export in cold storage", advice: "verify it with pgassay export verify")
        }
        if names.allSatisfy({ $0.hasSuffix(".dsse.json") }) {
            return Impostor(what: "a directory of reports", advice: "name the backup itself")
        }
        if names.allSatisfy({ $0.hasSuffix(".bson") || $0.hasSuffix(".metadata.json") }) {
            return Impostor(what: "a dump of MongoDB", advice: "name a backup of PostgreSQL")
        }
        if names.allSatisfy({ $0.wholeMatch(of: /[0-9A-F]{24}(\..*)?|[0-9A-F]{8}\.history(\..*)?/) != nil }) {
            return Impostor(
                what: "an archive of the write-ahead log, which is no backup by itself",
                advice: "name the base backup, and this directory with --wal or in \(PlanKey.recoveryWal)")
        }
        return nil
    }

    /// A name that only a backup has in it: of a directory dump, a data directory, or a base backup in tar files.
    private static func isPartOfBackup(_ name: String) -> Bool {
        parts.contains(name)
            || isPartOfDirectoryDump(name)
            || name.wholeMatch(of: /(base|pg_wal)\.tar(\..+)?/) != nil
    }

    /// A name that only a file of a directory dump has, besides its table of contents.
    static func isPartOfDirectoryDump(_ name: String) -> Bool {
        name.wholeMatch(of: /[0-9]+\.dat(\..+)?|blob_[0-9]+\.dat(\..+)?|blobs(_[0-9]+)?\.toc/) != nil
    }

    /// Backups beside the files of a directory dump, or of a base backup in tar files: which of them is meant cannot be known. A
    /// data directory is one whatever lies in it.
    private static func others(beside names: [String], in tree: OpenTree) -> [String] {
        guard names.contains(where: { $0 == "toc.dat" || isBaseInTar($0) }) else { return [] }
        return names.prefix(200).filter {
            !isPartOfBackup($0) && !isTablespaceInTar($0) && isBackup(FilePath($0), in: tree)
        }
    }

    private static func isBaseInTar(_ name: String) -> Bool { name.wholeMatch(of: /base\.tar(\..+)?/) != nil }

    private static func isTablespaceInTar(_ name: String) -> Bool { name.wholeMatch(of: /[0-9]+\.tar(\..+)?/) != nil }

    private static let parts: Set<String> = [
        "toc.dat", "PG_VERSION", "global", "pg_xact", "pg_tblspc", BackupLabel.fileName, BackupManifest.fileName,
    ]

    /// Whether something in it is a backup, with little of it read.
    private static func isSet(_ name: FilePath, in tree: OpenTree) -> Bool {
        guard let inside = try? tree.tree(of: name), inside.isDirectory,
            inside.names().count <= DumpDirectory.mostNames
        else { return false }
        return DumpDirectory(inside, clock: .any).isSet
    }

    static func isBackup(_ name: FilePath, in tree: OpenTree) -> Bool {
        guard let file = tree.file(name) else { return names(in: tree, name).contains { isPartOfBackup($0) } }
        guard let start = try? FileStart(of: file, count: 4096) else { return false }
        return start.isDump
    }
}
