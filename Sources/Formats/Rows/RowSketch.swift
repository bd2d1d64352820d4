/// A short summary of rows. The difference of two summaries shows which rows differ, if they are few. The size of a summary does
/// not depend on how many rows there are.
///
/// It is an invertible Bloom lookup table (M. T. Goodrich, M. Mitzenmacher, "Invertible Bloom Lookup Tables", 2011): each row is added to
/// three cells that its hash chooses. A cell in which one row is left over gives that row away; taken out of its two other cells, it
/// may leave one row in these.
package struct RowSketch: Sendable, Equatable {
    /// A row by the hash of all of it, and the hash of its key.
    package struct Entry: Sendable, Hashable {
        package var low: UInt64
        package var high: UInt64
        package var key: UInt64
    }

    /// Rows that differ.
    package struct Difference: Sendable, Equatable {
        /// In the first summary alone.
        package var missing: [Entry] = []
        /// In the second alone.
        package var added: [Entry] = []
    }

    /// Each row is in one cell of each third.
    private static let third = 32
    /// Bytes of ``bytes``.
    package static let size = 3 * third * 40

    private struct Cell: Sendable, Equatable {
        var count: Int64 = 0
        var low: UInt64 = 0
        var high: UInt64 = 0
        var key: UInt64 = 0
        /// Tells a single row from a sum that looks like one.
        var check: UInt64 = 0

        @inline(__always)
        mutating func add(_ entry: Entry, _ times: Int64) {
            let (low, high, key, check) = (entry.low, entry.high, entry.key, RowSketch.check(entry))
            count &+= times
            if times > 0 {
                add(low, high)
                self.key &+= key
                self.check &+= check
            } else {
                subtract(low, high)
                self.key &-= key
                self.check &-= check
            }
        }

        mutating func add(_ other: Cell) {
            count &+= other.count
            add(other.low, other.high)
            key &+= other.key
            check &+= other.check
        }

        mutating func subtract(_ other: Cell) {
            count &-= other.count
            subtract(other.low, other.high)
            key &-= other.key
            check &-= other.check
        }

        @inline(__always)
        private mutating func add(_ low: UInt64, _ high: UInt64) {
            let (sum, carry) = self.low.addingReportingOverflow(low)
            self.low = sum
            self.high = self.high &+ high &+ (carry ? 1 : 0)
        }

        @inline(__always)
        private mutating func subtract(_ low: UInt64, _ high: UInt64) {
            let (rest, borrow) = self.low.subtractingReportingOverflow(low)
            self.low = rest
            self.high = self.high &- high &- (borrow ? 1 : 0)
        }

        /// The row that is alone in it, and whether it counts once (1) or is missing once (-1).
        var single: (entry: Entry, times: Int64)? {
            guard count == 1 || count == -1 else { return nil }
            var cell = self
            if count == -1 {
                cell = Cell()
                cell.subtract(self)
            }
            let entry = Entry(low: cell.low, high: cell.high, key: cell.key)
            return RowSketch.check(entry) == cell.check ? (entry, count) : nil
        }
    }

    private var cells = [Cell](repeating: Cell(), count: 3 * third)

    package init() {}

    /// - Parameter key: the hash of the row's key; 0 where it has none.
    @inline(__always)
    package mutating func add(row: RowHash.Value, key: UInt64) {
        add(Entry(low: row.low, high: row.high, key: key), 1)
    }

    /// Adds other rows.
    package mutating func add(_ other: RowSketch) {
        for index in cells.indices { cells[index].add(other.cells[index]) }
    }

    /// The rows in which these differ from others.
    /// - Returns: nil if there are too many to be told.
    package func difference(to other: RowSketch) -> Difference? {
        var rest = self
        for index in cells.indices { rest.cells[index].subtract(other.cells[index]) }
        var difference = Difference()
        var open = Array(cells.indices)
        while let index = open.popLast() {
            guard let (entry, times) = rest.cells[index].single else { continue }
            if times > 0 { difference.missing.append(entry) } else { difference.added.append(entry) }
            // More than there are cells were never added by anybody.
            guard difference.missing.count + difference.added.count <= cells.count else { return nil }
            rest.add(entry, -times)
            open += Self.places(entry)
        }
        return rest.cells.allSatisfy { $0 == Cell() } ? difference : nil
    }

    @inline(__always)
    private mutating func add(_ entry: Entry, _ times: Int64) {
        let mask = UInt64(Self.third - 1)
        cells[Int(entry.low & mask)].add(entry, times)
        cells[Self.third + Int(entry.low >> 20 & mask)].add(entry, times)
        cells[2 * Self.third + Int(entry.low >> 40 & mask)].add(entry, times)
    }

    private static func places(_ entry: Entry) -> [Int] {
        let mask = UInt64(third - 1)
        return [
            Int(entry.low & mask), third + Int(entry.low >> 20 & mask), 2 * third + Int(entry.low >> 40 & mask),
        ]
    }

    /// Mixes all three numbers, since sums of them alone are what is checked (MurmurHash3's finalizer).
    @inline(__always)
    private static func check(_ entry: Entry) -> UInt64 {
        var mixed = entry.high ^ (entry.low << 31 | entry.low >> 33) ^ (entry.key << 17 | entry.key >> 47)
        mixed = (mixed ^ mixed >> 33) &* 0xff51_afd7_ed55_8ccd
        mixed = (mixed ^ mixed >> 33) &* 0xc4ce_b9fe_1a85_ec53
        return mixed ^ mixed >> 33
    }

    // MARK: Stored

    /// All numbers of all cells, each in 8 bytes, the least significant first.
    package var bytes: [UInt8] {
        cells.flatMap { cell in
            [UInt64(bitPattern: cell.count), cell.low, cell.high, cell.key, cell.check].flatMap { number in
                (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) }
            }
        }
    }

    /// - Returns: nil unless there are ``size`` bytes.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.size else { return nil }
        func number(_ index: Int) -> UInt64 {
            (0..<8).reduce(0) { $0 | UInt64(bytes[8 * index + $1]) << (8 * UInt64($1)) }
        }
        for index in cells.indices {
            cells[index] = Cell(
                count: Int64(bitPattern: number(5 * index)), low: number(5 * index + 1), high: number(5 * index + 2),
                key: number(5 * index + 3), check: number(5 * index + 4))
        }
    }
}
