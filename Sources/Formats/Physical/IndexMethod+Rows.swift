extension IndexMethod {
    /// Calls `body` with the page and the place of each row of the table that a page of the index leads to. BRIN knows ranges of
    /// pages and no rows.
    func rows(of page: RelationPage, _ body: (Int, UInt16) -> Void) {
        guard page.special == special else { return }
        func row(at offset: Int) { body(page.block(at: offset), page.number(at: offset + 4)) }
        switch self {
        case .brin: break
        case .gin: postings(of: page, body)
        case .gist:
            let flags: UInt16 = page.number(at: special + 12)
            if flags & 1 != 0, flags & 2 == 0 { page.items { offset, _ in row(at: offset) } }
        case .hash:
            if page.number(at: special + 12, as: UInt16.self) & 3 != 0 { page.items { offset, _ in row(at: offset) } }
        case .spgist:
            guard page.number(at: special, as: UInt16.self) & 7 == 4 else { return }
            page.items(least: 12) { offset, _ in
                // SPGIST_LIVE.
                if page.number(at: offset, as: UInt8.self) & 3 == 0 { row(at: offset + 6) }
            }
        }
    }

    /// `ginblock.h`: the rows of each key stand with the key, or in the leaves of a tree of their own; what was added last stands in a
    /// list, each row with its key.
    private func postings(of page: RelationPage, _ body: (Int, UInt16) -> Void) {
        let flags: UInt16 = page.number(at: special + 6)
        func row(at offset: Int) { body(page.block(at: offset), page.number(at: offset + 4)) }
        if flags & 16 != 0 {
            page.items { offset, _ in row(at: offset) }
        } else if flags & (2 | 4 | 8) != 2 {
            return
        } else if flags & 1 == 0 {
            page.items { offset, length in
                let count = Int(page.number(at: offset + 4, as: UInt16.self))
                guard count > 0, count != 0xFFFF else { return }
                // GIN_ITUP_COMPRESSED.
                let start = page.block(at: offset)
                let (place, end) = (offset + start & 0x7FFF_FFFF, offset + length)
                if start & 0x8000_0000 != 0 {
                    _ = Self.postings(from: place, to: end, of: page, body)
                } else {
                    for entry in 0..<count where place + 6 * entry + 6 <= end { row(at: place + 6 * entry) }
                }
            }
        } else if flags & 128 != 0 {
            let end = min(Int(page.number(at: 12, as: UInt16.self)), special)
            var place = 32
            while place + 8 <= end { place = Self.postings(from: place, to: end, of: page, body) }
        }
    }

    /// `ginpostinglist.c`: the first row, a size, and the distance of each next row from the one before it, seven bits to a byte, of
    /// the number of the page and eleven bits for the place.
    /// - Returns: where the next list begins.
    private static func postings(
        from start: Int, to end: Int, of page: RelationPage, _ body: (Int, UInt16) -> Void
    ) -> Int {
        guard start >= 24, start + 8 <= end else { return end }
        var row = UInt64(page.block(at: start)) << 11 | UInt64(page.number(at: start + 4, as: UInt16.self))
        body(Int(row >> 11), UInt16(row & 0x7FF))
        let size = Int(page.number(at: start + 6, as: UInt16.self))
        let stop = min(start + 8 + size, end)
        var (distance, shift): (UInt64, UInt64) = (0, 0)
        for place in start + 8..<max(stop, start + 8) {
            let byte: UInt8 = page.number(at: place)
            distance |= UInt64(byte & 0x7F) << shift
            shift += 7
            guard byte & 0x80 == 0 || shift > 42 else { continue }
            row = row &+ distance
            body(Int(row >> 11 & 0xFFFF_FFFF), UInt16(row & 0x7FF))
            (distance, shift) = (0, 0)
        }
        return start + 8 + (size + 1) / 2 * 2
    }
}
