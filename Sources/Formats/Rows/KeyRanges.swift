/// The digests of rows by ranges of their key, of which there are at most a given number, whatever the keys are.
///
/// A range is a block of numbers: its length is a power of two, and it begins at a multiple of its length. Rows may come in any order.
/// While they come, a key outside of all ranges begins one of its own; when there are too many, neighbours are joined:
///
///     divide(block): if it has one range: that range
///                    if its rows are few: one range, the smallest block with all of them
///                    else: divide(lower half), divide(upper half)
///
/// At the end, a short range is made longer where there is room, so that its ends are not the values of a row or two.
///
/// Digests are sums, so a range has the same digest in whatever way it came about.
package struct KeyRanges: Sendable, Equatable {
    /// One block of keys.
    package struct Part: Sendable, Equatable {
        package fileprivate(set) var first: UInt64
        /// Belongs to it.
        package fileprivate(set) var last: UInt64
        package fileprivate(set) var digest: TableDigest

        package init(first: UInt64, last: UInt64, digest: TableDigest = TableDigest()) {
            (self.first, self.last, self.digest) = (first, last, digest)
        }
    }

    /// In ascending order; none is in another.
    package private(set) var parts: [Part] = []
    /// Rows without such a key; with given ranges, also those whose key is in none.
    package private(set) var elsewhere = TableDigest()
    /// How many ranges there may be; nil for given ranges, which stay as they are.
    private let most: Int?
    /// Of the part that took the last row: the next row is often near.
    private var current = 0

    /// How many rows neighbours may have together that are joined in any case: a range of a few rows would nearly be a key.
    private static let fewest: Int64 = 32
    /// How long a range is in the end, unless others are in the way.
    private static let shortest: UInt64 = 1024

    /// - Parameter most: at least 1.
    package init(atMost most: Int) { self.most = most }

    /// The ranges of other rows, without rows.
    package init(like other: KeyRanges) {
        most = nil
        parts = other.parts.map { Part(first: $0.first, last: $0.last) }
    }

    /// Ranges as they were stored.
    /// - Parameter parts: in ascending order, none in another.
    package init(_ parts: [Part], elsewhere: TableDigest) {
        most = nil
        self.parts = parts
        self.elsewhere = elsewhere
    }

    package static func == (one: KeyRanges, other: KeyRanges) -> Bool {
        one.parts == other.parts && one.elsewhere == other.elsewhere
    }

    /// Of all rows.
    package var total: TableDigest {
        parts.reduce(into: elsewhere) { $0.add($1.digest) }
    }

    // MARK: Adding

    /// - Parameter position: nil for a row without such a key.
    @inline(__always)
    package mutating func add(row: RowHash.Value, at position: UInt64?) {
        guard let position else { return elsewhere.add(row: row) }
        if current >= parts.count || position < parts[current].first || position > parts[current].last {
            guard let found = index(of: position) else { return elsewhere.add(row: row) }
            current = found
        }
        parts[current].digest.add(row: row)
    }

    /// Adds other rows, whose ranges may be others.
    package mutating func add(_ other: KeyRanges) {
        elsewhere.add(other.elsewhere)
        // A block that holds another goes before it.
        let all = (parts + other.parts).sorted { ($0.first, ~$0.last) < ($1.first, ~$1.last) }
        parts = all.reduce(into: []) { joined, part in
            if let last = joined.last, part.last <= last.last {
                joined[joined.count - 1].digest.add(part.digest)
            } else {
                joined.append(part)
            }
        }
        join()
    }

    /// Call when all rows were added.
    package mutating func finish() {
        join()
        if most != nil { lengthen() }
    }

    private mutating func lengthen() {
        for index in parts.indices {
            let before = index > 0 ? parts[index - 1].last : nil
            let after = index + 1 < parts.count ? parts[index + 1].first : nil
            while parts[index].last - parts[index].first < Self.shortest - 1 {
                let length = parts[index].last - parts[index].first + 1
                let first = parts[index].first & ~(2 * length - 1)
                let last = first + (2 * length - 1)
                guard before.map({ $0 < first }) ?? true, after.map({ last < $0 }) ?? true else { break }
                (parts[index].first, parts[index].last) = (first, last)
            }
        }
    }

    /// Joins ranges until there are not too many.
    private mutating func join() {
        guard let most, let first = parts.first?.first, let last = parts.last?.last else { return }
        current = 0
        let rows = parts.reduce(0) { $0 + $1.digest.rows }
        var few = max(Self.fewest, rows / Int64(most))
        var joined: [Part] = []
        repeat {
            joined = []
            Self.divide(parts[...], Block(around: first, last), few, into: &joined)
            few *= 2
        } while joined.count > most
        parts = joined
    }

    private mutating func index(of position: UInt64) -> Int? {
        var (low, high) = (0, parts.count)
        while low < high {
            let middle = (low + high) / 2
            if parts[middle].last < position { low = middle + 1 } else { high = middle }
        }
        if low < parts.count, parts[low].first <= position { return low }
        guard let most else { return nil }
        if parts.count >= 2 * most {
            join()
            return index(of: position)
        }
        parts.insert(Part(first: position, last: position), at: low)
        return low
    }

    private static func divide(_ parts: ArraySlice<Part>, _ block: Block, _ few: Int64, into joined: inout [Part]) {
        guard !parts.isEmpty else { return }
        let rows = parts.reduce(0) { $0 + $1.digest.rows }
        if parts.count == 1 { return joined.append(parts[parts.startIndex]) }
        if rows <= few {
            let all = Block(around: parts[parts.startIndex].first, parts[parts.endIndex - 1].last)
            return joined.append(
                Part(
                    first: all.first, last: all.last,
                    digest: parts.reduce(into: TableDigest()) { $0.add($1.digest) }))
        }
        let (lower, upper) = block.halves
        let middle = parts.firstIndex { $0.first >= upper.first } ?? parts.endIndex
        divide(parts[..<middle], lower, few, into: &joined)
        divide(parts[middle...], upper, few, into: &joined)
    }
}

/// Numbers that have their leading bits in common.
private struct Block {
    let first: UInt64
    let last: UInt64

    /// The smallest one with both numbers.
    init(around one: UInt64, _ other: UInt64) {
        let bits = UInt64.bitWidth - (one ^ other).leadingZeroBitCount
        let mask = bits == UInt64.bitWidth ? UInt64.max : 1 << UInt64(bits) - 1
        (first, last) = (one & ~mask, one | mask)
    }

    private init(_ first: UInt64, _ last: UInt64) { (self.first, self.last) = (first, last) }

    /// Of a block of more than one number.
    var halves: (lower: Block, upper: Block) {
        let middle = first + (last - first) / 2
        return (Block(first, middle), Block(middle + 1, last))
    }
}
