import Bytes

/// Marks of formats that are more than a start. Each takes the first bytes of a file.
enum FileForm {
    /// - Parameter words: within the first kilobyte.
    static func isText(_ bytes: [UInt8], with words: String) -> Bool {
        let start = bytes.prefix(1024)
        guard start.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || ASCII.isSpace($0) }) else { return false }
        return String(decoding: start, as: UTF8.self).contains(words)
    }

    /// A message of CMS or PKCS #7 in DER (RFC 5652, 3): a sequence of any length, and the type of its content, which is one of
    /// `1.2.840.113549.1.7` or of `1.2.840.113549.1.9.16.1`.
    static func isCMS(_ bytes: [UInt8]) -> Bool {
        guard bytes.count > 20, bytes[0] == 0x30 else { return false }
        let type = bytes.dropFirst(bytes[1] <= 0x80 ? 2 : 2 + Int(bytes[1] & 0x7F))
        let prefix: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01]
        return type.starts(with: [0x06, 0x09] + prefix + [0x07])
            || type.starts(with: [0x06, 0x0B] + prefix + [0x09, 0x10, 0x01])
    }

    /// Text of which each character takes two or four bytes, with a mark in front or without.
    static func isWideText(_ bytes: [UInt8]) -> Bool {
        let marks: [(mark: [UInt8], width: Int, place: Int)] = [
            ([0xFF, 0xFE, 0, 0], 4, 0), ([0, 0, 0xFE, 0xFF], 4, 3), ([0xFF, 0xFE], 2, 0), ([0xFE, 0xFF], 2, 1),
        ]
        return marks.contains { mark, width, place in
            let hasMark = bytes.starts(with: mark)
            let text = bytes.dropFirst(hasMark ? mark.count : 0).prefix(width * (hasMark ? 4 : 8))
            guard text.count >= width * 4 else { return false }
            // Of each group one byte is a printable character, and the others are zero.
            return text.enumerated().allSatisfy { index, byte in
                index % width == place
                    ? byte >= 0x20 && byte < 0x7F || [9, 10, 13].contains(byte) : byte == 0
            }
        }
    }

    /// The first page of a tablespace of InnoDB: page 0, of the type `FIL_PAGE_TYPE_FSP_HDR`, with its own number of the space
    /// twice (`fil0types.h`).
    static func isInnoDB(_ bytes: [UInt8]) -> Bool {
        bytes.count >= 42 && bytes[4..<8].allSatisfy { $0 == 0 } && bytes[24..<26].elementsEqual([0, 8])
            && bytes[34..<38].elementsEqual(bytes[38..<42])
    }

    /// A file of the write-ahead log. `XLOG_PAGE_MAGIC` of PostgreSQL 10 and newer is D1 and a number; the first page of a segment
    /// has the flag 2, and no flag above 8 (`xlog_internal.h`).
    static func isLogSegment(_ bytes: [UInt8]) -> Bool {
        bytes.count >= 4 && bytes[1] == 0xD1 && bytes[0] < 0x40 && bytes[2] & 2 != 0 && bytes[2] < 16 && bytes[3] == 0
    }

    /// A page of a table or an index (`bufpage.h`): its size and the version of its layout, and three places in order.
    static func isRelation(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 8192, bytes[18] == 4, bytes[19] == 0x20, bytes[11] == 0 else { return false }
        func place(_ offset: Int) -> Int { Int(bytes[offset]) | Int(bytes[offset + 1]) << 8 }
        return place(12) >= 24 && place(12) <= place(14) && place(14) <= place(16) && place(16) <= 8192
    }

    /// `ControlFileData`: behind the identifier of the system, the version of the file and that of the catalogue, which is a date
    /// (`pg_control.h`).
    static func isControlFile(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 16 else { return false }
        func number(_ offset: Int) -> Int { (0..<4).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) } }
        return (900..<3000).contains(number(8)) && (200_000_000..<210_000_000).contains(number(12))
    }

    /// A disk, or the file system of one, by what stands at its fixed places: a table of partitions, the label of LVM, ext,
    /// VirtualBox, a CD.
    static func isDiskImage(_ bytes: [UInt8]) -> Bool {
        func has(_ part: [UInt8], _ offset: Int) -> Bool { bytes.dropFirst(offset).starts(with: part) }
        return has(Array("EFI PART".utf8), 512) || has(Array("LABELONE".utf8), 512)
            || bytes.count >= 2048 && (has([0x55, 0xAA], 510) || has([0x53, 0xEF], 1080) && bytes[1083] == 0)
            || has([0x7F, 0x10, 0xDA, 0xBE], 64) || has(Array("CD001".utf8), 32769)
    }
}
