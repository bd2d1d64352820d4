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
        for part in source.partsInOrder {
            switch part.place {
            case .base: break
            case .log: try makeDirectory("pg_wal")
            case .tablespace(let oid): try makeTablespace(oid)
            }
            before += try TarredBackup.readMembers(of: part) { member, stream in
                try unpack(member, from: &stream) { try progress(before + $0) }
            }
        }
        if let manifest = source.manifest {
            let output = try NewFile(target.appending(BackupManifest.fileName), owner: owner)
            try manifest.readAll(through: buffer) { try output.write($0) }
            try output.close()
        }
    }

    private mutating func unpack(
        _ member: TarredBackup.Member, from stream: inout TarStream, progress: (Int64) throws -> Void
    ) throws {
        current = member.path
        switch member.kind {
        case .directory: try makeDirectory(member.path)
        case .tablespace(let oid): try makeTablespace(oid)
        case .file:
            try makeDirectories(above: member.path)
            let output = try NewFile(target.appending(member.path), owner: owner)
            try stream.readMember(through: buffer) { bytes, read in
                try output.write(bytes)
                try progress(read)
            }
            try output.close()
        }
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
