/// Reads a structure of Thrift's compact protocol whose fields are known beforehand: it takes them in one order, and no
/// others, because ``ThriftWriter`` writes no others.
struct ThriftReader {
    private let bytes: UnsafeRawBufferPointer
    /// How many bytes were read.
    private(set) var count = 0
    private var last = 0
    private var outer: [Int] = []

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The 32-bit number in the next field.
    /// - Throws: ``PageFlaw/incomplete``, ``PageFlaw/header``.
    mutating func i32(_ id: Int) throws(PageFlaw) -> Int32 {
        try field(id, .i32)
        let start = count
        guard let value = Varint.read(bytes, &count) else { throw bytes.count - start < 10 ? .incomplete : .header }
        guard let number = Int32(exactly: Int64(bitPattern: value >> 1) ^ -Int64(value & 1)) else { throw .header }
        return number
    }

    /// Enters the structure in the next field.
    mutating func begin(_ id: Int) throws(PageFlaw) {
        try field(id, .structure)
        outer.append(last)
        last = 0
    }

    /// Leaves a structure that has no more fields.
    mutating func end() throws(PageFlaw) {
        guard try take() == 0 else { throw .header }
        last = outer.popLast() ?? 0
    }

    private mutating func field(_ id: Int, _ kind: ThriftWriter.Kind) throws(PageFlaw) {
        guard try take() == ThriftWriter.header(id, after: last, kind) else { throw .header }
        last = id
    }

    private mutating func take() throws(PageFlaw) -> UInt8 {
        guard count < bytes.count else { throw .incomplete }
        count += 1
        return bytes[count - 1]
    }
}
