/// The entries of a subtree, from one number up to and without another: what a hash of a proof stands for.
///
/// A range begins where RFC 6962 (2.1) splits a tree: at a multiple of the smallest power of two that is not smaller than the range.
package struct TreeRange: Equatable, Sendable {
    package let from: Int64
    package let to: Int64

    package init(_ from: Int64, _ to: Int64) {
        self.from = from
        self.to = to
    }

    package var count: Int64 { to - from }

    /// Where it splits: its left part has the largest power of two of entries that is smaller than the whole.
    /// - Precondition: it has two entries at least.
    var middle: Int64 { from + Int64(1) << (Int64.bitWidth - 1 - (count - 1).leadingZeroBitCount) }

    /// The complete subtrees that it is made of, from the left. Each is smaller than the one before.
    var subtrees: [Subtree] {
        var (found, begin): ([Subtree], Int64) = ([], from)
        while begin < to {
            let level = Int64.bitWidth - 1 - (to - begin).leadingZeroBitCount
            found.append(Subtree(level: level, index: begin >> Int64(level)))
            begin += Int64(1) << Int64(level)
        }
        return found
    }

    /// A subtree of a power of two of entries.
    struct Subtree: Equatable {
        /// It has 2 to the power of this many entries.
        let level: Int
        /// How many of its size are before it.
        let index: Int64
    }
}

/// Which hashes prove what, from the first that is needed to the last.
package enum ProofPath {
    /// That an entry is in a tree (RFC 6962, 2.1.1).
    /// - Precondition: the tree has the entry.
    package static func inclusion(of index: Int64, inTreeOf size: Int64) -> [TreeRange] {
        precondition(0..<size ~= index)
        var (path, range): ([TreeRange], TreeRange) = ([], TreeRange(0, size))
        while range.count > 1 {
            let (left, right) = (TreeRange(range.from, range.middle), TreeRange(range.middle, range.to))
            path.append(index < range.middle ? right : left)
            range = index < range.middle ? left : right
        }
        return path.reversed()
    }

    /// That a tree is the beginning of another one (RFC 6962, 2.1.2).
    /// - Precondition: `0 < old <= new`.
    package static func consistency(from old: Int64, to new: Int64) -> [TreeRange] {
        precondition(0 < old && old <= new)
        var (path, range, isWhole): ([TreeRange], TreeRange, Bool) = ([], TreeRange(0, new), true)
        while range.to != old {
            let (left, right) = (TreeRange(range.from, range.middle), TreeRange(range.middle, range.to))
            if old <= range.middle {
                path.append(right)
                range = left
            } else {
                path.append(left)
                (range, isWhole) = (right, false)
            }
        }
        // Whoever verifies has the hash of the whole old tree.
        if !isWhole { path.append(range) }
        return path.reversed()
    }
}
