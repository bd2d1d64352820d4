import Glibc

/// Whether the entries of a B-tree index lead to rows, read from the files of a table and of the index.
///
/// The server removes the entries of a row from every index before it gives the row's place free (`lazy_vacuum` in
/// `vacuumlazy.c`), and cuts a table off only behind its last used place. So an entry that leads behind the end of the table,
/// or to a place that its page does not have, means that pages of the table are lost.
package struct IndexWitness: Sendable, Equatable {
    /// Entries of the index.
    package private(set) var entries = 0
    /// Entries that lead to a page or to a place in a page that is not there.
    package private(set) var astray = 0
    /// Pages of the table.
    package let pages: Int
    /// The last page that an entry leads to, counted from 0; -1 where there are none.
    package private(set) var lastPage = -1

    /// Reads both. The table is read first: while a server runs on it, entries can only become fewer after that, as long as
    /// nothing adds rows.
    /// - Throws: `Errno` where a file cannot be read.
    package init(of index: RelationSegments, into table: RelationSegments) throws {
        // The highest place that is in use, by page.
        var places = [UInt16](repeating: 0, count: table.pages)
        try table.read { number, page in
            guard number < places.count else { return }
            places[number] = Self.highestPlace(in: page)
        }
        pages = table.pages
        var (entries, astray, last) = (0, 0, -1)
        try index.read { number, page in
            // Page 0 is the meta page.
            guard number > 0 else { return }
            Self.leads(of: page) { block, place in
                entries += 1
                last = max(last, block)
                if block >= places.count || place > places[block] { astray += 1 }
            }
        }
        (self.entries, self.astray, lastPage) = (entries, astray, last)
    }

    // MARK: Pages

    /// `pd_lower` and the line pointers behind the header of 24 bytes (`bufpage.h`).
    private static func lineCount(of page: UnsafeRawBufferPointer) -> Int {
        let lower = Int(page.loadUnaligned(fromByteOffset: 12, as: UInt16.self))
        return (24...RelationSegments.pageSize).contains(lower) ? (lower - 24) / 4 : 0
    }

    private static func line(_ number: Int, of page: UnsafeRawBufferPointer) -> UInt32 {
        page.loadUnaligned(fromByteOffset: 24 + 4 * (number - 1), as: UInt32.self)
    }

    /// The number of the last line pointer that is in use (its flags are not `LP_UNUSED`); 0 for a page of zeros.
    private static func highestPlace(in page: UnsafeRawBufferPointer) -> UInt16 {
        var number = lineCount(of: page)
        while number > 0, (line(number, of: page) >> 15) & 3 == 0 { number -= 1 }
        return UInt16(number)
    }

    /// Calls `body` with the page and the place of each row that a leaf page leads to (`nbtree.h`, `itup.h`).
    private static func leads(of page: UnsafeRawBufferPointer, _ body: (Int, UInt16) -> Void) {
        let special = Int(page.loadUnaligned(fromByteOffset: 16, as: UInt16.self))
        guard special == RelationSegments.pageSize - 16 else { return }
        let flags = page.loadUnaligned(fromByteOffset: special + 12, as: UInt16.self)
        // BTP_LEAF, and none of BTP_DELETED, BTP_META and BTP_HALF_DEAD.
        guard flags & 1 != 0, flags & (4 | 8 | 16) == 0 else { return }
        let isRightmost = page.loadUnaligned(fromByteOffset: special + 4, as: UInt32.self) == 0
        let count = lineCount(of: page)
        // On every page but the rightmost, the first item is the high key, which leads nowhere.
        for number in stride(from: isRightmost ? 1 : 2, through: count, by: 1) {
            let line = line(number, of: page)
            let (offset, length) = (Int(line & 0x7FFF), Int(line >> 17))
            // LP_NORMAL: what is marked as dead may lead to a place that is free by now.
            guard (line >> 15) & 3 == 1, length >= 8, offset + length <= special else { continue }
            let information = page.loadUnaligned(fromByteOffset: offset + 6, as: UInt16.self)
            let place = page.loadUnaligned(fromByteOffset: offset + 4, as: UInt16.self)
            // INDEX_ALT_TID_MASK with BT_IS_POSTING: a list of rows with the same key.
            guard information & 0x2000 != 0 else {
                body(block(at: offset, of: page), place)
                continue
            }
            guard place & 0x2000 != 0 else { continue }
            let start = offset + block(at: offset, of: page)
            for entry in 0..<Int(place & 0x0FFF) where start + 6 * entry + 6 <= offset + length {
                let at = start + 6 * entry
                body(block(at: at, of: page), page.loadUnaligned(fromByteOffset: at + 4, as: UInt16.self))
            }
        }
    }

    /// `BlockIdData`: two halves, the higher first.
    private static func block(at offset: Int, of page: UnsafeRawBufferPointer) -> Int {
        Int(page.loadUnaligned(fromByteOffset: offset, as: UInt16.self)) << 16
            | Int(page.loadUnaligned(fromByteOffset: offset + 2, as: UInt16.self))
    }
}
