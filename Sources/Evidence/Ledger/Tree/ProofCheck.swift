/// Verifies proofs as RFC 9162 (2.1.3.2 and 2.1.4.2) does: without the tree, in a number of steps that the sizes bound.
package enum ProofCheck {
    /// True if the proof leads from an entry to the root of the tree.
    package static func inclusion(
        _ leaf: TreeHash, at index: Int64, inTreeOf size: Int64, _ root: TreeHash, proof: [TreeHash]
    ) -> Bool {
        guard 0..<size ~= index else { return false }
        var (place, last, hash) = (index, size - 1, leaf)
        for sibling in proof {
            guard last > 0 else { return false }
            if place & 1 == 1 || place == last {
                hash = .node(sibling, hash)
                while place & 1 == 0, place != 0 {
                    place >>= 1
                    last >>= 1
                }
            } else {
                hash = .node(hash, sibling)
            }
            place >>= 1
            last >>= 1
        }
        return last == 0 && hash == root
    }

    /// True if the proof shows that the new tree begins with all entries of the old one.
    package static func consistency(
        from old: Int64, _ oldRoot: TreeHash, to new: Int64, _ newRoot: TreeHash, proof: [TreeHash]
    ) -> Bool {
        guard 0 < old, old <= new else { return false }
        guard old < new else { return proof.isEmpty && oldRoot == newRoot }
        // Where the old tree is one complete subtree, its root begins the path.
        let path = old.nonzeroBitCount == 1 ? [oldRoot] + proof : proof
        guard var before = path.first else { return false }
        var (place, last, after) = (old - 1, new - 1, before)
        while place & 1 == 1 {
            place >>= 1
            last >>= 1
        }
        for sibling in path.dropFirst() {
            guard last > 0 else { return false }
            if place & 1 == 1 || place == last {
                before = .node(sibling, before)
                after = .node(sibling, after)
                while place & 1 == 0, place != 0 {
                    place >>= 1
                    last >>= 1
                }
            } else {
                after = .node(after, sibling)
            }
            place >>= 1
            last >>= 1
        }
        return last == 0 && before == oldRoot && after == newRoot
    }
}
