import CIsal

/// Follows the records of the log from one to the next, as a server does that replays them: each must be whole, have its
/// checksum, and name the one before it (`xlogreader.c`, `xlogrecord.h`, `xlog_internal.h`).
///
/// Its memory use does not grow with the size of a record.
struct LogReader: Sendable {
    private let pageSize: Int
    private let segmentSize: UInt64
    /// Relations of which it is asked whether the log removes them or cuts them off.
    var sought: [RelationLocator] = []

    /// Where the last whole record ends, or the rest of the segment that it ends.
    private(set) var end: LogPosition
    /// Where no whole record follows, and why; nil as long as the log can be followed.
    private(set) var stop: Stop?
    /// Where the backups begin that the log says have ended.
    private(set) var endedBackups: Set<LogPosition> = []
    /// Of those that are looked for, the ones that a record removes or cuts off.
    private(set) var removed: Set<RelationLocator> = []

    /// Pages that were changed by records before a position, if these are noted.
    private(set) var changes = PageChanges()
    private var noted: LogPosition?

    struct Stop {
        /// Where the record begins that is not whole.
        let position: LogPosition
        /// The page that shows it: the record may begin in an earlier segment.
        let page: LogPosition
        let problem: String

        var reason: String { "\(problem), at \(position)" }
    }

    /// Where reading goes on.
    private var cursor: UInt64
    /// The page that is being read.
    private var page: UInt64
    private var record: Record?
    private var last: UInt64?

    /// A record of which some bytes were read.
    private struct Record {
        let start: UInt64
        /// Bytes that are still to come.
        var left: Int
        var header: [UInt8] = []
        var checksum = UInt32.max
        /// The beginning of what follows the header.
        var beginning: [UInt8] = []
    }

    private static let headerSize = 24
    /// How much of a record is looked at by content.
    private static let looked = 64 << 10

    /// - Parameter start: where a record begins, or a page; then the rest of a record that begins before it is passed over.
    init(from start: LogPosition, pageSize: UInt32, segmentSize: UInt64) {
        (self.pageSize, self.segmentSize) = (Int(pageSize), segmentSize)
        end = start
        cursor = start.value
        page = cursor
    }

    /// Notes which pages the records change that begin before a position.
    mutating func noteChanges(before position: LogPosition) { noted = position }

    /// Takes the next pages of the log. What lies before the place where reading goes on is passed over.
    /// - Parameters:
    ///   - bytes: whole pages.
    ///   - position: of the first of them.
    mutating func read(_ bytes: UnsafeRawBufferPointer, at position: LogPosition) {
        for start in stride(from: 0, through: bytes.count - pageSize, by: pageSize) {
            guard stop == nil else { return }
            let address = position.value &+ UInt64(start)
            guard address &+ UInt64(pageSize) > cursor else { continue }
            guard address <= cursor else { return fail(at: cursor, "the log of this place is missing") }
            readPage(UnsafeRawBufferPointer(rebasing: bytes[start..<(start + pageSize)]), at: address)
        }
    }

    private mutating func readPage(_ page: UnsafeRawBufferPointer, at address: UInt64) {
        self.page = address
        let flags = number(page, at: 2, as: UInt16.self)
        guard number(page, at: 0, as: UInt16.self) != 0, number(page, at: 8, as: UInt64.self) == address else {
            return fail(at: record?.start ?? cursor, "the page of the log at \(LogPosition(address)) was not written")
        }
        // XLP_LONG_HEADER
        let header = flags & 2 != 0 ? 40 : 24
        var offset = max(Int(cursor - address), header)
        let isStart = cursor == address
        // XLP_FIRST_IS_OVERWRITE_CONTRECORD: the record that was cut off by a crash is given up.
        if isStart, flags & 8 != 0 { record = nil }
        if isStart, let record {
            // XLP_FIRST_IS_CONTRECORD
            guard flags & 1 != 0, Int(number(page, at: 16, as: UInt32.self)) == record.left else {
                return fail(at: record.start, "a record is not continued on the page at \(LogPosition(address))")
            }
        }
        if isStart, record == nil, last == nil, flags & 1 != 0 {
            let rest = Int(number(page, at: 16, as: UInt32.self))
            guard rest <= page.count - header else {
                cursor = address + UInt64(page.count)
                return
            }
            offset = header + rest
        }
        while offset < page.count {
            if record == nil {
                offset = (offset + 7) / 8 * 8
                guard offset < page.count else { break }
                let length = Int(number(page, at: offset, as: UInt32.self))
                guard length >= Self.headerSize else {
                    return fail(at: address + UInt64(offset), "no record begins there")
                }
                record = Record(start: address + UInt64(offset), left: length)
            }
            let count = min(record!.left, page.count - offset)
            let piece = UnsafeRawBufferPointer(rebasing: page[offset..<(offset + count)])
            guard take(piece) else { return }
            offset += count
            if record!.left == 0, finishRecord(endingAt: address + UInt64(offset)) { return }
            guard stop == nil else { return }
        }
        cursor = address + UInt64(page.count)
    }

