/// The file of a sequence: one page, which ends in its sign (`SEQ_MAGIC` in `sequence.c`).
package struct SequenceFile: Sendable, Equatable {
    package let pages: Int
    /// The first page is that of a sequence.
    package let hasState: Bool

    /// - Throws: `Errno` where it cannot be read.
    package init(_ files: RelationSegments) throws {
        var hasState = false
        try files.read { number, bytes in
            guard number == 0 else { return }
            let page = RelationPage(bytes)
            hasState =
                !page.isNew && page.special == RelationSegments.pageSize - 8
                && page.number(at: page.special, as: UInt32.self) == 0x1717
        }
        pages = files.pages
        self.hasState = hasState
    }
}
