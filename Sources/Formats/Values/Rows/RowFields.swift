import Bytes

/// A field of a row, still with COPY's escapes.
package struct RowField {
    package var bytes: UnsafeRawBufferPointer
    /// Whether there is a backslash in it.
    var hasEscapes: Bool

    @inline(__always)
    var isNull: Bool {
        hasEscapes && bytes.count == 2 && bytes[0] == ASCII.backslash && bytes[1] == UInt8(ascii: "N")
    }
}

/// Takes rows of COPY's text format apart, one after the other. One walk over the bytes of a row finds its end and its fields, and
/// whether all of them are ASCII. Within a value, a tab and a newline are always escaped.
package struct RowFields: ~Copyable {
    /// How many fields a row should have. Those of the last row are there, up to this number.
    private let fields: UnsafeMutableBufferPointer<RowField>
    /// How many fields the last row has.
    package private(set) var count = 0
    /// Whether the last row has only bytes of ASCII, and no byte 0.
    package private(set) var isPlain = true

    package init(columns: Int) {
        fields = .allocate(capacity: columns)
        fields.initialize(repeating: RowField(bytes: UnsafeRawBufferPointer(start: nil, count: 0), hasEscapes: false))
    }

    deinit { fields.deallocate() }

    /// Takes the row that begins at `start`. The memory of its fields is valid as long as that of the row.
    /// - Returns: where its newline is; nil if none comes before `end`.
    package mutating func take(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> UnsafeRawPointer? {
        var place = start
        var open = OpenField(start: start)
        count = 0
        // The highest bit of a byte that is not ASCII; some bit for a byte 0.
        var strange: UInt32 = 0
        while end - place >= ByteBlock.count {
            let block = ByteBlock(place)
            let high = block.mask
            var marks = ((block < 16) | (block == ASCII.backslash)).mask
            while marks != 0 {
                let mark = place + marks.trailingZeroBitCount
                switch mark.load(as: UInt8.self) {
                case ASCII.newline:
                    strange |= high & ((marks & (0 &- marks)) &- 1)
                    return close(&open, at: mark, isPlain: strange == 0)
                case ASCII.tab: note(&open, to: mark)
                case ASCII.backslash: open.hasEscapes = true
                case 0: strange = 1
                default: break
                }
                marks &= marks &- 1
            }
            strange |= high
            place += ByteBlock.count
        }
        while place < end {
            let byte = place.load(as: UInt8.self)
            switch byte {
            case ASCII.newline: return close(&open, at: place, isPlain: strange == 0)
            case ASCII.tab: note(&open, to: place)
            case ASCII.backslash: open.hasEscapes = true
            default: if byte == 0 || byte >= 0x80 { strange = 1 }
            }
            place += 1
        }
        return nil
    }

    /// Takes the last byte off the last field, which is not empty.
    package mutating func dropLastByte() {
        guard count > 0, count <= fields.count, !fields[count - 1].bytes.isEmpty else { return }
        fields[count - 1].bytes = UnsafeRawBufferPointer(rebasing: fields[count - 1].bytes.dropLast())
    }

    /// - Parameter index: less than the number of columns and than ``count``.
    package subscript(index: Int) -> RowField {
        precondition(index >= 0 && index < fields.count && index < count)
        return fields[index]
    }

    /// The fields of a row that has one for each column.
    var all: UnsafeBufferPointer<RowField> { UnsafeBufferPointer(rebasing: fields[..<min(count, fields.count)]) }

    private struct OpenField {
        var start: UnsafeRawPointer
        var hasEscapes = false
    }

    @inline(__always)
    private mutating func note(_ open: inout OpenField, to end: UnsafeRawPointer) {
        if count < fields.count {
            fields[count] = RowField(
                bytes: UnsafeRawBufferPointer(start: open.start, count: end - open.start), hasEscapes: open.hasEscapes)
        }
        count += 1
        open = OpenField(start: end + 1)
    }

    @inline(__always)
    private mutating func close(
        _ open: inout OpenField, at newline: UnsafeRawPointer, isPlain: Bool
    ) -> UnsafeRawPointer {
        note(&open, to: newline)
        self.isPlain = isPlain
        return newline
    }
}
