/// What the visibility map of a table says of its pages.
///
/// A page that it marks was filled once: no server marks a new one (`lazy_scan_new_or_empty`), and a table that becomes smaller has
/// its marks taken away first (`visibilitymap_prepare_truncate`). So a mark of a page that is not there, or holds zeros, tells of a
/// page that was lost.
package struct VisibilityWitness: Sendable, Equatable {
    /// How many pages of the table are marked, and are lost.
    package private(set) var lost = 0
    /// The last of them, from 0.
    package private(set) var lastPage = 0
    /// How many pages the table has.
    package let pages: Int

    /// Behind the header of a page of the map, each byte has two bits for each of four pages; the lower says all-visible
    /// (`visibilitymap.c`, `visibilitymapdefs.h`).
    private static let header = 24
    private static let pagesPerByte = 4

    /// - Parameters:
    ///   - map: the files of the map.
    ///   - table: those of the table.
    /// - Throws: `Errno` where they cannot be read.
    package init(_ map: RelationSegments, of table: RelationSegments) throws {
        pages = table.pages
        var marks: [UInt8] = []
        try map.read { _, bytes in
            // A page that was damaged says nothing: a server takes it for an empty one.
            marks += Self.isMap(RelationPage(bytes)) ? Array(bytes[Self.header...]) : Self.noMarks
        }
        func isMarked(_ page: Int) -> Bool {
            let byte = page / Self.pagesPerByte
            return byte < marks.count && marks[byte] >> (page % Self.pagesPerByte * 2) & 1 != 0
        }
        var (lost, last) = (0, 0)
        try table.read { number, bytes in
            if isMarked(number), RelationPage(bytes).isNew { (lost, last) = (lost + 1, number) }
        }
        let end = marks.lastIndex { $0 != 0 }.map { ($0 + 1) * Self.pagesPerByte } ?? 0
        for page in stride(from: pages, to: end, by: 1) where isMarked(page) { (lost, last) = (lost + 1, page) }
        (self.lost, lastPage) = (lost, last)
    }

    private static let noMarks = [UInt8](repeating: 0, count: RelationSegments.pageSize - header)

    /// As `PageInit` makes it: with nothing at its end, and no line pointers.
    private static func isMap(_ page: RelationPage) -> Bool {
        page.special == RelationSegments.pageSize && page.lineCount == 0
            && page.number(at: 14, as: UInt16.self) == RelationSegments.pageSize
    }
}
