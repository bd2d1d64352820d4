/// What the header of a tar member says (POSIX ustar, as PostgreSQL's programs write it).
package struct TarHeader: Sendable, Equatable {
    /// The whole path: `tar --format=ustar` puts the beginning of a long one into a field of its own, the prefix.
    package let name: String
    /// Bytes of data.
    package let size: Int64
    package let kind: Kind

    package enum Kind: Sendable, Equatable {
        case file
        case directory
        case link
        /// Any other kind, by its type flag; other programs write such members.
        case other(UInt8)
    }

    init(name: String, size: Int64, kind: Kind) {
        (self.name, self.size, self.kind) = (name, size, kind)
    }

    /// Parses a block of 512 bytes that are not all zeros.
    /// - Throws: ``TarHeaderFlaw``.
    init(_ block: [UInt8]) throws(TarHeaderFlaw) {
        guard Self.octal(block[148..<156]) == Self.checksum(block) else {
            throw TarHeaderFlaw(problem: "the header of a tar member has a wrong checksum")
        }
        guard let size = Self.number(block[124..<136]), size <= Int64.max / 2 else {
            throw TarHeaderFlaw(problem: "the size of a tar member is not a number")
        }
        self.size = size
        // Of the two formats that write `ustar` here, POSIX's alone has a prefix; in GNU's (`ustar  `) these bytes are times.
        let prefix = block[257..<263].elementsEqual("ustar\0".utf8) ? Self.text(block[345..<500]) : ""
        name = (prefix.isEmpty ? "" : prefix + "/") + Self.text(block[..<100])
        switch block[156] {
        case 0, UInt8(ascii: "0"): kind = .file
        case UInt8(ascii: "5"): kind = .directory
        case UInt8(ascii: "2"): kind = .link
        case let flag: kind = .other(flag)
        }
    }

    private static func text(_ field: ArraySlice<UInt8>) -> String {
        String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// The sum of all bytes; the bytes of the checksum field count as spaces.
    private static func checksum(_ header: [UInt8]) -> Int64 {
        var sum: Int64 = 0
        for (index, byte) in header.enumerated() {
            sum += Int64((148..<156).contains(index) ? UInt8(ascii: " ") : byte)
        }
        return sum
    }

    /// Octal digits, or, if the highest bit is set, a number of base 256: sizes from 8 GiB on are written so.
    private static func number(_ field: ArraySlice<UInt8>) -> Int64? {
        guard let first = field.first, first & 0x80 != 0 else { return octal(field) }
        var value: Int64 = 0
        for byte in [first & 0x7F] + field.dropFirst() {
            let (product, overflows) = value.multipliedReportingOverflow(by: 256)
            guard !overflows else { return nil }
            value = product + Int64(byte)
        }
        return value
    }

    private static func octal(_ field: ArraySlice<UInt8>) -> Int64? {
        let digits = field.drop { $0 == UInt8(ascii: " ") }.prefix { $0 != 0 && $0 != UInt8(ascii: " ") }
        return Int64(String(decoding: digits, as: UTF8.self), radix: 8).flatMap { $0 < 0 ? nil : $0 }
    }
}

/// Why a block is not the header of a member.
struct TarHeaderFlaw: Error {
    let problem: String
}
