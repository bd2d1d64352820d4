/// Whether the entries of an index lead to rows, read from the files of a table and of the index.
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
    /// - Parameter method: of the index; nil for a B-tree.
    /// - Throws: `Errno` where a file cannot be read.
    package init(of index: RelationSegments, as method: IndexMethod?, into table: RelationSegments) throws {
        // The highest place that is in use, by page.
        var places = [UInt16](repeating: 0, count: table.pages)
        try table.read { number, page in
            guard number < places.count else { return }
            places[number] = Self.highestPlace(in: RelationPage(page))
        }
        pages = table.pages
        var (entries, astray, last) = (0, 0, -1)
        try index.read { number, page in
            // Page 0 is the meta page, except of GiST, where it is the root.
            guard number > 0 || method == .gist else { return }
            let lead: (Int, UInt16) -> Void = { block, place in
                entries += 1
                last = max(last, block)
                if block >= places.count || place > places[block] { astray += 1 }
            }
            if let method {
                method.rows(of: RelationPage(page), lead)
            } else {
                Self.leads(of: RelationPage(page), lead)
            }
        }
        (self.entries, self.astray, lastPage) = (entries, astray, last)
    }

    // MARK: Pages

    /// The number of the last line pointer that is in use; 0 for a page of zeros.
    private static func highestPlace(in page: RelationPage) -> UInt16 {
        var number = page.lineCount
        while number > 0, !page.line(number).isUsed { number -= 1 }
        return UInt16(number)
    }

    /// Calls `body` with the page and the place of each row that a leaf page leads to (`nbtree.h`, `itup.h`).
    private static func leads(of page: RelationPage, _ body: (Int, UInt16) -> Void) {
        let special = page.special
        guard special == RelationSegments.pageSize - 16 else { return }
        let flags: UInt16 = page.number(at: special + 12)
        // BTP_LEAF, and none of BTP_DELETED, BTP_META and BTP_HALF_DEAD.
        guard flags & 1 != 0, flags & (4 | 8 | 16) == 0 else { return }
        let isRightmost = page.number(at: special + 4, as: UInt32.self) == 0
        // On every page but the rightmost, the first item is the high key, which leads nowhere.
        page.items(from: isRightmost ? 1 : 2) { offset, length in
            let information: UInt16 = page.number(at: offset + 6)
            let place: UInt16 = page.number(at: offset + 4)
            // INDEX_ALT_TID_MASK with BT_IS_POSTING: a list of rows with the same key.
            guard information & 0x2000 != 0 else {
                body(page.block(at: offset), place)
                return
            }
            guard place & 0x2000 != 0 else { return }
            let start = offset + page.block(at: offset)
            for entry in 0..<Int(place & 0x0FFF) where start + 6 * entry + 6 <= offset + length {
                let at = start + 6 * entry
                body(page.block(at: at), page.number(at: at + 4))
            }
        }
    }
}
