/// What one column has in a row group that was read.
package struct DecodedColumn: Sendable {
    package let column: ColumnSchema
    /// For each value, and for each place where one is missing: 0 for NULL; 1 for a value, or for an empty list; in a list 2
    /// for a NULL, 3 for a value.
    package private(set) var definition: [UInt8] = []
    /// For each of the same places 1 if it goes on with the list of the place before it. Empty if there are no lists.
    package private(set) var repetition: [UInt8] = []
    /// How many values are there.
    private(set) var count = 0
    /// How many rows there are.
    private(set) var rows = 0

    /// As ``ColumnValues`` has them; those of the dictionary if there is one.
    private(set) var values: [UInt8] = []
    /// Of a dictionary: where each entry begins, and where the last one ends.
    private var starts: [Int] = []
    private var indices: [UInt32] = []
    /// Where the next value begins; with a dictionary, its number.
    private var next = 0

    /// The entries of a dictionary.
    struct Dictionary {
        var values: [UInt8]
        var starts: [Int]
    }

    var hasDictionary: Bool { !starts.isEmpty }

    /// - Parameters:
    ///   - body: the decompressed bytes of a page of data.
    ///   - places: values and missing values of the page.
    init(
        _ column: ColumnSchema, _ body: UnsafeRawBufferPointer, places: Int, _ dictionary: Dictionary?
    ) throws(PageFlaw) {
        self.column = column
        var body = body
        if column.isList {
            repetition = try PageBody.takeLevels(&body, count: places, maximum: 1)
            guard repetition.first == 0 else { throw .levels }
        }
        definition = try PageBody.takeLevels(&body, count: places, maximum: column.maximumDefinition)
        let present = column.maximumDefinition
        count = definition.reduce(0) { $1 == present ? $0 + 1 : $0 }
        rows = column.isList ? repetition.reduce(0) { $1 == 0 ? $0 + 1 : $0 } : places
        if column.isList {
            // Only a list that has elements goes on.
            for index in 1..<max(1, places)
            where repetition[index] == 1 && min(definition[index], definition[index - 1]) < 2 {
                throw .levels
            }
        }
        if let dictionary {
            try take(dictionary, body)
        } else if column.type == .boolean {
            values = try PageBody.unpackBooleans(body, count: count)
        } else {
            guard Self.isWhole(body, count: count, width: column.type.width) else { throw .values }
            values = Array(body)
        }
    }

    private mutating func take(_ dictionary: Dictionary, _ body: UnsafeRawBufferPointer) throws(PageFlaw) {
        let entries = dictionary.starts.count - 1
        let width = ValueDictionary.bitWidth(entries)
        guard body.first.map(Int.init) == width,
            let indices = HybridRuns.read(
                UnsafeRawBufferPointer(rebasing: body.dropFirst()), width: width, count: count,
                maximum: UInt32(entries - 1))
        else { throw .dictionary }
        // Entries are in the order of their first use.
        var used: UInt32 = 0
        for index in indices {
            guard index <= used else { throw .dictionary }
            if index == used { used += 1 }
        }
        guard Int(used) == entries else { throw .dictionary }
        (values, starts, self.indices) = (dictionary.values, dictionary.starts, indices)
    }

    /// True if the bytes are exactly so many values.
    private static func isWhole(_ bytes: UnsafeRawBufferPointer, count: Int, width: Int?) -> Bool {
        if let width { return bytes.count == count * width }
        return starts(of: bytes, count: count, width: nil) { _ in }
    }

    /// Entries of a dictionary, as bytes of the encoding PLAIN.
    static func dictionary(
        _ body: UnsafeRawBufferPointer, count: Int, _ type: ColumnSchema.ValueType
    ) throws(PageFlaw) -> Dictionary {
        var starts: [Int] = []
        guard type != .boolean, Self.starts(of: body, count: count, width: type.width, { starts.append($0) }) else {
            throw .values
        }
        return Dictionary(values: Array(body), starts: starts + [body.count])
    }

    private static func starts(
        of bytes: UnsafeRawBufferPointer, count: Int, width: Int?, _ each: (Int) -> Void
    ) -> Bool {
        var next = 0
        for _ in 0..<count {
            each(next)
            if let width {
                next += width
            } else {
                guard bytes.count - next >= 4 else { return false }
                next += 4 + Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: next, as: UInt32.self)))
            }
            guard next <= bytes.count else { return false }
        }
        return next == bytes.count
    }

    /// Passes on the next value, without a length before it. There must be one: ``definition`` says how many there are.
    package mutating func withNext<Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        let place = next
        let hasDictionary = hasDictionary
        let width = column.type.width
        var size = 0
        try values.withBytes { bytes throws(Failure) in
            var start = place
            if hasDictionary { start = starts[Int(indices[place])] }
            if let width {
                size = width
            } else {
                size = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self)))
                start += 4
            }
            try body(UnsafeRawBufferPointer(rebasing: bytes[start..<start + size]))
        }
        next += hasDictionary ? 1 : size + (width == nil ? 4 : 0)
    }

    var statistics: ColumnStatistics {
        values.withUnsafeBytes {
            ColumnStatistics(
                column, nulls: definition.count - count, values: $0, count: hasDictionary ? starts.count - 1 : count)
        }
    }
}
