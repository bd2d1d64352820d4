import Files
import Findings

/// Reads the log that a recovery would replay, segment after segment and record after record, up to the end of the log.
///
/// The log of a tar file comes as that is read: ``takesMember(_:)``, ``add(_:)``.
final class LogWalk {
    let log: WriteAheadLog
    let need: WriteAheadLog.Need
    private let timelines: LogTimelines
    private(set) var reader: LogReader
    /// How many bytes of log there are to read, as far as names tell.
    let bytes: Int64
    /// The number of the segment that comes next.
    private var next: UInt64
    /// The timeline of the segment that was read last.
    private var timeline: UInt32
    /// Flaws of whole segments.
    private(set) var flaws: [FileFlaw] = []
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
    /// The member that is being read: where its next byte belongs.
    private var place: LogPosition?

    /// - Throws: ``Files/FileError``.
    init(_ log: WriteAheadLog, _ need: WriteAheadLog.Need) throws {
        (self.log, self.need) = (log, need)
        let timelines = try log.timelines(for: need)
        self.timelines = timelines
        reader = LogReader(from: need.start, pageSize: need.pageSize, segmentSize: need.segmentSize)
        next = need.firstSegment
        timeline = need.timeline
        var (end, reached) = (next, timeline)
        while let (segment, _) = log.segment(end, along: timelines, from: reached, need) {
            (end, reached) = (end + 1, segment.timeline)
        }
        bytes = Int64(end - next) * Int64(need.segmentSize)
    }

    deinit { buffer.deallocate() }

    /// Looks for relations in the log that is still to come.
    func seek(_ sought: [RelationLocator]) { reader.sought = sought }

    /// Reads the segments that are in files, as far as they follow one another.
    /// - Parameters:
    ///   - limit: stops before the segment of this number.
    ///   - progress: called with the bytes of each piece.
    /// - Throws: ``Archive/ArchiveError``, ``Files/FileError``; `CancellationError`.
    func readFiles(before limit: UInt64 = .max, progress: (Int) -> Void) throws {
        while next < limit, reader.stop == nil, let (segment, source) = segment(next, in: log),
            case .file(let file) = source.place
        {
            timeline = segment.timeline
            flaws += try WriteAheadLog.flaws(of: segment, need) { size in
                try WriteAheadLog.decode(file, limit: size, through: buffer) { bytes, offset in
                    reader.read(bytes, at: LogPosition(segment.start.value &+ UInt64(offset)))
                    progress(bytes.count)
                }
            }
            next += 1
        }
    }

    private func segment(_ number: UInt64, in log: WriteAheadLog) -> (LogSegment, WriteAheadLog.Source)? {
        log.segment(number, along: timelines, from: timeline, need)
    }

    // MARK: Members of a tar file

    /// Begins the next member that is a segment, after the files that come before it.
    /// - Returns: false where it is not read: a file has it, or it is not the one that comes next.
    func takesMember(_ segment: LogSegment, progress: (Int) -> Void) throws -> Bool {
        place = nil
        try readFiles(before: segment.number, progress: progress)
        guard segment.number == next, segment.timeline >= timeline, reader.stop == nil,
            self.segment(next, in: log) == nil
        else { return false }
        timeline = segment.timeline
        place = segment.start
        next += 1
        return true
    }

    /// - Parameter bytes: the next 1 MiB of the member; only at its end may it be less.
    func add(_ bytes: UnsafeRawBufferPointer) {
        guard let place else { return }
        reader.read(bytes, at: place)
        self.place = LogPosition(place.value &+ UInt64(bytes.count))
    }
}

/// A segment in which the log breaks off, although later ones are there.
package struct LogBreach: Sendable {
    package let segment: LogSegment
    package let flaw: FileFlaw
}

extension WriteAheadLog {
    /// Reads the log record after record, up to where a recovery of all of it would end.
    /// - Parameter progress: called with the bytes read so far and the most that there are.
    /// - Returns: where its last whole record ends, and the breach if later segments are there.
    /// - Throws: ``Files/FileError``, `CancellationError`; ``Archive/ArchiveError`` where a segment cannot be read.
    package func follow(
        for need: Need, progress: (_ done: Int64, _ total: Int64) -> Void
    ) throws -> (end: LogPosition, breach: LogBreach?) {
        let walk = try LogWalk(self, need)
        var done: Int64 = 0
        try walk.readFiles { count in
            done += Int64(count)
            progress(done, walk.bytes)
        }
        return (walk.reader.end, try walk.breach(in: self))
    }
}

/// How far the log goes that a recovery would replay.
package struct LogExtent: Sendable, Equatable {
    /// Where its last whole record ends.
    package let end: LogPosition
    /// Where it cannot be followed any further, and why; nil where the last segment is full.
    package let stop: String?
    /// True if segments of a tar file lie in it in another order than that of the log, so that they were not read.
    package let isOutOfOrder: Bool
    package let flaws: [FileFlaw]
}

extension LogWalk {
    /// What the log came to, once all of it was read. A segment that is missing is no flaw here: ``WriteAheadLog/flaws(for:)`` tells it.
    /// - Parameter whole: the log with all segments that there are, also those of a tar file.
    func extent(of whole: WriteAheadLog) throws -> LogExtent {
        let isOutOfOrder = reader.stop == nil && segment(next, in: whole) != nil
        return LogExtent(
            end: reader.end, stop: reader.stop?.reason, isOutOfOrder: isOutOfOrder,
            flaws: try flaws + (isOutOfOrder ? [] : shortfall(in: whole)))
    }

    /// The log ends before the copy is consistent, or breaks off where it should go on.
    private func shortfall(in whole: WriteAheadLog) throws -> [FileFlaw] {
        let number = (reader.stop?.page ?? reader.end).value / need.segmentSize
        let segment = segment(number, in: whole)?.0 ?? need.segment(number)
        let why = reader.stop?.reason ?? "the log ends at \(reader.end)"
        if let end = need.end, reader.end < end {
            return [
                FileFlaw(
                    path: "pg_wal/\(segment)", problem: "\(why), and the backup is not consistent before \(end)")
            ]
        }
        if need.endsInLog, !reader.endedBackups.contains(need.start) {
            return [
                FileFlaw(
                    path: "pg_wal/\(segment)",
                    problem: "\(why), and the backup that begins at \(need.start) has not ended there")
            ]
        }
        return try breach(in: whole).map { [$0.flaw] } ?? []
    }

    /// - Parameter whole: the log with all segments that there are.
    /// - Returns: nil if no segment follows the one in which the log ends.
    func breach(in whole: WriteAheadLog) throws -> LogBreach? {
        guard let stop = reader.stop else { return nil }
        let number = stop.page.value / need.segmentSize
        guard let (segment, _) = segment(number, in: whole), let (later, source) = self.segment(number + 1, in: whole),
            case .whole = try whole.head(of: later, at: source, need)
        else { return nil }
        return LogBreach(
            segment: segment,
            flaw: FileFlaw(
                path: "pg_wal/\(segment)",
                problem: "\(stop.reason), and there are later segments: nothing after it can be recovered"))
    }
}
