import Archive
import Files

/// What the log of a copy without a backup label says of its pages, if every file is of one moment. A page that contradicts it
/// shows that the files were copied one after the other.
package struct CopyMoment: Sendable {
    /// Where the log ends. A server writes a page only when the log of its last change is on disk.
    let logEnd: LogPosition
    /// What was changed before the position where replay begins.
    let before: PageChanges
}

extension WriteAheadLog {
    /// How many segments before the one in which replay begins are read. A server keeps few of them.
    private static let segmentsBefore: UInt64 = 64

    /// - Parameters:
    ///   - logEnd: where its last whole record ends.
    ///   - majorVersion: of the server. Before 15, what was changed before the beginning of the replay is not read.
    /// - Throws: ``Files/FileError``; ``Archive/ArchiveError`` where a segment cannot be read.
    package func moment(for need: Need, logEnd: LogPosition, majorVersion: Int) throws -> CopyMoment {
        CopyMoment(
            logEnd: logEnd, before: majorVersion >= 15 ? try changes(before: need) : PageChanges())
    }

    private func changes(before need: Need) throws -> PageChanges {
        var found: [(segment: LogSegment, file: TreeFile)] = []
        var number = need.firstSegment
        while need.firstSegment - number <= Self.segmentsBefore,
            let source = segments[need.segment(number)], case .file(let file) = source.place,
            case .whole = try head(of: need.segment(number), at: source, need)
        {
            found.insert((need.segment(number), file), at: 0)
            guard number > 0 else { break }
            number -= 1
        }
        guard let first = found.first?.segment, first.start < need.start else { return PageChanges() }
        var reader = LogReader(from: first.start, pageSize: need.pageSize, segmentSize: need.segmentSize)
        reader.noteChanges(before: need.start)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        for (segment, file) in found {
            _ = try Self.decode(file, limit: Int64(need.segmentSize), through: buffer) { bytes, offset in
                reader.read(bytes, at: LogPosition(segment.start.value &+ UInt64(offset)))
            }
        }
        // What a break in the log hides is not known; what was read before it holds.
        return reader.changes
    }
}
