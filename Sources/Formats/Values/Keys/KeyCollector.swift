import CXXHash
import Rows

/// Collects the keys of some columns of a table, and hands them over to their set many at a time.
final class KeyCollector {
    private let set: KeySet
    private let columns: [(index: Int, kind: KeyKind)]
    private var found = CollectedKeys()
    private var key = ByteBuffer()

    /// So many keys are held.
    private static let most = 1024

    init(_ columns: [(index: Int, kind: KeyKind)], into set: KeySet) {
        (self.columns, self.set) = (columns, set)
        found.keys.reserveCapacity(Self.most)
    }

    /// Takes the key of a row.
    /// - Parameter buffer: any memory.
    func take(_ fields: UnsafeBufferPointer<RowField>, _ buffer: inout ByteBuffer) {
        var nulls = 0
        for column in columns where fields[column.index].isNull { nulls += 1 }
        if nulls > 0 {
            found.nulls += 1
            if nulls < columns.count { found.partialNulls += 1 }
            return
        }
        guard let key = columns.count == 1 ? single(fields, &buffer) : several(fields, &buffer) else {
            found.unreadable += 1
            return
        }
        found.keys.append(key)
        if found.keys.count == Self.most { flush() }
    }

    /// Notes a row whose key is not known.
    func passOver() { found.unreadable += 1 }

    /// Hands over what was collected.
    func flush() {
        set.add(found)
        found.removeAll()
    }

    private func single(_ fields: UnsafeBufferPointer<RowField>, _ buffer: inout ByteBuffer) -> UInt128? {
        let kind = columns[0].kind
        return Self.withText(fields[columns[0].index], &buffer) { text in
            kind.isNumber ? kind.number(text) : kind.bytes(text).map(set.hash)
        }
    }

    private func several(_ fields: UnsafeBufferPointer<RowField>, _ buffer: inout ByteBuffer) -> UInt128? {
        key.removeAll()
        for column in columns {
            let isReadable = Self.withText(fields[column.index], &buffer) { text in
                if column.kind.isNumber {
                    guard let number = column.kind.number(text) else { return false }
                    withUnsafeBytes(of: number) { key.append($0) }
                } else {
                    guard let bytes = column.kind.bytes(text) else { return false }
                    // With the length before it, no two lists of values are one list of bytes.
                    withUnsafeBytes(of: bytes.count) { key.append($0) }
                    key.append(bytes)
                }
                return true
            }
            guard isReadable else { return nil }
        }
        return key.withUnsafeBytes(set.hash)
    }

    @inline(__always)
    private static func withText<Result>(
        _ field: RowField, _ buffer: inout ByteBuffer, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        guard field.hasEscapes else { return body(field.bytes) }
        buffer.removeAll()
        CopyText.unescape(field.bytes, to: &buffer)
        return buffer.withUnsafeBytes(body)
    }
}

extension KeySet {
    /// 128 bits of XXH3, of a number that is drawn anew for each store: whoever writes a dump cannot know which texts have
    /// one hash. That two of a thousand million different keys have one hash by chance happens once in 10^20 dumps; no key
    /// is looked at a second time.
    @inline(__always)
    fileprivate func hash(_ bytes: UnsafeRawBufferPointer) -> UInt128 {
        var (low, high): (UInt64, UInt64) = (0, 0)
        pgassay_xxh3_128_of_seed(bytes.baseAddress, bytes.count, seed, &low, &high)
        return UInt128(high) << 64 | UInt128(low)
    }
}
