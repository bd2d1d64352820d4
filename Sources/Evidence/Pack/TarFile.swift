/// A tar file of plain files (POSIX ustar), in memory: the same files always give the same bytes.
enum TarFile {
    struct Member: Sendable, Equatable {
        var name: String
        var bytes: [UInt8]
    }

    private static let block = 512

    /// - Precondition: every name fits (``fits(_:)``).
    static func encode(_ members: [Member]) -> [UInt8] {
        var bytes: [UInt8] = []
        for member in members {
            bytes += header(member)
            bytes += member.bytes
            bytes += padding(member.bytes.count)
        }
        return bytes + [UInt8](repeating: 0, count: 2 * block)
    }

    /// True if a header has room for the name.
    static func fits(_ name: String) -> Bool { split(name) != nil }

    /// Reads what ``encode(_:)`` writes, and nothing else: every byte of it follows from the files.
    /// - Returns: nil if the bytes are anything else.
    static func decode(_ bytes: [UInt8]) -> [Member]? {
        var (members, offset): ([Member], Int) = ([], 0)
        while offset + block <= bytes.count, bytes[offset] != 0 {
            let header = Array(bytes[offset..<offset + block])
            guard let size = octal(header[124..<135]), size <= bytes.count - offset - block else { return nil }
            let (name, prefix) = (text(header[0..<100]), text(header[345..<500]))
            guard let name, let prefix else { return nil }
            let start = offset + block
            members.append(
                Member(name: prefix.isEmpty ? name : "\(prefix)/\(name)", bytes: Array(bytes[start..<start + size])))
            offset = start + (size + block - 1) / block * block
        }
        guard members.allSatisfy({ fits($0.name) }), encode(members) == bytes else { return nil }
        return members
    }

    // MARK: Headers

    private static func header(_ member: Member) -> [UInt8] {
        let (prefix, name) = split(member.name) ?? ("", "")
        var header = [UInt8](repeating: 0, count: block)
        func put(_ text: String, _ place: Int) {
            for (index, byte) in text.utf8.enumerated() { header[place + index] = byte }
        }
        put(name, 0)
        put("0000644\0", 100)
        put("0000000\0", 108)
        put("0000000\0", 116)
        put(octal(member.bytes.count, 11) + "\0", 124)
        put(octal(0, 11) + "\0", 136)
        put("        ", 148)
        put("0", 156)
        put("ustar\u{0}00", 257)
        put(prefix, 345)
        put(octal(header.reduce(0) { $0 + Int($1) }, 6) + "\0 ", 148)
        return header
    }

    private static func split(_ name: String) -> (prefix: String, name: String)? {
        guard name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }), !name.isEmpty else { return nil }
        if name.utf8.count <= 100 { return ("", name) }
        for slash in name.indices.reversed() where name[slash] == "/" {
            let (prefix, rest) = (String(name[..<slash]), String(name[name.index(after: slash)...]))
            if prefix.utf8.count <= 155, 1...100 ~= rest.utf8.count { return (prefix, rest) }
        }
        return nil
    }

    private static func padding(_ count: Int) -> [UInt8] {
        [UInt8](repeating: 0, count: (block - count % block) % block)
    }

    private static func octal(_ number: Int, _ width: Int) -> String {
        let digits = String(number, radix: 8)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func octal(_ bytes: ArraySlice<UInt8>) -> Int? {
        Int(String(decoding: bytes, as: UTF8.self), radix: 8)
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String? {
        String(validating: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}
