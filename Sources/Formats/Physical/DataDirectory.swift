import Files
import Foundation
import Glibc
import SystemPackage

/// A data directory in a backup or a snapshot: which files it has. The contents of the files are not read.
package struct DataDirectory: Sendable {
    package let tree: OpenTree
    /// What `PG_VERSION` says: `17`.
    package let majorVersion: Int
    /// Nil in a snapshot of a server that was not told that a backup was being made.
    package let label: BackupLabel?
    /// Nil in a snapshot, and in a backup that was made without a manifest or was not finished.
    package let manifest: BackupManifest?
    /// Every file that a server needs, sorted by path.
    package let files: [File]
    /// Every directory that a server needs, relative to the data directory, with parents before children.
    package let directories: [String]
    /// Each tablespace, by OID.
    package let tablespaces: [UInt32: OpenTree]
    /// The log, where a link leads to it.
    private let outsideLog: OpenTree?
    package struct File: Sendable {
        /// Relative to the data directory, tablespaces as `pg_tblspc/16400/…`.
        package let path: String
        /// Where the file is. A file of a tablespace is outside of the data directory.
        package let source: TreeFile

        package var size: Int64 { source.state.size }
    }

    /// For messages, and for programs that see it there.
    package var path: FilePath { tree.path }

    /// Whether it has the file that a server keeps while it runs. It is left out of ``files``.
    package var hasPostmasterFile: Bool { tree.state(of: "postmaster.pid") != nil }

    package var bytes: Int64 { files.reduce(0) { $0 + $1.size } }

    /// All that was opened: the directory, and the places that its links lead to.
    package var trees: [OpenTree] {
        [tree] + (outsideLog.map { [$0] } ?? []) + tablespaces.sorted { $0.key < $1.key }.map(\.value)
    }

    /// The segments of the log that lie in it, and what else is beside them.
    package var log: [File] {
        files.filter { $0.path.hasPrefix("pg_wal/") && !$0.path.dropFirst("pg_wal/".count).contains("/") }
    }

    /// Whether a directory has what every data directory has.
    package static func isOne(_ tree: OpenTree) -> Bool { needed.allSatisfy { tree.state(of: FilePath($0)) != nil } }

    /// What every data directory has, and what no other directory has both of.
    private static let needed = ["PG_VERSION", "global/pg_control"]

    /// Whether a directory has what only a data directory has: one of those files that every one has, and directories of a server.
    private static func isPartOfOne(_ tree: OpenTree) -> Bool {
        needed.contains { tree.state(of: FilePath($0)) != nil }
            && ["base", "global", "pg_xact"].allSatisfy { tree.state(of: FilePath($0))?.kind == .directory }
    }

    /// - Returns: nil where it is no data directory.
    /// - Throws: ``DataDirectoryError`` where the data directory cannot be used; ``Files/FileError`` where it cannot be read.
    package init?(_ tree: OpenTree) throws {
        guard Self.isOne(tree) || Self.isPartOfOne(tree) else { return nil }
        if let name = Self.needed.first(where: { tree.state(of: FilePath($0)) == nil }) {
            throw DataDirectoryError.missing(name)
        }
        // Nothing of the kind is ever in one; to open it may take for ever.
        if let special = tree.names.first(where: { tree.state(of: $0)?.kind == .special }) {
            throw DataDirectoryError.special(special.string)
        }
        self.tree = tree
        let version = try Self.text(of: "PG_VERSION", in: tree)
        guard let major = Int(version.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw DataDirectoryError.version(version)
        }
        majorVersion = major
        if tree.state(of: FilePath(BackupLabel.fileName)) != nil {
            guard let label = BackupLabel(try Self.text(of: BackupLabel.fileName, in: tree)) else {
                throw DataDirectoryError.label
            }
            self.label = label
        } else {
            label = nil
        }
        manifest =
            tree.state(of: FilePath(BackupManifest.fileName)) == nil
            ? nil : try BackupManifest(tree.need(BackupManifest.fileName))
        var walk = Walk(majorVersion: major)
        try walk.enter(tree, "", as: "")
        files = walk.files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        directories = walk.directories
        tablespaces = walk.tablespaces
        outsideLog = walk.log
    }

    /// The process of a server that runs on this very directory now: a copy of its files would mix many moments.
    ///
    /// It is the one in `postmaster.pid`, if its working directory is this one. A snapshot has the postmaster.pid of a
    /// server that runs elsewhere or has ended; the process with that number here may be any other program.
    package static func runningServer(on tree: OpenTree) -> Int32? {
        guard tree.file("postmaster.pid") != nil, let text = try? text(of: "postmaster.pid", in: tree),
            let process = text.split(separator: "\n").first.flatMap({ Int32($0) })
        else { return nil }
        var status = stat()
        guard stat("/proc/\(process)/cwd", &status) == 0, UInt64(status.st_dev) == tree.state.device,
            UInt64(status.st_ino) == tree.state.inode
        else { return nil }
        return process
    }

    /// The text of a small file; at most 64 KiB are read.
    private static func text(of name: String, in tree: OpenTree) throws -> String {
        String(decoding: try tree.need(name).head(64 << 10), as: UTF8.self)
    }

    /// Files that a new server does not need from the server that was copied: files that a server always writes itself,
    /// files that would make it start as the old server was, and files that say where things were on the old machine.
    /// The list is that of `pg_basebackup` (`excludeFiles`, `excludeDirContents`), and the files that say how to
    /// recover, which are written again.
    static let leftOut: Set<String> = [
        "postmaster.pid", "postmaster.opts", "current_logfiles", "current_logfiles.tmp", "tablespace_map",
        "tablespace_map.old", "postgresql.auto.conf", "postgresql.auto.conf.tmp", "postgresql.conf", "pg_hba.conf",
        "pg_ident.conf", "standby.signal", "recovery.signal", "recovery.conf", "recovery.done",
        BackupManifest.fileName, "backup_manifest.tmp",
    ]

    /// Directories that are created and stay empty.
    static let emptied: Set<String> = [
        "pg_stat_tmp", "pg_replslot", "pg_dynshmem", "pg_notify", "pg_serial", "pg_snapshots", "pg_subtrans",
        "pgsql_tmp",
        "log", "pg_log",
    ]
}

