/// A tree that takes one entry after the other and knows its root all the time; it holds a hash for each bit of its size.
package struct GrowingTree: Sendable {
    package private(set) var size: Int64 = 0
    /// Of its complete subtrees, the largest first.
    private var subtrees: [TreeHash] = []

    package init() {}

    package mutating func append(_ leaf: TreeHash) {
        var (hash, rest) = (leaf, size)
        while rest & 1 == 1 {
            hash = .node(subtrees.removeLast(), hash)
            rest >>= 1
        }
        subtrees.append(hash)
        size += 1
    }

    package var root: TreeHash {
        guard var hash = subtrees.last else { return .empty }
        for left in subtrees.dropLast().reversed() { hash = .node(left, hash) }
        return hash
    }
}
