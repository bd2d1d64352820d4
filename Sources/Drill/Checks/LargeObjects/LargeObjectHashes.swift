import Postgres
import Rows

/// The hash of each large object's contents, read page by page as they are stored (pg_largeobject.h). A page that is
/// missing before the last one reads as zeros.
struct LargeObjectHashes {
    /// By OID. An object without pages is not in it.
    private(set) var byOID: [UInt32: RowHash.Value] = [:]

    /// Bytes in a page: a quarter of a block.
    private let pageSize: Int64
    private let hash = RowHash()
    private var current: UInt32?
    private var count: Int64 = 0
    private let zeros = [UInt8](repeating: 0, count: 64 << 10)

    private init(pageSize: Int64) { self.pageSize = pageSize }

    static func read(over session: Session) async throws -> [UInt32: RowHash.Value] {
        try await session.reading(settings: ["bytea_output": "hex"]) { session in
            let size = try await session.query("SELECT pg_catalog.current_setting('block_size')::int8 / 4")[0]
            var hashes = LargeObjectHashes(pageSize: try size.need(at: 0, as: Int64.self))
            try await session.copyOut(Self.pages) { try hashes.add($0) }
            hashes.close()
            return hashes.byOID
        }
    }

    private static let pages = """
        COPY (SELECT loid, pageno, data FROM pg_catalog.pg_largeobject ORDER BY loid, pageno) TO STDOUT
        """

    /// Takes a row: OID, number of the page, and `\\x` with its bytes in hex.
    private mutating func add(_ row: UnsafeRawBufferPointer) throws {
        guard let oid = Self.number(CopyText.field(at: 0, of: 3, in: row)).flatMap({ UInt32(exactly: $0) }),
            let page = Self.number(CopyText.field(at: 1, of: 3, in: row)),
            let data = CopyText.field(at: 2, of: 3, in: row), data.starts(with: "\\\\x".utf8)
        else { throw PostgresError.unexpectedAnswer("a page of a large object") }
        if oid != current {
            close()
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
    }

    private mutating func close() {
        if let current { byOID[current] = hash.value }
        hash.reset()
        count = 0
        current = nil
    }

    private static func number(_ field: UnsafeRawBufferPointer?) -> Int64? {
        field.flatMap { Int64(String(decoding: $0, as: UTF8.self)) }
    }

    private static func bytes(_ hex: UnsafeRawBufferPointer) -> [UInt8] {
        let digit = { (byte: UInt8) in byte < UInt8(ascii: "a") ? byte &- 0x30 : byte &- UInt8(ascii: "a") &+ 10 }
        return (0..<hex.count / 2).map { digit(hex[2 * $0]) << 4 | digit(hex[2 * $0 + 1]) }
    }
}
