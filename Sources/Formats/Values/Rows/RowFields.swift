import Bytes

/// A field of a row, still with COPY's escapes.
struct RowField {
    var bytes: UnsafeRawBufferPointer
    /// Whether there is a backslash in it.
    var hasEscapes: Bool

    @inline(__always)
    var isNull: Bool {
        hasEscapes && bytes.count == 2 && bytes[0] == ASCII.backslash && bytes[1] == UInt8(ascii: "N")
    }
}

enum RowFields {
    /// Calls `body` with each field of a row, in their order. Within a value, a tab is always escaped.
    @inline(__always)
    static func forEach(_ row: UnsafeRawBufferPointer, _ body: (_ index: Int, _ field: RowField) -> Void) {
        let (start, end) = row.bounds
        var place = start
        var field = start
        var index = 0
        var hasEscapes = false
        func close(at tab: UnsafeRawPointer, _ escapes: Bool) {
            body(index, RowField(bytes: UnsafeRawBufferPointer(start: field, count: tab - field), hasEscapes: escapes))
            index += 1
            field = tab + 1
            hasEscapes = false
        }
        while end - place >= ByteBlock.count {
            let block = ByteBlock(place)
            var tabs = (block == ASCII.tab).mask
            var backslashes = (block == ASCII.backslash).mask
            while tabs != 0 {
                let before = (tabs & (0 &- tabs)) &- 1
                close(at: place + tabs.trailingZeroBitCount, hasEscapes || backslashes & before != 0)
                backslashes &= ~before
                tabs &= tabs &- 1
            }
            if backslashes != 0 { hasEscapes = true }
            place += ByteBlock.count
        }
        while place < end {
            let byte = place.load(as: UInt8.self)
            if byte == ASCII.tab { close(at: place, hasEscapes) } else if byte == ASCII.backslash { hasEscapes = true }
            place += 1
        }
        close(at: end, hasEscapes)
    }
}
