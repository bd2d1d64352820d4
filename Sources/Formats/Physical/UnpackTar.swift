import Archive
import Files
import Foundation
import SystemPackage

/// Unpacks a base backup in tar files into a data directory. The names of its members are checked, because a backup may
/// be hostile: nothing is written outside of the directories that are given.
package struct UnpackTar: ~Copyable {
    private let source: TarredBackup
    private let target: FilePath
    private let tablespaces: FilePath
    private let owner: FileOwner
    private var made: Set<String> = []
    /// The member that is being unpacked.
    private var current = ""
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)

    /// - Parameters:
    ///   - target: the new data directory, which is created.
    ///   - tablespaces: the directory for tablespaces, which is created. They never go to the places that they had.
    package init(_ source: TarredBackup, to target: FilePath, tablespaces: FilePath, owner: FileOwner) {
        self.source = source
        self.target = target
        self.tablespaces = tablespaces
        self.owner = owner
    }

    deinit { buffer.deallocate() }

    /// - Parameter progress: called with the bytes of the tar files read so far; may throw to stop.
    /// - Throws: ``Archive/ArchiveError``, ``DataDirectoryError``; `Errno` where something cannot be written; what
    ///   `progress` throws.
    package mutating func perform(progress: (Int64) throws -> Void) throws {
        do {
            try unpack(progress: progress)
        } catch Errno.fileExists {
            throw DataDirectoryError.twice(current)
        }
    }

    private mutating func unpack(progress: (Int64) throws -> Void) throws {
        for path in [target, tablespaces] { try owner.makeDirectory(path) }
        var before: Int64 = 0
        // The base tar file is unpacked first: the places of tablespaces must exist before files are put into them.
        for part in source.parts.sorted(by: { $0.place == .base && $1.place != .base }) {
            switch part.place {
            case .base: break
            case .log: try makeDirectory("pg_wal")
            case .tablespace(let oid): try makeTablespace(oid)
            }
            before += try unpack(part) { try progress(before + $0) }
        }
        if let manifest = source.manifest {
            try owner.copy(manifest, to: target.appending(BackupManifest.fileName), through: buffer) { _ in }
        }
    }

    /// - Returns: the size of the tar file.
    private mutating func unpack(_ part: TarredBackup.Part, progress: (Int64) throws -> Void) throws -> Int64 {
        var stream = try TarStream(part.file)
        while let member = try stream.next() {
            let name = try place(of: member.name, in: part)
            current = name
            switch member.kind {
            case .directory: try makeDirectory(name)
            case .link:
                // The link leads to a path of another machine. The files of the tablespace come in a separate tar file.
                guard let oid = Self.tablespace(name) else { throw DataDirectoryError.link(name) }
                try makeTablespace(oid)
            case .file:
                try makeDirectories(above: name)
                let output = try NewFile(target.appending(name), owner: owner)
                while true {
                    let count = try stream.read(into: buffer)
                    guard count > 0 else { break }
                    try output.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                    try progress(stream.compressedBytesRead)
                }
                try output.close()
            case .other: throw DataDirectoryError.special(name)
            }
        }
        return stream.compressedBytesRead
    }

    /// The path below the data directory, without a slash at its end.
    private func place(of name: String, in part: TarredBackup.Part) throws(DataDirectoryError) -> String {
        // The server writes some names as `./pg_wal/archive_status/`.
        let steps = name.split(separator: "/").filter { $0 != "." }
        guard !name.hasPrefix("/"), !steps.isEmpty, !steps.contains("..") else { throw .outside(name) }
        let path = steps.joined(separator: "/")
        return switch part.place {
        case .base: path
        case .log: "pg_wal/\(path)"
        case .tablespace(let oid): "pg_tblspc/\(oid)/\(path)"
        }
    }

    private static func tablespace(_ path: String) -> UInt32? {
        path.wholeMatch(of: /pg_tblspc\/([0-9]+)/).flatMap { UInt32($0.1) }
    }

    private mutating func makeDirectories(above path: String) throws {
        guard let slash = path.lastIndex(of: "/") else { return }
        try makeDirectory(String(path[..<slash]))
    }

    private mutating func makeDirectory(_ path: String) throws {
        guard !made.contains(path) else { return }
        try makeDirectories(above: path)
        try owner.makeDirectory(target.appending(path))
        made.insert(path)
    }

    private mutating func makeTablespace(_ oid: UInt32) throws {
        let path = "pg_tblspc/\(oid)"
        guard !made.contains(path) else { return }
        try makeDirectories(above: path)
        let place = tablespaces.appending(String(oid))
        try owner.makeDirectory(place)
        try owner.link(target.appending(path), to: place)
        made.insert(path)
    }
}
