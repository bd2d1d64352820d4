import Files
import Foundation
import SystemPackage

/// The segments of the log that are available for a recovery: those in the backup, and those in an archive of the log.
package struct WriteAheadLog: Sendable {
    let segments: [LogSegment: Source]
    /// The history files of the archive, by name. They say where timelines branched off.
    let histories: [String: TreeFile]
    /// When the last segment was written to the archive; nil where the archive has none.
    package let archived: Date?

    struct Source: Sendable {
        let place: Place
        /// True for a segment of the archive, which was archived when it was full. A segment of the backup may be an
        /// older one, which the server kept under the name of its next use.
        let isArchived: Bool
        /// True if the archive has the segment compressed. Its length is then known only after decoding it.
        let isCompressed: Bool

        enum Place: Sendable {
            case file(TreeFile)
            /// A member of a tar file, which was read once: its first bytes, and its size.
            case member(head: [UInt8], size: Int64)
        }

        var size: Int64 {
            switch place {
            case .file(let file): file.state.size
            case .member(_, let size): size
            }
        }
    }

    /// A segment that a tar file has.
    struct Member: Sendable {
        let name: String
        let head: [UInt8]
        let size: Int64
    }

    /// Finds segments. A segment that is in both directories is taken from the archive, as a server does it: the one in
    /// the archive is full, and the one in a snapshot may end where the server was writing.
    /// - Parameters:
    ///   - backup: the files in `pg_wal` of the backup.
    ///   - archive: where the server archived its log.
    package init(ofBackup backup: [TreeFile], archive: OpenTree?, segmentSize: UInt64) {
        self.init(ofBackup: backup, members: [], archive: archive, segmentSize: segmentSize)
    }

    /// - Parameter members: the log in a tar file.
    init(ofBackup backup: [TreeFile], members: [Member], archive: OpenTree?, segmentSize: UInt64) {
        var segments: [LogSegment: Source] = [:]
        var histories: [String: TreeFile] = [:]
        for file in archive.map({ tree in tree.names().compactMap { tree.file($0) } }) ?? [] {
            let full = file.name.lastComponent?.string ?? ""
            let ending = Self.compressed.first { full.hasSuffix($0) }
            let name = String(full.dropLast(ending?.count ?? 0))
            if let segment = LogSegment(name: name, size: segmentSize) {
                guard segments[segment] == nil else { continue }
                segments[segment] = Source(place: .file(file), isArchived: true, isCompressed: ending != nil)
            } else if name.wholeMatch(of: /[0-9A-F]{8}\.history/) != nil {
                histories[name] = file
            }
        }
        // A last segment that is too short is just being written to the archive, so it does not count as archived.
        if let last = segments.max(by: { $0.key < $1.key }), !last.value.isCompressed, last.value.size < segmentSize {
            segments[last.key] = nil
        }
        archived = segments.max { $0.key < $1.key }.flatMap { last in
            guard case .file(let file) = last.value.place else { return nil }
            return Date(timeIntervalSince1970: file.state.modified.secondsSince1970)
        }
        let own =
            backup.map { ($0.name.lastComponent?.string ?? "", Source.Place.file($0)) }
            + members.map { ($0.name, .member(head: $0.head, size: $0.size)) }
        for (name, place) in own {
            guard let segment = LogSegment(name: name, size: segmentSize), segments[segment] == nil else { continue }
            segments[segment] = Source(place: place, isArchived: false, isCompressed: false)
        }
        self.segments = segments
        self.histories = histories
    }

    /// The endings that archive commands give to the names of files that they compress.
    private static let compressed = [".gz", ".zst", ".lz4"]

    /// The bytes that the needed segments of the archive take when they are laid out.
    package func archivedBytes(for need: Need) -> Int64 {
        Int64(needed(for: need).count { $0.source.isArchived }) * Int64(need.segmentSize)
    }

    func needed(for need: Need) -> [(segment: LogSegment, source: Source)] {
        segments.filter { $0.key.timeline >= need.timeline && $0.key.number >= need.firstSegment }
            .sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
