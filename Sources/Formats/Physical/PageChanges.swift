/// Pages that records of the log changed, and where the last of these records ends. A checkpoint has written each such page: once
/// `pg_control` names a later one, the page has that position, or that of a later change (`BufferSync` in `bufmgr.c`).
struct PageChanges: Sendable {
    /// A fork of a relation, with all of its files.
    struct Fork: Hashable, Sendable {
        let tablespace: UInt32
        let database: UInt32
        let node: UInt32
        let fork: UInt8
    }

    private(set) var forks: [Fork: [UInt32: LogPosition]] = [:]

    /// Notes the pages of a record.
    /// - Parameters:
    ///   - header: the record's own, 24 bytes.
    ///   - rest: the beginning of what follows it.
    ///   - end: where the record ends.
    mutating func note(header: [UInt8], rest: [UInt8], endingAt end: LogPosition) {
        for (fork, block) in BlockReferences(header: header, rest: rest).blocks {
            forks[fork, default: [:]][block] = end
        }
    }

    /// The changes of a file's pages, by their numbers in the relation; nil where there are none.
    func changes(of file: RelationFile) -> [UInt32: LogPosition]? { forks[Fork(file)] }

    /// Whether every page that a record of this kind names has the record's position afterwards: full images, and most changes of tables
    /// and B-trees. Where a record sets the visibility of a page, the page of the table need not have it.
    static func isTold(by header: [UInt8]) -> Bool {
        guard header.count == 24 else { return false }
        let info = header[16]
        return switch header[17] {
        // RM_XLOG_ID: XLOG_FPI_FOR_HINT, XLOG_FPI.
        case 0: [0xA0, 0xB0].contains(info & 0xF0)
        // RM_HEAP2_ID, without XLOG_HEAP2_VISIBLE.
        case 9: info & 0x70 != 0x40
        // RM_HEAP_ID, RM_BTREE_ID.
        case 10, 11: true
        default: false
        }
    }
}

extension PageChanges.Fork {
    init(_ file: RelationFile) {
        // The default tablespaces of databases and of what they share: pg_default and pg_global.
        tablespace = file.tablespace != 0 ? file.tablespace : file.database == 0 ? 1664 : 1663
        (database, node) = (file.database, file.node)
        fork = UInt8(["main", "fsm", "vm", "init"].firstIndex(of: file.fork) ?? 0)
    }
}

/// The pages that a record of the log names, in the form of PostgreSQL 15 and later (`XLogRecordBlockHeader` in `xlogrecord.h`).
struct BlockReferences {
    private(set) var blocks: [(fork: PageChanges.Fork, block: UInt32)] = []

    init(header: [UInt8], rest: [UInt8]) {
        guard let total = Self.number(header, at: 0, as: UInt32.self) else { return }
        let length = Int(total) - header.count
        var (offset, data) = (0, 0)
        var last: PageChanges.Fork?
        // As long as there is more than the data of the headers before.
        while length - offset > data, offset < rest.count {
            let id = rest[offset]
            switch id {
            // XLR_BLOCK_ID_ORIGIN and XLR_BLOCK_ID_TOPLEVEL_XID.
            case 253: offset += 3
            case 252: offset += 5
            case 0...32:
                guard let flags = Self.number(rest, at: offset + 1, as: UInt8.self),
                    let size = Self.number(rest, at: offset + 2, as: UInt16.self)
                else { return }
                offset += 4
                data += Int(size)
                // BKPBLOCK_HAS_IMAGE
                if flags & 0x10 != 0 {
                    guard let image = Self.number(rest, at: offset, as: UInt16.self),
                        let info = Self.number(rest, at: offset + 4, as: UInt8.self)
                    else { return }
                    data += Int(image)
                    // BKPIMAGE_HAS_HOLE, and compressed: then the length of the hole follows.
                    offset += info & 0x01 != 0 && info & 0x1C != 0 ? 7 : 5
                }
                // BKPBLOCK_SAME_REL
                if flags & 0x80 == 0 {
                    guard let tablespace = Self.number(rest, at: offset, as: UInt32.self),
                        let database = Self.number(rest, at: offset + 4, as: UInt32.self),
                        let node = Self.number(rest, at: offset + 8, as: UInt32.self)
                    else { return }
                    last = PageChanges.Fork(
                        tablespace: tablespace, database: database, node: node, fork: flags & 0x0F)
                    offset += 12
                }
                guard let relation = last, let block = Self.number(rest, at: offset, as: UInt32.self) else { return }
                offset += 4
                blocks.append(
                    (
                        PageChanges.Fork(
                            tablespace: relation.tablespace, database: relation.database, node: relation.node,
                            fork: flags & 0x0F), block
                    ))
            // The record's own data, whose header is the last one.
            default: return
            }
        }
    }

    private static func number<Number: FixedWidthInteger>(
        _ bytes: [UInt8], at offset: Int, as type: Number.Type
    ) -> Number? {
        guard offset + MemoryLayout<Number>.size <= bytes.count else { return nil }
        return bytes.withUnsafeBytes {
            Number(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Number.self))
        }
    }
}
