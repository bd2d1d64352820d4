import Archive
import Files

extension WriteAheadLog {
    /// The segments that a recovery needs and that are missing or wrong, found before the recovery starts; by segment.
    /// Only the head of each is read.
    /// - Throws: ``Files/FileError`` where a segment cannot be read.
    package func flaws(for need: Need) throws -> [FileFlaw] {
        let first = need.firstSegment
        var numbers: Set<UInt64> = []
        var unfit: [(number: UInt64, flaw: FileFlaw)] = []
        for (segment, source) in needed(for: need) {
            switch try head(of: segment, at: source, need) {
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
            let (needed, there) = (need.segment(first), need.segment(begin))
            found.append(
                FileFlaw(
                    path: "pg_wal/\(needed)",
                    problem:
                        "it is missing, and replay begins in it: the log that is here begins too late, with \(there)"))
        }
        for number in begin...max(begin, last) where !numbers.contains(number) {
            let why =
                number <= required
                ? "it is missing, and the backup is not consistent without it"
                : "it is missing, and there are later ones: nothing after the gap can be recovered"
            found.append(FileFlaw(path: "pg_wal/\(need.segment(number))", problem: why))
            // A list of thousands of missing segments says no more than its beginning.
            if found.count == 20 { break }
        }
        return found + unfit.filter { $0.number <= last }.map(\.flaw)
    }

    enum Head {
        case whole
        /// An older segment, under the name of its next use.
        case older
        case unfit(String)
    }

    /// Looks at the header of a segment's first page: `XLogLongPageHeaderData`.
    func head(of segment: LogSegment, at source: Source, _ need: Need) throws -> Head {
        let bytes: [UInt8]
        if !source.isCompressed, source.size != Int64(need.segmentSize) {
            return .unfit(Self.wrongSize(source.size, need))
        }
        switch source.place {
        case .member(let head, _): bytes = head
        case .file(let file) where source.isCompressed:
            do {
                var stream = try DumpStream(file)
                bytes = try stream.read(maximum: Self.headSize) ?? []
            } catch {
                return .unfit(error.description)
            }
        case .file(let file): bytes = try file.head(Self.headSize)
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

    /// How many bytes of a segment are looked at.
    static let headSize = 32

    static func wrongSize(_ size: Int64, _ need: Need) -> String {
        "it has \(size) bytes instead of \(need.segmentSize)"
    }

    /// A little-endian number; 0 where the bytes end before its end.
    private static func number(at offset: Int, of bytes: [UInt8]) -> UInt64 {
        guard bytes.count >= offset + 8 else { return 0 }
        return bytes[offset..<(offset + 8)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
