import Archive
import Compression
import Files
import Foundation
import SystemPackage

/// A base backup in tar files, as `pg_basebackup -Ft` writes it: a directory with `base.tar`, one file for each
/// tablespace and one for the log, or a single file with all of it.
package struct TarredBackup: Sendable {
    package let tree: OpenTree
    package let compression: CompressionAlgorithm
    package let label: BackupLabel
    /// What a `PG_VERSION` in it says: `17`.
    package let majorVersion: Int
    /// The tablespaces that its `tablespace_map` names, in its order.
    let mappedTablespaces: [UInt32]
    /// The size of the tar files.
    package let bytes: Int64

    let parts: [Part]
    /// The manifest beside the tar files. Nil for a single file, in which the manifest is a member.
    let manifest: TreeFile?

    /// A tar file.
    struct Part: Sendable {
        let file: TreeFile
        let place: Place

        /// Where its members belong.
        enum Place: Sendable, Equatable {
            case base, log
            case tablespace(UInt32)
        }
    }

    /// For messages.
    package var path: FilePath { tree.path }

    /// - Returns: nil where it is no such backup.
    /// - Throws: ``Archive/ArchiveError``, ``DataDirectoryError``.
    package init?(_ tree: OpenTree) throws {
        self.tree = tree
        if let file = tree.file() {
            parts = Self.beginsWithLabel(file) ? [Part(file: file, place: .base)] : []
            manifest = nil
        } else {
            parts = try tree.names().compactMap { try Self.part(named: $0, in: tree) }
            manifest =
                parts.isEmpty || tree.state(of: FilePath(BackupManifest.fileName)) == nil
                ? nil : try tree.need(BackupManifest.fileName)
        }
        guard let base = parts.first(where: { $0.place == .base }) else { return nil }
        guard parts.count(where: { $0.place == .base }) == 1 else { throw DataDirectoryError.twoBases }
        bytes = parts.reduce(0) { $0 + $1.file.state.size }
        let head = try Self.head(of: base.file)
        (compression, label, majorVersion) = (head.compression, head.label, head.version)
        mappedTablespaces = head.tablespaces
    }

    /// Whether a directory has a file that is named like the base tar file.
    package static func isNamedLikeOne(_ tree: OpenTree) -> Bool {
        tree.names().contains { name in (try? part(named: name, in: tree))?.place == .base }
    }

    private static func part(named name: FilePath, in tree: OpenTree) throws(DataDirectoryError) -> Part? {
        guard let match = name.string.wholeMatch(of: /(base|pg_wal|[0-9]+)\.tar(\.gz|\.lz4|\.zst|\.bz2|\.xz)?/) else {
            return nil
        }
        let place: Part.Place? =
            match.1 == "base" ? .base : match.1 == "pg_wal" ? .log : UInt32(match.1).map { .tablespace($0) }
        guard let place else { return nil }
        return Part(file: try tree.need(name.string), place: place)
    }

    /// Whether the label is the first member, as in every base backup (`perform_base_backup`).
    private static func beginsWithLabel(_ file: TreeFile) -> Bool {
        do {
            var stream = try TarStream(file)
            return try stream.next()?.name == BackupLabel.fileName
        } catch {
            // It is not a tar file, or one that cannot be read: other kinds of backup then report what it is.
            return false
        }
    }

    /// The tablespaces that it should have a tar file of, and has none.
    package var missingTablespaces: [FileFlaw] {
        mappedTablespaces.filter { oid in !parts.contains { $0.place == .tablespace(oid) } }.map {
            FileFlaw(
                path: "\($0).tar",
                problem: "it is missing: tablespace_map says that the tablespace \($0) is part of this backup")
        }
    }

    /// How the base tar file begins.
    private struct Head {
        let compression: CompressionAlgorithm
        let label: BackupLabel
        let version: Int
        let tablespaces: [UInt32]
    }

    /// Reads until the label and the version of PostgreSQL are known. That is soon: a template database, which has a
    /// `PG_VERSION`, is among the first directories. A `tablespace_map` is the second member, behind the label
    /// (`perform_base_backup` of `basebackup.c`).
    private static func head(of base: TreeFile) throws -> Head {
        var stream = try TarStream(base)
        var tablespaces: [UInt32] = []
        var label: BackupLabel?
        var version: Int?
        while label == nil || version == nil {
            guard let member = try stream.next() else { break }
            if member.name == BackupLabel.fileName {
                label = BackupLabel(text(try stream.bytes(of: member, atMost: 64 << 10)))
                guard label != nil else { throw DataDirectoryError.label }
            } else if member.name == "tablespace_map" {
                tablespaces = mapped(in: text(try stream.bytes(of: member, atMost: 1 << 20)))
            } else if member.name == "PG_VERSION" || member.name.hasSuffix("/PG_VERSION") {
                let text = text(try stream.bytes(of: member, atMost: 64 << 10))
                version = Int(text.trimmingCharacters(in: .whitespacesAndNewlines))
                guard version != nil else { throw DataDirectoryError.version(text) }
            }
        }
        guard let label else { throw DataDirectoryError.label }
        guard let version else { throw DataDirectoryError.version("") }
        return Head(compression: stream.compression, label: label, version: version, tablespaces: tablespaces)
    }

    /// Each line is the OID of a tablespace and the path that it had (`do_pg_backup_start` of `xlog.c`). A newline in a path is escaped,
    /// so that what follows it may look like a line, and does not begin with a number and a slash.
    private static func mapped(in text: String) -> [UInt32] {
        text.split(whereSeparator: \.isNewline).compactMap { line in
            line.wholeMatch(of: /([0-9]+) \/.*/).flatMap { UInt32($0.1) }
        }
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
