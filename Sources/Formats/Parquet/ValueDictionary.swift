import CXXHash

/// The different values of a column, each once, and for each value the number of its entry.
struct ValueDictionary {
    /// The entries as bytes of the encoding PLAIN.
    private(set) var entries: [UInt8] = []
    private(set) var count = 0
    private(set) var indices: [UInt32] = []
    /// Where each entry begins.
    private var starts: [Int] = []
    /// Entries by the hash of their bytes: the number of an entry plus one, or 0. Its size is a power of two.
    private var table = [UInt32](repeating: 0, count: 1 << 10)

    /// After so many values, a column that has hardly any value twice is given up.
    private static let trial = 1 << 10
    private static let maximumEntries = 1 << 16
    private static let maximumBytes = 1 << 20

    /// - Parameters:
    ///   - values: as bytes of the encoding PLAIN.
    ///   - width: bytes of each value; nil if each has its length before it.
    /// - Returns: nil if a dictionary would not save half of the bytes.
    init?(_ values: UnsafeRawBufferPointer, count: Int, width: Int?) {
        guard count >= 8, let base = values.baseAddress else { return nil }
        indices.reserveCapacity(min(count, Self.trial))
        var next = base
        for _ in 0..<count {
            let size = width ?? 4 + Int(UInt32(littleEndian: next.loadUnaligned(as: UInt32.self)))
            indices.append(entry(UnsafeRawBufferPointer(start: next, count: size)))
            next += size
            guard self.count <= Self.maximumEntries, entries.count <= Self.maximumBytes,
                indices.count < Self.trial || 2 * self.count <= indices.count
            else { return nil }
        }
        guard entries.count + count * bitWidth / 8 + 16 < values.count / 2 else { return nil }
    }

    /// Bits of an index.
    var bitWidth: Int { Self.bitWidth(count) }

    /// Bits of an index into so many entries: at least one, because not every reader expects none.
    static func bitWidth(_ entries: Int) -> Int { HybridRuns.width(of: max(1, entries - 1)) }

    private mutating func entry(_ value: UnsafeRawBufferPointer) -> UInt32 {
        if 2 * count >= table.count { grow() }
        var slot = Self.slot(value, table.count)
        while table[slot] > 0 {
            let found = Int(table[slot]) - 1
            let end = found + 1 < count ? starts[found + 1] : entries.count
            if end - starts[found] == value.count, entries[starts[found]..<end].elementsEqual(value) {
                return UInt32(found)
            }
            slot = (slot + 1) & (table.count - 1)
        }
        starts.append(entries.count)
        entries += value
        count += 1
        table[slot] = UInt32(count)
        return UInt32(count - 1)
    }

    private mutating func grow() {
        var larger = [UInt32](repeating: 0, count: 2 * table.count)
        entries.withUnsafeBytes { entries in
            for index in 0..<count {
                let end = index + 1 < count ? starts[index + 1] : entries.count
                var slot = Self.slot(UnsafeRawBufferPointer(rebasing: entries[starts[index]..<end]), larger.count)
                while larger[slot] > 0 { slot = (slot + 1) & (larger.count - 1) }
                larger[slot] = UInt32(index + 1)
            }
        }
        table = larger
    }

    private static func slot(_ value: UnsafeRawBufferPointer, _ size: Int) -> Int {
        var (low, high): (UInt64, UInt64) = (0, 0)
        pgassay_xxh3_128(value.baseAddress, value.count, &low, &high)
        return Int(truncatingIfNeeded: low) & (size - 1)
    }
}
