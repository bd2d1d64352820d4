/// The names that a ZIP file lists at its end (APPNOTE.TXT, 4.3.12 and 4.3.16).
struct ZipListing: Sendable, Equatable {
    /// Of files; directories are left out.
    let names: [String]

    private static let end: [UInt8] = [0x50, 0x4B, 5, 6]
    private static let locator: [UInt8] = [0x50, 0x4B, 6, 7]
    private static let entry: [UInt8] = [0x50, 0x4B, 1, 2]
    private static let endSize = 22
    private static let entrySize = 46
    /// What stands between the list and the end where a number does not fit into 32 bits, in bytes.
    private static let largeEndSize = 56 + 20

    /// - Parameter tail: the last bytes of the file.
    /// - Returns: nil unless the whole list is among them.
    init?(tail: [UInt8]) {
        func number(_ offset: Int, _ size: Int) -> Int? {
            guard offset >= 0, offset + size <= tail.count else { return nil }
            return (0..<size).reduce(0) { $0 | Int(tail[offset + $1]) << (8 * $1) }
        }
        func isAt(_ offset: Int, _ mark: [UInt8]) -> Bool { offset >= 0 && tail.dropFirst(offset).starts(with: mark) }
        // A comment may follow the end.
        let ends = stride(from: tail.count - Self.endSize, through: 0, by: -1)
        guard let end = ends.first(where: { isAt($0, Self.end) }), let size = number(end + 12, 4) else { return nil }
        let listEnd = isAt(end - 20, Self.locator) ? end - Self.largeEndSize : end
        var place = listEnd - size
        guard place >= 0 else { return nil }
        var names: [String] = []
        while place < listEnd {
            guard isAt(place, Self.entry), let name = number(place + 28, 2), let extra = number(place + 30, 2),
                let comment = number(place + 32, 2), place + Self.entrySize + name <= listEnd
            else { return nil }
            let start = place + Self.entrySize
            names.append(String(decoding: tail[start..<start + name], as: UTF8.self))
            place = start + name + extra + comment
        }
        self.names = names.filter { !$0.hasSuffix("/") }
    }
}

extension FileStart {
    /// The files that a ZIP file holds; empty where it cannot be told by the end of the file.
    package var namesInZip: [String] { ZipListing(tail: tail)?.names ?? [] }
}
