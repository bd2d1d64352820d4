import Archive
import Files
import Foundation
import Glibc
import SystemPackage

/// The segments of the log that are available for a recovery: those in the backup, and those in an archive of the log.
package struct WriteAheadLog: Sendable {
    private let segments: [LogSegment: Source]
    /// The history files of the archive, by name. They say where timelines branched off.
    private let histories: [String: FilePath]
    /// When the last segment was written to the archive; nil where the archive has none.
    package let archived: Date?

    private struct Source {
        let path: FilePath
        /// True for a segment of the archive, which was archived when it was full. A segment of the backup may be an
        /// older one, which the server kept under the name of its next use.
        let isArchived: Bool
        /// True if the archive has the segment compressed. Its length is then known only after decoding it.
        let isCompressed: Bool
    }

    /// Which part of the log a recovery needs, and what its segments look like.
    package struct Need: Sendable {
        package let start: LogPosition
        package let timeline: UInt32
        /// The position that replay must reach before the copy is consistent; nil where that is not known.
        package let end: LogPosition?
        /// No log after this position is needed. Nil where that is not known: then every gap is reported.
        package let until: LogPosition?
        package let segmentSize: UInt64
        package let systemIdentifier: UInt64

        package init(
            start: LogPosition, timeline: UInt32, end: LogPosition?, until: LogPosition? = nil, segmentSize: UInt64,
            systemIdentifier: UInt64
        ) {
            self.start = start
            self.timeline = timeline
            self.end = end
            self.until = until
            self.segmentSize = segmentSize
            self.systemIdentifier = systemIdentifier
        }
    }

    /// Finds segments. A segment that is in both directories is taken from the archive, as a server does it: the one in
    /// the archive is full, and the one in a snapshot may end where the server was writing.
    /// - Parameters:
    ///   - backup: `pg_wal` of the backup.
    ///   - archive: where the server archived its log.
    /// - Throws: an error of Foundation where a directory cannot be listed.
    package init(ofBackup backup: FilePath, archive: FilePath?, segmentSize: UInt64) throws {
        var segments: [LogSegment: Source] = [:]
        var histories: [String: FilePath] = [:]
        for directory in (archive.map { [$0] } ?? []) + [backup] {
            let isArchive = directory != backup
            for file in try FileManager.default.contentsOfDirectory(atPath: directory.string).sorted() {
                let ending = isArchive ? Self.compressed.first { file.hasSuffix($0) } : nil
                let name = String(file.dropLast(ending?.count ?? 0))
                if let segment = LogSegment(name: name, size: segmentSize) {
                    guard segments[segment] == nil else { continue }
                    segments[segment] = Source(
                        path: directory.appending(file), isArchived: isArchive, isCompressed: ending != nil)
                } else if isArchive, name.wholeMatch(of: /[0-9A-F]{8}\.history/) != nil {
                    histories[name] = directory.appending(file)
                }
            }
        }
        // A last segment that is too short is just being written to the archive, so it does not count as archived.
        if let last = segments.filter(\.value.isArchived).max(by: { $0.key < $1.key }), !last.value.isCompressed,
            try Stat(last.value.path, followTargetSymlink: false).size < segmentSize
        {
            segments[last.key] = nil
        }
        self.segments = segments
        self.histories = histories
        let last = segments.filter(\.value.isArchived).max { $0.key < $1.key }
        archived = try last.flatMap {
            try FileManager.default.attributesOfItem(atPath: $0.value.path.string)[.modificationDate] as? Date
        }
    }

    /// The largest history file, in bytes. It has a line for each timeline.
    private static let longestHistory: Int64 = 1 << 20

    /// The endings that archive commands give to the names of files that they compress.
    private static let compressed = [".gz", ".zst", ".lz4"]

    /// The segments that a recovery needs and that are missing or wrong, found before the recovery starts; by segment.
    /// Only the head of each is read.
    /// - Throws: `Errno` where a segment cannot be read.
    package func flaws(for need: Need) throws -> [FileFlaw] {
        let first = need.start.value / need.segmentSize
        var numbers: Set<UInt64> = []
        var unfit: [(number: UInt64, flaw: FileFlaw)] = []
        for (segment, source) in needed(for: need) {
            switch try Self.head(of: segment, at: source, need) {
            case .whole: numbers.insert(segment.number)
            case .older: break
            case .unfit(let problem):
                // The number is added too, so that the segment is not reported as missing as well.
                numbers.insert(segment.number)
                unfit.append((segment.number, FileFlaw(path: "pg_wal/\(segment)", problem: problem)))
            }
        }
        // A position at the first byte of a segment needs nothing of that segment.
        let required = need.end.map { (max($0.value, 1) - 1) / need.segmentSize } ?? first
        let reached = need.until.map { max(required, $0.value / need.segmentSize) }
        let last = min(reached ?? .max, max(required, numbers.max() ?? first))
        var found: [FileFlaw] = []
        // Where the log begins too late, its first segment says more than the list of those that are missing before it.
        let begin = numbers.min() ?? first
        if begin > first {
            let (needed, there) = (segment(first, need), segment(begin, need))
            found.append(
                FileFlaw(
                    path: "pg_wal/\(needed)",
                    problem:
                        "it is missing, and replay begins in it: the log that is here begins too late, with \(there)"))
        }
        for number in begin...max(begin, last) where !numbers.contains(number) {
            let segment = segment(number, need)
            let why =
                number <= required
                ? "it is missing, and the backup is not consistent without it"
                : "it is missing, and there are later ones: nothing after the gap can be recovered"
            found.append(FileFlaw(path: "pg_wal/\(segment)", problem: why))
            // A list of thousands of missing segments says no more than its beginning.
            if found.count == 20 { break }
        }
        return found + unfit.filter { $0.number <= last }.map(\.flaw)
    }

    private func segment(_ number: UInt64, _ need: Need) -> LogSegment {
        LogSegment(timeline: need.timeline, number: number, size: need.segmentSize)
    }

    /// The bytes that the needed segments of the archive take when they are laid out.
    package func archivedBytes(for need: Need) -> Int64 {
        Int64(needed(for: need).count { $0.source.isArchived }) * Int64(need.segmentSize)
    }

    private func needed(for need: Need) -> [(segment: LogSegment, source: Source)] {
        let first = need.start.value / need.segmentSize
        return segments.filter { $0.key.timeline >= need.timeline && $0.key.number >= first }
            .sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private enum Head {
        case whole
        /// An older segment, under the name of its next use.
        case older
        case unfit(String)
    }

    /// Looks at the header of a segment's first page: `XLogLongPageHeaderData`.
    private static func head(of segment: LogSegment, at source: Source, _ need: Need) throws -> Head {
        let bytes: [UInt8]
        if source.isCompressed {
            do {
                var stream = try DumpStream(path: source.path, followsLink: false)
                bytes = try stream.read(maximum: headSize) ?? []
            } catch {
                return .unfit(error.description)
            }
        } else {
            let file = try FileDescriptor.open(source.path, .readOnly, options: [.closeOnExec, .noFollow])
            defer { try? file.close() }
            let size = try file.seek(offset: 0, from: .end)
            guard size == Int64(need.segmentSize) else { return .unfit(wrongSize(size, need)) }
            bytes = try [UInt8](unsafeUninitializedCapacity: headSize) { buffer, count in
                count = try file.read(fromAbsoluteOffset: 0, into: UnsafeMutableRawBufferPointer(buffer))
            }
        }
        let position = LogPosition(Self.number(at: 8, of: bytes))
        guard position == segment.start else {
            return source.isArchived ? .unfit("it begins with \(position) instead of \(segment.start)") : .older
        }
        let system = Self.number(at: 24, of: bytes)
        guard system == need.systemIdentifier else {
            return .unfit("it is of the system \(system), and the backup of \(need.systemIdentifier)")
        }
        return .whole
    }

    /// How many bytes of a segment are read.
    private static let headSize = 32

    private static func wrongSize(_ size: Int64, _ need: Need) -> String {
        "it has \(size) bytes instead of \(need.segmentSize)"
    }

    /// A little-endian number; 0 where the bytes end before its end.
    private static func number(at offset: Int, of bytes: [UInt8]) -> UInt64 {
        guard bytes.count >= offset + 8 else { return 0 }
        return bytes[offset..<(offset + 8)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Copies what was archived to the directory in which a server will look for it, decompressed. A segment that was
    /// laid out there with the backup is replaced, because the archive has the whole of it.
    /// - Returns: what is wrong with segments that were compressed, by segment.
    /// - Throws: `Errno`, `CancellationError`.
    package func copyArchived(for need: Need, to target: FilePath, owner: FileOwner) throws -> [FileFlaw] {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        var flaws: [FileFlaw] = []
        for (segment, source) in needed(for: need) where source.isArchived {
            let name = segment.description
            do {
                let size = try copy(
                    source.path, to: target.appending(name), owner, limit: Int64(need.segmentSize), through: buffer)
                guard size == Int64(need.segmentSize) else {
                    flaws.append(FileFlaw(path: "pg_wal/\(name)", problem: Self.wrongSize(size, need)))
                    continue
                }
            } catch let error as ArchiveError {
                flaws.append(FileFlaw(path: "pg_wal/\(name)", problem: error.description))
            }
        }
        for (name, path) in histories.sorted(by: { $0.key < $1.key }) {
            _ = try copy(path, to: target.appending(name), owner, limit: Self.longestHistory, through: buffer)
        }
        return flaws
    }

    /// - Parameter limit: in bytes; little is read beyond it.
    /// - Returns: how many bytes there are, decompressed.
    private func copy(
        _ source: FilePath, to place: FilePath, _ owner: FileOwner, limit: Int64,
        through buffer: UnsafeMutableRawBufferPointer
    ) throws -> Int64 {
        guard unlink(place.string) == 0 || errno == ENOENT else { throw Errno(rawValue: errno) }
        // Links are not followed: we may read files that the writers of the archive may not read.
        var stream = try DumpStream(path: source, followsLink: false)
        let output = try NewFile(place, owner: owner)
        while true {
            try Task.checkCancellation()
            let count = try stream.read(into: buffer)
            guard count > 0, stream.bytesRead <= limit else { break }
            try output.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
        try output.close()
        return stream.bytesRead
    }
}
