/// Writes structures of Thrift's compact protocol (thrift-compact-protocol.md of Apache Thrift), in which the metadata of a
/// Parquet file is. Fields are written in the order of their numbers.
struct ThriftWriter {
    private(set) var bytes: [UInt8] = []
    /// The number of the field that was written last in the structure that is open.
    private var last: Int

    /// - Parameter last: where the bytes go on within a structure, the number of the field before.
    init(after last: Int = 0) { self.last = last }

    /// Types of fields and of elements, as the protocol numbers them.
    enum Kind: UInt8 {
        case yes = 1
        case no = 2
        case byte = 3
        case i32 = 5
        case i64 = 6
        case binary = 8
        case list = 9
        case structure = 12
    }

    mutating func field(_ id: Int, byte value: Int8) {
        header(id, .byte)
        bytes.append(UInt8(bitPattern: value))
    }

    mutating func field(_ id: Int, i32 value: Int32) {
        header(id, .i32)
        append(zigzag: Int64(value))
    }

    mutating func field(_ id: Int, i64 value: Int64) {
        header(id, .i64)
        append(zigzag: value)
    }

    mutating func field(_ id: Int, is value: Bool) { header(id, value ? .yes : .no) }

    mutating func field(_ id: Int, binary value: some Collection<UInt8>) {
        header(id, .binary)
        element(value)
    }

    mutating func field(_ id: Int, _ body: (inout ThriftWriter) -> Void) {
        header(id, .structure)
        structure(body)
    }

    /// A list; `body` writes one of its elements.
    mutating func field<Elements: Collection>(
        _ id: Int, _ kind: Kind, each elements: Elements, _ body: (inout ThriftWriter, Elements.Element) -> Void
    ) {
        header(id, .list)
        if elements.count < 15 {
            bytes.append(UInt8(elements.count) << 4 | kind.rawValue)
        } else {
            bytes.append(0xf0 | kind.rawValue)
            append(varint: UInt64(elements.count))
        }
        for element in elements { body(&self, element) }
    }

    mutating func element(_ value: some Collection<UInt8>) {
        append(varint: UInt64(value.count))
        bytes += value
    }

    mutating func element(i32 value: Int32) { append(zigzag: Int64(value)) }

    mutating func structure(_ body: (inout ThriftWriter) -> Void) {
        let outer = last
        last = 0
        body(&self)
        bytes.append(0)
        last = outer
    }

    private mutating func header(_ id: Int, _ kind: Kind) {
        bytes.append(Self.header(id, after: last, kind))
        last = id
    }

    /// - Parameter last: not more than 15 below the field's number: no structure of Parquet has larger gaps.
    static func header(_ id: Int, after last: Int, _ kind: Kind) -> UInt8 { UInt8(id - last) << 4 | kind.rawValue }

    private mutating func append(zigzag value: Int64) {
        append(varint: UInt64(bitPattern: value << 1 ^ value >> 63))
    }

    private mutating func append(varint value: UInt64) { Varint.append(value, to: &bytes) }
}

/// Numbers in groups of seven bits, the lowest first (LEB128).
enum Varint {
    static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        var value = value
        while value >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        bytes.append(UInt8(value))
    }

    /// - Parameter next: where it begins; on return, behind it.
    /// - Returns: nil if the bytes end within it, or if it does not fit in 64 bits.
    static func read(_ bytes: UnsafeRawBufferPointer, _ next: inout Int) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard next < bytes.count else { return nil }
            let byte = bytes[next]
            next += 1
            guard shift < 63 || byte <= 1 else { return nil }
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }
}
