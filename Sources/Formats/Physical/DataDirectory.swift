import Files
import Foundation
import Glibc
import SystemPackage

/// A data directory in a backup or a snapshot: which files it has. The contents of the files are not read.
package struct DataDirectory: Sendable {
    package let path: FilePath
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
    /// Where each tablespace is, by OID.
    package let tablespaces: [UInt32: FilePath]

    package struct File: Sendable, Equatable {
        /// Relative to the data directory, tablespaces as `pg_tblspc/16400/…`.
        package let path: String
        /// Where the file is. A file of a tablespace is outside of the data directory.
        package let source: FilePath
        package let size: Int64
    }

    /// Whether it has the file that a server keeps while it runs. It is left out of ``files``.
    package var hasPostmasterFile: Bool { Files.exists(path.appending("postmaster.pid")) }

    package var bytes: Int64 { files.reduce(0) { $0 + $1.size } }

    /// - Returns: nil where the path is not that of a data directory.
    /// - Throws: ``DataDirectoryError`` where the data directory cannot be used; `Errno` where it cannot be read.
    package init?(at path: FilePath) throws {
        guard Files.exists(path.appending("PG_VERSION")), Files.exists(path.appending("global/pg_control")) else {
            return nil
        }
        self.path = path
        let version = try Self.text(of: path.appending("PG_VERSION"))
        guard let major = Int(version.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw DataDirectoryError.version(version)
        }
        majorVersion = major
        if Files.exists(path.appending(BackupLabel.fileName)) {
            guard let label = BackupLabel(try Self.text(of: path.appending(BackupLabel.fileName))) else {
                throw DataDirectoryError.label
            }
            self.label = label
        } else {
            label = nil
        }
        let manifest = path.appending(BackupManifest.fileName)
        self.manifest = Files.exists(manifest) ? try BackupManifest(contentsOf: manifest) : nil
        var walk = Walk(majorVersion: major)
        try walk.enter(path, as: "")
        files = walk.files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        directories = walk.directories
        tablespaces = walk.tablespaces
    }

    /// The process of a server that runs on this very directory now: a copy of its files would mix many moments.
    ///
    /// It is the one in `postmaster.pid`, if its working directory is this one. A snapshot has the postmaster.pid of a
    /// server that runs elsewhere or has ended; the process with that number here may be any other program.
    package static func runningServer(on path: FilePath) -> Int32? {
        guard let text = try? text(of: path.appending("postmaster.pid")),
            let process = text.split(separator: "\n").first.flatMap({ Int32($0) }),
            let place = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/cwd"),
            place == URL(filePath: path.string).resolvingSymlinksInPath().path
        else { return nil }
        return process
    }

    /// The text of a small file; at most 64 KiB are read.
    static func text(of path: FilePath) throws -> String {
        let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .noFollow])
        return try file.closeAfter {
            try String(unsafeUninitializedCapacity: 64 << 10) { try file.read(into: UnsafeMutableRawBufferPointer($0)) }
        }
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

/// Why a data directory cannot be used.
package enum DataDirectoryError: Error, Sendable, Equatable, CustomStringConvertible {
    case version(String)
    case label
    case link(String)
    case special(String)
    case tablespaceMissing(String, target: String)
    case twoBases
    case outside(String)
    case twice(String)

    package var description: String {
        switch self {
        case .version(let text):
            "PG_VERSION says \(text.prefix(20).debugDescription), which is no version of PostgreSQL"
        case .label: "backup_label does not say where replay begins"
        case .link(let path): "\(path) is a symbolic link, and only pg_wal and tablespaces may be"
        case .special(let path): "\(path) is neither a file nor a directory"
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
    var tablespaces: [UInt32: FilePath] = [:]

    mutating func enter(_ directory: FilePath, as name: String) throws {
        for child in try FileManager.default.contentsOfDirectory(atPath: directory.string).sorted() {
            let path = name.isEmpty ? child : "\(name)/\(child)"
            if DataDirectory.leftOut.contains(path) || child.hasPrefix("pg_internal.init") { continue }
            try add(directory.appending(child), as: path)
        }
    }

    private mutating func add(_ source: FilePath, as path: String) throws {
        var status = stat()
        guard lstat(source.string, &status) == 0 else { throw Errno(rawValue: errno) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: files.append(DataDirectory.File(path: path, source: source, size: Int64(status.st_size)))
        case S_IFDIR:
            directories.append(path)
            if let name = path.split(separator: "/").last, !DataDirectory.emptied.contains(String(name)) {
                try enter(source, as: path)
            }
        case S_IFLNK: try follow(source, as: path)
        // A server's own socket may be in its directory.
        case S_IFSOCK: break
        default: throw DataDirectoryError.special(path)
        }
    }

    /// Follows a link. The log and tablespaces may be in other places: they are read there, and laid out below the
    /// copy. A hostile link may lead anywhere, and we may read everything, so only files that are named like those of a
    /// log or a tablespace are taken from there.
    private mutating func follow(_ link: FilePath, as path: String) throws {
        let parts = path.split(separator: "/")
        let tablespace = parts.count == 2 && parts[0] == "pg_tblspc" ? UInt32(parts[1]) : nil
        guard path == "pg_wal" || tablespace != nil else { throw DataDirectoryError.link(path) }
        var status = stat()
        guard stat(link.string, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            let target = (try? FileManager.default.destinationOfSymbolicLink(atPath: link.string)) ?? "nowhere"
            throw DataDirectoryError.tablespaceMissing(path, target: target)
        }
        directories.append(path)
        guard let tablespace else {
            for child in try FileManager.default.contentsOfDirectory(atPath: link.string).sorted()
            where child.wholeMatch(of: /[0-9A-F]{24}|[0-9A-F]{8}\.history/) != nil {
                try add(link.appending(child), as: "\(path)/\(child)")
            }
            return
        }
        // TABLESPACE_VERSION_DIRECTORY of the server.
        let prefix = "PG_\(majorVersion)_"
        let versions = try FileManager.default.contentsOfDirectory(atPath: link.string).filter { $0.hasPrefix(prefix) }
        guard !versions.isEmpty else {
            throw DataDirectoryError.tablespaceMissing(
                path, target: try FileManager.default.destinationOfSymbolicLink(atPath: link.string))
        }
        tablespaces[tablespace] = link
        for child in versions.sorted() { try add(link.appending(child), as: "\(path)/\(child)") }
    }
}
