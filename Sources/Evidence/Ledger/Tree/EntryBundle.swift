/// Entries of a log as one file: each behind its length in two bytes, big-endian (C2SP tlog-tiles, "Log entries").
package enum EntryBundle {
    /// Bytes of the largest entry.
    package static let largestEntry = 65_535
    /// Bytes of the largest bundle.
    package static let largest = Tile.fullWidth * (largestEntry + 2)

    /// - Precondition: no entry is too large.
    package static func encode(_ entries: some Sequence<[UInt8]>) -> [UInt8] {
        entries.reduce(into: []) { bytes, entry in
            precondition(entry.count <= largestEntry)
            bytes += [UInt8(entry.count >> 8), UInt8(entry.count & 0xff)]
            bytes += entry
        }
    }

    /// - Returns: nil if the bytes end within an entry.
    package static func decode(_ bytes: [UInt8]) -> [[UInt8]]? {
        var (entries, offset): ([[UInt8]], Int) = ([], 0)
        while offset < bytes.count {
            guard offset + 2 <= bytes.count else { return nil }
            let count = Int(bytes[offset]) << 8 | Int(bytes[offset + 1])
            guard offset + 2 + count <= bytes.count else { return nil }
            entries.append(Array(bytes[offset + 2..<offset + 2 + count]))
            offset += 2 + count
        }
        return entries
    }
}