extension OpenTree {
    /// A file of a base backup that must be one: not a link, for example.
    func need(_ name: String) throws(DataDirectoryError) -> TreeFile {
        guard let file = file(FilePath(name)) else {
            throw state(of: FilePath(name))?.kind == .link ? .link(name) : .special(name)
        }
        return file
    }
}

/// Why a data directory cannot be used.
package enum DataDirectoryError: Error, Sendable, Equatable, CustomStringConvertible {
    case version(String)
    case missing(String)
    case label
    case link(String)
    case special(String)
    case notFollowed(String, target: FilePath)
    case tablespaceMissing(String, target: String)
    case twoBases
    case outside(String)
    case twice(String)

    package var description: String {
        switch self {
        case .version(let text):
            "PG_VERSION says \(text.prefix(20).debugDescription), which is no version of PostgreSQL"
        case .missing(let path): "\(path) is missing, and every data directory has it"
        case .label: "backup_label does not say where replay begins"
        case .link(let path): "\(path) is a symbolic link, and only pg_wal and tablespaces may be"
        case .special(let path): "\(path) is neither a file nor a directory"
        case .notFollowed(let path, let target): "\(path) is a link to \(target), and nobody allowed to follow it"
        case .twoBases: "there is more than one base.tar, in different compressions"
        case .outside(let path): "\(path.debugDescription) is no path within a data directory"
        case .twice(let path): "\(path) is in it twice"
        case .tablespaceMissing(let path, let target):
            "\(path) leads to \(target), where no tablespace is: copy the tablespaces with the backup"
        }
    }
}

/// Collects the files of a data directory.
private struct Walk {
    let majorVersion: Int
    var files: [DataDirectory.File] = []
    var directories: [String] = []
    var tablespaces: [UInt32: OpenTree] = [:]
    var log: OpenTree?

    init(majorVersion: Int) { self.majorVersion = majorVersion }

    mutating func enter(_ tree: OpenTree, _ directory: FilePath, as name: String) throws {
        for child in tree.names(in: directory) {
            let last = String(child.string.split(separator: "/").last ?? "")
            let path = name.isEmpty ? last : "\(name)/\(last)"
            if DataDirectory.leftOut.contains(path) || last.hasPrefix("pg_internal.init") { continue }
            try add(child, of: tree, as: path)
        }
    }

    private mutating func add(_ source: FilePath, of tree: OpenTree, as path: String) throws {
        switch tree.state(of: source)?.kind {
        case .file: if let file = tree.file(source) { files.append(DataDirectory.File(path: path, source: file)) }
        case .directory:
            directories.append(path)
            if let name = path.split(separator: "/").last, !DataDirectory.emptied.contains(String(name)) {
                try enter(tree, source, as: path)
            }
        case .link: try follow(source, of: tree, as: path)
        // A server's own socket may be in its directory.
        case .socket, nil: break
        case .special: throw DataDirectoryError.special(path)
        }
    }

    /// Follows a link. The log and tablespaces may be in other places: they are read there, and laid out below the
    /// copy. A hostile link may lead anywhere, and we may read everything: it is followed only where somebody allowed it, and only
    /// files that are named like those of a log or a tablespace are taken from there.
    private mutating func follow(_ link: FilePath, of tree: OpenTree, as path: String) throws {
        let parts = path.split(separator: "/")
        let tablespace = parts.count == 2 && parts[0] == "pg_tblspc" ? UInt32(parts[1]) : nil
        guard path == "pg_wal" || tablespace != nil else { throw DataDirectoryError.link(path) }
        let place = try place(of: link, of: tree, as: path)
        directories.append(path)
        guard let tablespace else {
            log = place
            for child in place.names() where child.string.wholeMatch(of: /[0-9A-F]{24}|[0-9A-F]{8}\.history/) != nil {
                try add(child, of: place, as: "\(path)/\(child)")
            }
            return
        }
        // TABLESPACE_VERSION_DIRECTORY of the server.
        let versions = place.names().filter { $0.string.hasPrefix("PG_\(majorVersion)_") }
        guard !versions.isEmpty else {
            throw DataDirectoryError.tablespaceMissing(path, target: place.path.string)
        }
        tablespaces[tablespace] = place
        for child in versions { try add(child, of: place, as: "\(path)/\(child)") }
    }

    private func place(of link: FilePath, of tree: OpenTree, as path: String) throws -> OpenTree {
        do throws(FileError) {
            let place = try tree.follow(link)
            if place.isDirectory { return place }
        } catch {
            switch error.problem {
            case .notFollowed(let target): throw DataDirectoryError.notFollowed(path, target: target)
            case .system(_, .noSuchFileOrDirectory), .system(_, .notDirectory): break
            default: throw error
            }
        }
        throw DataDirectoryError.tablespaceMissing(path, target: try tree.target(of: link).string)
    }
}
