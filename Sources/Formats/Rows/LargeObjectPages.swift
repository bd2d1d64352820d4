/// The hash of each large object's contents, read page by page as they are stored (pg_largeobject.h). A page that is
/// missing before the last one reads as zeros.
package struct LargeObjectPages {
    /// Gives the pages of all objects, in order.
    package static let copy = """
        COPY (SELECT loid, pageno, data FROM pg_catalog.pg_largeobject ORDER BY loid, pageno) TO STDOUT
        """

    /// By OID. An object without pages is not in it.
    package private(set) var byOID: [UInt32: RowHash.Value] = [:]

    private let pageSize: Int64
    private let hash = RowHash()
    private var current: UInt32?
    private var count: Int64 = 0
    private let zeros = [UInt8](repeating: 0, count: 64 << 10)

    /// - Parameter pageSize: bytes in a page: a quarter of a block.
    package init(pageSize: Int64) { self.pageSize = pageSize }

    /// Takes a row of ``copy``: OID, number of the page, and `\\x` with its bytes in hex.
    /// - Returns: false for a row of another form; nothing more can be read then.
    package mutating func add(_ row: UnsafeRawBufferPointer) -> Bool {
        guard let oid = Self.number(CopyText.field(at: 0, of: 3, in: row)).flatMap({ UInt32(exactly: $0) }),
            let page = Self.number(CopyText.field(at: 1, of: 3, in: row)),
            let data = CopyText.field(at: 2, of: 3, in: row), data.starts(with: "\\\\x".utf8)
        else { return false }
        if oid != current {
            finish()
            current = oid
        }
        while count < page * pageSize {
            let hole = Int(min(page * pageSize - count, Int64(zeros.count)))
            zeros.withUnsafeBytes { hash.add(UnsafeRawBufferPointer(rebasing: $0[..<hole])) }
            count += Int64(hole)
        }
        let bytes = Self.bytes(UnsafeRawBufferPointer(rebasing: data[3...]))
        bytes.withUnsafeBytes { hash.add($0) }
        count += Int64(bytes.count)
        return true
    }

    /// Call when all rows were added.
    package mutating func finish() {
        if let current { byOID[current] = hash.value }
        hash.reset()
        count = 0
        current = nil
    }

    /// One digest of all objects: each counts as a row, with its OID and its contents.
    /// - Parameters:
    ///   - objects: all that there are, also those without pages.
    ///   - byOID: the contents of those with pages.
    package static func digest(of objects: some Sequence<UInt32>, _ byOID: [UInt32: RowHash.Value]) -> TableDigest {
        let nothing = RowHash().value
        var digest = TableDigest()
        for oid in Set(objects).union(byOID.keys) {
            let contents = byOID[oid] ?? nothing
            let numbers = [UInt64(oid), contents.low, contents.high].map(\.littleEndian)
            let hash = numbers.withUnsafeBytes { RowHash.Value(of: $0) }
            digest.add(row: RowHash.Value(low: hash.low, high: hash.high, count: contents.count))
        }
        return digest
    }

    private static func number(_ field: UnsafeRawBufferPointer?) -> Int64? {
        field.flatMap { Int64(String(decoding: $0, as: UTF8.self)) }
    }

    private static func bytes(_ hex: UnsafeRawBufferPointer) -> [UInt8] {
        let digit = { (byte: UInt8) in byte < UInt8(ascii: "a") ? byte &- 0x30 : byte &- UInt8(ascii: "a") &+ 10 }
        return (0..<hex.count / 2).map { digit(hex[2 * $0]) << 4 | digit(hex[2 * $0 + 1]) }
    }
}
