/// Whether the pages of an index are there that its other pages lead to, read from its files.
package struct IndexPages: Sendable, Equatable {
    /// Pages of its files.
    package let pages: Int
    /// It begins with the page that every index of its kind begins with.
    package let hasFirst: Bool
    /// Pages that others lead to, and that are behind the end of the files or hold nothing.
    package let lost: Int
    /// The last page that one leads to, counted from 0.
    package let lastPage: Int
    /// Pages that hold something, and no page of such an index.
    package let strange: Int

    /// Nothing is wrong with them.
    package var areWhole: Bool { hasFirst && lost == 0 && strange == 0 }

    /// Reads all of it.
    /// - Throws: `Errno` where a file cannot be read.
    package init(of index: RelationSegments, as method: IndexMethod) throws {
        let count = index.pages
        var isNew = [Bool](repeating: true, count: count)
        var isNeeded = [Bool](repeating: false, count: count)
        var beyond: Set<Int> = []
        var (hasFirst, strange, last) = (false, 0, 0)
        try index.read { number, bytes in
            let page = RelationPage(bytes)
            guard number < count, !page.isNew else { return }
            isNew[number] = false
            if number == 0 { hasFirst = method.isFirst(page) }
            guard page.special == method.special else {
                strange += 1
                return
            }
            method.links(of: page, number, limit: count) { target in
                last = max(last, target)
                if target < count { isNeeded[target] = true } else { beyond.insert(target) }
            }
        }
        pages = count
        lost = beyond.count + zip(isNeeded, isNew).count { $0 && $1 }
        (self.hasFirst, self.strange, lastPage) = (hasFirst, strange, last)
    }
}
