/// An access method of indexes whose pages PostgreSQL has no check for: where its pages lead to, and to which rows.
///
/// A page that another one leads to was written before it, in the same record of the log or an earlier one. So it is there, and
/// holds something, in every copy. (Pages that nothing leads to may hold zeros: a server that crashes leaves such.)
package enum IndexMethod: String, Sendable, CaseIterable {
    case brin, gin, gist, hash, spgist

    /// `InvalidBlockNumber`.
    static let none = 0xFFFF_FFFF

    /// Where the part of the access method begins in each of its pages (`pd_special`).
    var special: Int {
        switch self {
        case .gist, .hash: RelationSegments.pageSize - 16
        case .brin, .gin, .spgist: RelationSegments.pageSize - 8
        }
    }

    /// Whether it is the page with which every index of the kind begins.
    func isFirst(_ page: RelationPage) -> Bool {
        guard page.special == special else { return false }
        let magic: UInt32 = page.number(at: 24)
        switch self {
        case .brin: return magic == 0xA810_9CFA
        // GIN_META.
        case .gin: return page.number(at: special + 6, as: UInt16.self) & 8 != 0
        // The root, which has no sign of its own.
        case .gist: return page.number(at: special + 14, as: UInt16.self) == 0xFF81
        case .hash: return magic == 0x0644_0640
        case .spgist: return magic == 0xBA0B_ABEE
        }
    }

    /// Calls `body` with the number of each page that a page leads to.
    /// - Parameters:
    ///   - number: of the page.
    ///   - limit: the number of pages that there are. Of those behind it, the first alone is named: a header may name a million.
    func links(of page: RelationPage, _ number: Int, limit: Int, _ body: (Int) -> Void) {
        func lead(_ block: Int) { if block != Self.none { body(block) } }
        switch self {
        case .brin: brin(page, number, limit, lead)
        case .gin: gin(page, lead)
        case .gist: gist(page, lead)
        case .hash: hash(page, number, limit, lead)
        case .spgist: spgist(page, number, lead)
        }
    }

    /// `brin_page.h`: the map of ranges follows the first page, and leads to the pages with the summaries.
    private func brin(_ page: RelationPage, _ number: Int, _ limit: Int, _ lead: (Int) -> Void) {
        if number == 0 {
            let last = Int(page.number(at: 36, as: UInt32.self))
            for block in stride(from: 1, through: min(last, limit), by: 1) { lead(block) }
        } else if page.number(at: special + 6, as: UInt16.self) == 0xF092 {
            for entry in stride(from: 24, through: special - 6, by: 6)
            where page.number(at: entry + 4, as: UInt16.self) != 0 { lead(page.block(at: entry)) }
        }
    }

    /// `ginblock.h`: the flags are DATA 1, LEAF 2, DELETED 4, META 8, LIST 16.
    private func gin(_ page: RelationPage, _ lead: (Int) -> Void) {
        let flags: UInt16 = page.number(at: special + 6)
        guard flags & 4 == 0 else { return }
        guard flags & 8 == 0 else {
            // The root of the entries, and both ends of the list of what was added last.
            lead(1)
            for offset in [24, 28] { lead(Int(page.number(at: offset, as: UInt32.self))) }
            return
        }
        lead(Int(page.number(at: special, as: UInt32.self)))
        let isLeaf = flags & 2 != 0
        if flags & 16 != 0 || flags & 1 != 0 && isLeaf { return }
        guard flags & 1 == 0 else {
            for item in 0..<Int(page.number(at: special + 4, as: UInt16.self)) where 42 + 10 * item <= special {
                lead(page.block(at: 32 + 10 * item))
            }
            return
        }
        page.items { offset, _ in
            // In a leaf, GIN_TREE_POSTING: the rows of a key that has many, in a tree of their own.
            if !isLeaf || page.number(at: offset + 4, as: UInt16.self) == 0xFFFF { lead(page.block(at: offset)) }
        }
    }

    /// `gist.h`: the flags are LEAF 1, DELETED 2.
    private func gist(_ page: RelationPage, _ lead: (Int) -> Void) {
        let flags: UInt16 = page.number(at: special + 12)
        guard flags & 2 == 0 else { return }
        lead(Int(page.number(at: special + 8, as: UInt32.self)))
        if flags & 1 == 0 { page.items { offset, _ in lead(page.block(at: offset)) } }
    }

    /// `hash.h`: the flags are OVERFLOW 1, BUCKET 2, BITMAP 4, META 8.
    private func hash(_ page: RelationPage, _ number: Int, _ limit: Int, _ lead: (Int) -> Void) {
        guard number == 0 else {
            if page.number(at: special + 12, as: UInt16.self) & 3 != 0 {
                lead(Int(page.number(at: special + 4, as: UInt32.self)))
            }
            return
        }
        // HASH_VERSION; no server reads another.
        guard page.number(at: 28, as: UInt32.self) == 4 else { return }
        for bucket in 0...min(Int(page.number(at: 48, as: UInt32.self)), limit) {
            // BUCKET_TO_BLKNO: `hashm_spares` are the pages of other kinds in front of it.
            let spares =
                bucket == 0 ? 0 : Int(page.number(at: 76 + 4 * (Self.spareIndex(bucket + 1) - 1), as: UInt32.self))
            lead(bucket + spares + 1)
        }
        for map in 0..<min(1024, Int(page.number(at: 68, as: UInt32.self))) {
            lead(Int(page.number(at: 468 + 4 * map, as: UInt32.self)))
        }
    }

    /// `_hash_spareindex`: up to 512 buckets, their number doubles at once; from there on in four steps.
    private static func spareIndex(_ buckets: Int) -> Int {
        let group = Int.bitWidth - (buckets - 1).leadingZeroBitCount
        guard group >= 10 else { return group }
        return 10 + (group - 10) * 4 + ((buckets - 1) >> (group - 3)) & 3
    }

    /// `spgist_private.h`: the flags are META 1, DELETED 2, LEAF 4.
    private func spgist(_ page: RelationPage, _ number: Int, _ lead: (Int) -> Void) {
        guard number > 0 else {
            // The roots of values and of NULLs.
            for root in [1, 2] { lead(root) }
            return
        }
        guard page.number(at: special, as: UInt16.self) & 7 == 0 else { return }
        page.items { offset, length in
            let header: UInt32 = page.number(at: offset)
            // SPGIST_LIVE.
            guard header & 3 == 0 else { return }
            var node = offset + 8 + Int(header >> 16)
            for _ in 0..<(header >> 3 & 0x1FFF) where node + 8 <= offset + length {
                if page.number(at: node + 4, as: UInt16.self) != 0 { lead(page.block(at: node)) }
                // INDEX_SIZE_MASK.
                node += max(8, Int(page.number(at: node + 6, as: UInt16.self) & 0x1FFF))
            }
        }
    }
}
