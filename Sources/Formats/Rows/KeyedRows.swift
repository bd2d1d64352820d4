import CXXHash

/// What identifies the rows of a table: which of its columns are the key, and how the first of them is put in order.
package struct RowKey: Sendable, Equatable {
    /// How many columns a row has.
    package let columns: Int
    /// Positions of the key's columns in a row, from 0, in the order of the key; empty if there is no key.
    package let key: [Int]
    /// Nil if the rows are not divided by ranges.
    package let order: KeyOrder?

    package init(columns: Int, key: [Int], order: KeyOrder?) {
        self.columns = columns
        self.key = key
        self.order = key.isEmpty ? nil : order
    }

    /// Where a row is in the order of keys; nil without an order.
    @inline(__always)
    func position(of row: UnsafeRawBufferPointer) -> UInt64? {
        guard let order, let first = key.first, let field = CopyText.field(at: first, of: columns, in: row) else {
            return nil
        }
        return order.position(of: field)
    }

    /// The hash of a row's key: of its fields as they are in the row, with tabs between them; 0 without a key.
    package func hash(of row: UnsafeRawBufferPointer) -> UInt64 {
        if key.isEmpty { return 0 }
        if key.count == 1 {
            return CopyText.field(at: key[0], of: columns, in: row).map { RowHash.Value(of: $0).low } ?? 0
        }
        return text(of: row).withUnsafeBytes { RowHash.Value(of: $0).low }
    }

    /// The fields of a row's key, still escaped, with tabs between them.
    package func text(of row: UnsafeRawBufferPointer) -> [UInt8] {
        var text: [UInt8] = []
        for (number, index) in key.enumerated() {
            if number > 0 { text.append(UInt8(ascii: "\t")) }
            if let field = CopyText.field(at: index, of: columns, in: row) { text += field }
        }
        return text
    }
}

/// All that a manifest holds of rows: their digest, by ranges of the key, and their sketch. Those of parts add up to those of the whole.
package struct KeyedRows: Sendable, Equatable {
    private let key: RowKey
    package private(set) var ranges: KeyRanges
    package private(set) var sketch = RowSketch()
    /// Bytes of the longest row.
    package private(set) var longestRow = 0

    /// - Parameter ranges: without rows.
    package init(_ key: RowKey, _ ranges: KeyRanges) {
        self.key = key
        self.ranges = ranges
    }

    /// Adds a row in canonical form.
    @inline(__always)
    package mutating func add(row: UnsafeRawBufferPointer) { add(row: row, RowHash.Value(of: row)) }

    /// Adds a row in canonical form whose hash is known.
    @inline(__always)
    package mutating func add(row: UnsafeRawBufferPointer, _ hash: RowHash.Value) {
        longestRow = max(longestRow, row.count)
        ranges.add(row: hash, at: key.position(of: row))
        sketch.add(row: hash, key: key.hash(of: row))
    }

    /// Adds other rows.
    package mutating func add(_ other: KeyedRows) {
        ranges.add(other.ranges)
        sketch.add(other.sketch)
        longestRow = max(longestRow, other.longestRow)
    }

    /// Call when all rows were added.
    package mutating func finish() { ranges.finish() }

    package var digest: TableDigest { ranges.total }
}

extension RowHash.Value {
    /// The hash of bytes that are in one piece.
    @inline(__always)
    package init(of bytes: UnsafeRawBufferPointer) {
        var (low, high): (UInt64, UInt64) = (0, 0)
        pgassay_xxh3_128(bytes.baseAddress, bytes.count, &low, &high)
        self.init(low: low, high: high, count: Int64(bytes.count))
    }
}