    /// - Returns: false where the record cannot be one.
    private mutating func take(_ piece: UnsafeRawBufferPointer) -> Bool {
        record!.left -= piece.count
        let ofHeader = min(Self.headerSize - record!.header.count, piece.count)
        if ofHeader > 0 {
            record!.header += piece[..<ofHeader]
            // What lies there by chance is seen to be no record before its whole length is read.
            if record!.header.count == Self.headerSize, let last, number(record!.header, at: 8) != last {
                fail(
                    at: record!.start, "what lies there is not the record that follows the one at \(LogPosition(last))")
                return false
            }
        }
        let rest = UnsafeRawBufferPointer(rebasing: piece[max(ofHeader, 0)...])
        guard !rest.isEmpty else { return true }
        record!.checksum = Self.checksum(rest, record!.checksum)
        let room = Self.looked - record!.beginning.count
        if room > 0, isLookedAt(record!.header) || isNoted(record!) { record!.beginning += rest.prefix(room) }
        return true
    }

    /// - Returns: whether the record ends the segment.
    private mutating func finishRecord(endingAt position: UInt64) -> Bool {
        guard let whole = record else { return false }
        record = nil
        let header = whole.header
        let checksum = header.withUnsafeBytes {
            ~Self.checksum(UnsafeRawBufferPointer(rebasing: $0[..<20]), whole.checksum)
        }
        guard UInt32(number(header, at: 20) & 0xFFFF_FFFF) == checksum else {
            fail(at: whole.start, "the record there has a wrong checksum")
            return false
        }
        last = whole.start
        if isNoted(whole) {
            let end = LogPosition((position + 7) / 8 * 8)
            changes.note(header: header, rest: whole.beginning, endingAt: end)
        } else {
            look(at: whole)
        }
        guard header[17] == 0, header[16] & 0xF0 == 0x40 else {
            end = LogPosition((position + 7) / 8 * 8)
            return false
        }
        // XLOG_SWITCH: the rest of the segment holds nothing.
        cursor = (whole.start / segmentSize &+ 1) &* segmentSize
        end = LogPosition(cursor)
        return true
    }

    private mutating func fail(at position: UInt64, _ problem: String) {
        stop = Stop(position: LogPosition(position), page: LogPosition(page), problem: problem)
    }

    // MARK: Contents

    /// The end of a backup (`XLOG_BACKUP_END`), ends of transactions (`RM_XACT_ID`), and changes of files (`RM_SMGR_ID`).
    private func isLookedAt(_ header: [UInt8]) -> Bool {
        guard header.count == Self.headerSize else { return false }
        return header[17] == 0 ? header[16] & 0xF0 == 0x50 : (1...2).contains(header[17]) && !sought.isEmpty
    }

    private func isNoted(_ record: Record) -> Bool {
        noted.map { record.start < $0.value } == true && PageChanges.isTold(by: record.header)
    }

    private mutating func look(at record: Record) {
        let bytes = record.beginning
        guard !bytes.isEmpty else { return }
        if record.header[17] == 0 {
            // One piece of data and no block: its mark 255, its length 8, and where the backup began.
            guard bytes.count >= 10, bytes[0] == 255, bytes[1] == 8 else { return }
            endedBackups.insert(LogPosition(number(bytes, at: 2)))
        } else {
            for locator in sought where bytes.firstRange(of: locator.bytes) != nil { removed.insert(locator) }
        }
    }

    // MARK: Numbers

    private static func checksum(_ bytes: UnsafeRawBufferPointer, _ sum: UInt32) -> UInt32 {
        let start = UnsafeMutableRawPointer(mutating: bytes.baseAddress!).assumingMemoryBound(to: UInt8.self)
        return crc32_iscsi(start, Int32(bytes.count), sum)
    }

    private func number<Number: FixedWidthInteger>(
        _ page: UnsafeRawBufferPointer, at offset: Int, as type: Number.Type
    ) -> Number {
        Number(littleEndian: page.loadUnaligned(fromByteOffset: offset, as: type))
    }

    /// Eight bytes; fewer at the end count as zeros.
    private func number(_ bytes: [UInt8], at offset: Int) -> UInt64 {
        bytes[offset..<min(offset + 8, bytes.count)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}

/// A relation as records of the log name it (`RelFileLocator`).
struct RelationLocator: Sendable, Hashable {
    let bytes: [UInt8]

    init(_ file: RelationFile) {
        // The default tablespaces of databases and of what they share: pg_default and pg_global.
        let tablespace = file.tablespace != 0 ? file.tablespace : file.database == 0 ? 1664 : 1663
        bytes = [tablespace, file.database, file.node].flatMap { number in
            withUnsafeBytes(of: number.littleEndian, Array.init)
        }
    }
}
