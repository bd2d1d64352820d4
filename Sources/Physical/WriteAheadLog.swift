import Foundation
import Glibc
import SystemPackage

/// The segments of the log that can be had for a recovery: those that came with a backup, and those of an archive.
package struct WriteAheadLog: Sendable {
    private let segments: [LogSegment: Source]
    /// Of the archive, files that say which timeline branched off where.
    private let histories: [FilePath]

    private struct Source {
        let path: FilePath
        /// It was archived when it was full. One that is not may be an older one, kept under the name of its next use.
        let isArchived: Bool
    }

    /// What is needed of it, and how its segments look.
    package struct Need: Sendable {
        package let start: LogPosition
        package let timeline: UInt32
        /// Replay must reach this before the copy is consistent; nil where that is not known.
        package let end: LogPosition?
        package let segmentSize: UInt64
        package let systemIdentifier: UInt64

        package init(
            start: LogPosition, timeline: UInt32, end: LogPosition?, segmentSize: UInt64, systemIdentifier: UInt64
        ) {
            self.start = start
            self.timeline = timeline
            self.end = end
            self.segmentSize = segmentSize
            self.systemIdentifier = systemIdentifier
        }
    }

    /// Looks for segments. One that is in both directories is taken from the archive, as a server does: there it is full, and in a
    /// snapshot it may end where the server was writing.
    /// - Parameters:
    ///   - backup: `pg_wal` of the backup.
    ///   - archive: where the server archived its log.
    /// - Throws: an error of Foundation where a directory cannot be listed.
    package init(ofBackup backup: FilePath, archive: FilePath?, segmentSize: UInt64) throws {
        var segments: [LogSegment: Source] = [:]
        var histories: [FilePath] = []
        for directory in (archive.map { [$0] } ?? []) + [backup] {
            for name in try FileManager.default.contentsOfDirectory(atPath: directory.string).sorted() {
                if let segment = LogSegment(name: name, size: segmentSize) {
                    if segments[segment] == nil {
                        segments[segment] = Source(path: directory.appending(name), isArchived: directory != backup)
                    }
                } else if directory != backup, name.wholeMatch(of: /[0-9A-F]{8}\.history/) != nil {
                    histories.append(directory.appending(name))
                }
            }
        }
        self.segments = segments
        self.histories = histories
    }

    /// What is missing or wrong of the log that a recovery needs, found before it starts; by segment. Only the head of each is
    /// read.
    /// - Throws: `Errno` where a segment cannot be read.
    package func flaws(for need: Need) throws -> [FileFlaw] {
        let first = need.start.value / need.segmentSize
        var numbers: Set<UInt64> = []
        var unfit: [FileFlaw] = []
        for (segment, source) in needed(for: need) {
            switch try Self.head(of: segment, at: source, need) {
            case .whole: numbers.insert(segment.number)
            case .older: break
            case .unfit(let problem):
                // Its number is there, so that it is not called missing as well.
                numbers.insert(segment.number)
                unfit.append(FileFlaw(path: "pg_wal/\(segment)", problem: problem))
            }
        }
        // A position at the first byte of a segment needs nothing of it.
        let required = need.end.map { (max($0.value, 1) - 1) / need.segmentSize } ?? first
        let last = max(required, numbers.max() ?? first)
        var found: [FileFlaw] = []
        for number in first...last where !numbers.contains(number) {
            let segment = LogSegment(timeline: need.timeline, number: number, size: need.segmentSize)
            let why =
                number <= required
                ? "it is missing, and the backup is not consistent without it"
                : "it is missing, and there are later ones: nothing behind the gap can be recovered"
            found.append(FileFlaw(path: "pg_wal/\(segment)", problem: why))
            // A gap of thousands says no more than its beginning.
            if found.count == 20 { break }
        }
        return found + unfit
    }

    private func needed(for need: Need) -> [(segment: LogSegment, source: Source)] {
        let first = need.start.value / need.segmentSize
        return segments.filter { $0.key.timeline >= need.timeline && $0.key.number >= first }
            .sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private enum Head {
        case whole
        /// An older segment, under the name that it will bear next.
        case older
        case unfit(String)
    }

    /// Looks at the header of a segment's first page: `XLogLongPageHeaderData`.
    private static func head(of segment: LogSegment, at source: Source, _ need: Need) throws -> Head {
        let file = try FileDescriptor.open(source.path, .readOnly, options: [.closeOnExec, .noFollow])
        defer { try? file.close() }
        let size = try file.seek(offset: 0, from: .end)
        guard size == Int64(need.segmentSize) else {
            return .unfit("it has \(size) bytes instead of \(need.segmentSize)")
        }
        let position = LogPosition(try Self.number(at: 8, of: file))
        guard position == segment.start else {
            return source.isArchived ? .unfit("it begins with \(position) instead of \(segment.start)") : .older
        }
        let system = try Self.number(at: 24, of: file)
        guard system == need.systemIdentifier else {
            return .unfit("it is of the system \(system), and the backup of \(need.systemIdentifier)")
        }
        return .whole
    }

    /// 0 where the file ends before that.
    private static func number(at offset: Int64, of file: FileDescriptor) throws -> UInt64 {
        var value: UInt64 = 0
        let count = try withUnsafeMutableBytes(of: &value) { try file.read(fromAbsoluteOffset: offset, into: $0) }
        return count == 8 ? UInt64(littleEndian: value) : 0
    }

    /// Copies what was archived to where a server will look for it. Of what was laid out there with the backup, the archive
    /// has the whole.
    /// - Throws: `Errno`, `CancellationError`.
    package func copyArchived(for need: Need, to target: FilePath, owner: FileOwner) throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        for source in needed(for: need).filter(\.source.isArchived).map(\.source.path) + histories {
            guard let name = source.lastComponent else { continue }
            let place = target.appending(name)
            guard unlink(place.string) == 0 || errno == ENOENT else { throw Errno(rawValue: errno) }
            try owner.copy(source, to: place, through: buffer) { _ in try Task.checkCancellation() }
        }
    }
}
