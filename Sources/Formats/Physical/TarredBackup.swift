import Archive
import Compression
import Files
import Foundation
import SystemPackage

/// A base backup in tar files, as `pg_basebackup -Ft` writes it: a directory with `base.tar`, one file for each
/// tablespace and one for the log, or a single file with all of it.
package struct TarredBackup: Sendable {
    package let path: FilePath
    package let compression: CompressionAlgorithm
    package let label: BackupLabel
    /// What a `PG_VERSION` in it says: `17`.
    package let majorVersion: Int
    /// The size of the tar files.
    package let bytes: Int64

    let parts: [Part]
    /// The manifest beside the tar files. Nil for a single file, in which the manifest is a member.
    let manifest: FilePath?

    /// A tar file.
    struct Part: Sendable {
        let file: FilePath
        let place: Place

        /// Where its members belong.
        enum Place: Sendable, Equatable {
            case base, log
            case tablespace(UInt32)
        }
    }

    /// - Returns: nil where there is no such backup at the path.
    /// - Throws: ``Archive/ArchiveError``, ``DataDirectoryError``, `Errno`.
    package init?(at path: FilePath) throws {
        self.path = path
        // A path that does not exist or cannot be listed is reported by the kind of backup that is tried last.
        guard let status = try? Stat(path) else { return nil }
        if status.type == .directory {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: path.string)) ?? []
            parts = names.sorted().compactMap { name in
                guard let match = name.wholeMatch(of: /(base|pg_wal|[0-9]+)\.tar(\.gz|\.lz4|\.zst|\.bz2|\.xz)?/) else {
                    return nil
                }
                let place: Part.Place? =
                    match.1 == "base" ? .base : match.1 == "pg_wal" ? .log : UInt32(match.1).map { .tablespace($0) }
                return place.map { Part(file: path.appending(name), place: $0) }
            }
            let manifest = path.appending(BackupManifest.fileName)
            self.manifest = Files.exists(manifest) ? manifest : nil
        } else {
            parts = Self.beginsWithLabel(path) ? [Part(file: path, place: .base)] : []
            manifest = nil
        }
        guard let base = parts.first(where: { $0.place == .base }) else { return nil }
        guard parts.count(where: { $0.place == .base }) == 1 else { throw DataDirectoryError.twoBases }
        bytes = try parts.reduce(0) { try $0 + Stat($1.file).size }
        (compression, label, majorVersion) = try Self.head(of: base.file)
    }

    /// Whether the label is the first member, as in every base backup (`perform_base_backup`).
    private static func beginsWithLabel(_ path: FilePath) -> Bool {
        do {
            var stream = try TarStream(path: path)
            return try stream.next()?.name == BackupLabel.fileName
        } catch {
            // It is not a tar file, or one that cannot be read: other kinds of backup then report what it is.
            return false
        }
    }

    /// Reads until the label and the version of PostgreSQL are known. That is soon: a template database, which has a
    /// `PG_VERSION`, is among the first directories.
    private static func head(of base: FilePath) throws -> (CompressionAlgorithm, BackupLabel, Int) {
        var stream = try TarStream(path: base)
        var label: BackupLabel?
        var version: Int?
        while label == nil || version == nil {
            guard let member = try stream.next() else { break }
            if member.name == BackupLabel.fileName {
                label = BackupLabel(text(try stream.bytes(of: member, atMost: 64 << 10)))
                guard label != nil else { throw DataDirectoryError.label }
            } else if member.name == "PG_VERSION" || member.name.hasSuffix("/PG_VERSION") {
                let text = text(try stream.bytes(of: member, atMost: 64 << 10))
                version = Int(text.trimmingCharacters(in: .whitespacesAndNewlines))
                guard version != nil else { throw DataDirectoryError.version(text) }
            }
        }
        guard let label else { throw DataDirectoryError.label }
        guard let version else { throw DataDirectoryError.version("") }
        return (stream.compression, label, version)
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
