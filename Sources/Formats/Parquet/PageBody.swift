import Rows

/// The bytes of a page of data before compression: levels, then values.
enum PageBody {
    static func encoded(_ column: ColumnValues, _ dictionary: ValueDictionary?) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(column.values.count + column.definition.count / 4 + 64)
        if column.column.isList { append(levels: column.repetition, maximum: 1, to: &bytes) }
        append(levels: column.definition, maximum: column.column.maximumDefinition, to: &bytes)
        if let dictionary {
            bytes.append(UInt8(dictionary.bitWidth))
            HybridRuns.append(dictionary.indices, width: dictionary.bitWidth, to: &bytes)
        } else {
            column.values.withUnsafeBytes { values in
                if column.column.type == .boolean { pack(values, to: &bytes) } else { bytes += values }
            }
        }
        return bytes
    }

    /// Levels have their length before them.
    private static func append(levels: [UInt8], maximum: UInt8, to bytes: inout [UInt8]) {
        let start = bytes.count
        bytes += [0, 0, 0, 0]
        HybridRuns.append(levels, width: HybridRuns.width(of: Int(maximum)), to: &bytes)
        withUnsafeBytes(of: UInt32(bytes.count - start - 4).littleEndian) {
            bytes.replaceSubrange(start..<start + 4, with: $0)
        }
    }

    /// Booleans, eight to a byte, the first in the lowest bit.
    private static func pack(_ values: UnsafeRawBufferPointer, to bytes: inout [UInt8]) {
        for start in stride(from: 0, to: values.count, by: 8) {
            var byte: UInt8 = 0
            for (bit, value) in values[start..<min(start + 8, values.count)].enumerated() {
                byte |= value << UInt8(bit)
            }
            bytes.append(byte)
        }
    }

    /// Takes levels, with their length before them, from the beginning of some bytes.
    static func takeLevels(
        _ bytes: inout UnsafeRawBufferPointer, count: Int, maximum: UInt8
    ) throws(PageFlaw) -> [UInt8] {
        guard bytes.count >= 4 else { throw .levels }
        let size = Int(UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self)))
        guard size <= bytes.count - 4 else { throw .levels }
        let runs = UnsafeRawBufferPointer(rebasing: bytes[4..<4 + size])
        bytes = UnsafeRawBufferPointer(rebasing: bytes[(4 + size)...])
        let width = HybridRuns.width(of: Int(maximum))
        guard let levels = HybridRuns.read(runs, width: width, count: count, maximum: maximum) else { throw .levels }
        return levels
    }

    static func unpackBooleans(_ bytes: UnsafeRawBufferPointer, count: Int) throws(PageFlaw) -> [UInt8] {
        guard bytes.count == (count + 7) / 8, count % 8 == 0 || bytes[bytes.count - 1] >> UInt8(count % 8) == 0 else {
            throw .values
        }
        return (0..<count).map { bytes[$0 / 8] >> UInt8($0 % 8) & 1 }
    }
}
