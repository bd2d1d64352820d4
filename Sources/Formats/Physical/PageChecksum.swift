import CIntrinsics

/// The checksum of a page of a relation, as PostgreSQL computes it where data checksums are on (`pg_checksum_page`): 32
/// interleaved FNV-1a sums over its 32-bit words, folded into 16 bits and mixed with the number of the block.
package enum PageChecksum {
    /// Bytes of a page: `BLCKSZ`, as every packaged PostgreSQL is built.
    package static let pageSize = 8192

    /// What is wrong with a page.
    package struct Mismatch: Sendable, Equatable {
        /// The number of the page in its relation, 0-based, counted over all of the relation's files.
        package let block: UInt32
        package let stored: UInt16
        package let computed: UInt16
    }

    /// Checks one page.
    /// - Parameters:
    ///   - page: as it is stored, `pageSize` bytes.
    ///   - block: its number in its relation, counted over all of the relation's files.
    ///   - limit: a page that was changed at or after this position is not checked: it may have been copied while it
    ///     was being written, and the log has a whole copy of it.
    /// - Returns: nil where the checksum is right, or the page is new: a page that was never written has no checksum.
    package static func mismatch(
        _ page: UnsafeRawBufferPointer, block: UInt32, changedBefore limit: LogPosition?
    ) -> Mismatch? {
        // PageIsNew: `pd_upper` is 0. Such a page must be all zeros.
        let upper = UInt16(littleEndian: page.loadUnaligned(fromByteOffset: 14, as: UInt16.self))
        if upper == 0 {
            return page.allSatisfy { $0 == 0 } ? nil : Mismatch(block: block, stored: 0, computed: 0)
        }
        if let limit, lastChange(of: page) >= limit { return nil }
        let stored = UInt16(littleEndian: page.loadUnaligned(fromByteOffset: 8, as: UInt16.self))
        let computed = checksum(page, block: block)
        return stored == computed ? nil : Mismatch(block: block, stored: stored, computed: computed)
    }

    /// `pd_lsn`: where the record of the page's last change ends in the log; 0/0 where no log has any.
    static func lastChange(of page: UnsafeRawBufferPointer) -> LogPosition {
        let high = UInt32(littleEndian: page.loadUnaligned(fromByteOffset: 0, as: UInt32.self))
        let low = UInt32(littleEndian: page.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
        return LogPosition(UInt64(high) << 32 | UInt64(low))
    }

    /// - Parameter page: `pageSize` bytes; its checksum field counts as zero.
    package static func checksum(_ page: UnsafeRawBufferPointer, block: UInt32) -> UInt16 {
        precondition(page.count == pageSize)
        return UInt16((sum(page) ^ block) % 65535 + 1)
    }

    private static func sum(_ page: UnsafeRawBufferPointer) -> UInt32 {
        #if arch(x86_64)
            if hasInstructions {
                return pgassay_page_sum(page.baseAddress?.assumingMemoryBound(to: UInt8.self), starts)
            }
        #endif
        return portableSum(page)
    }

    #if arch(x86_64)
        private static let hasInstructions = pgassay_has_avx2() != 0
    #endif

    /// The 32 sums, folded into one.
    static func portableSum(_ page: UnsafeRawBufferPointer) -> UInt32 {
        var (first, second, third, fourth) = (lanes(0), lanes(1), lanes(2), lanes(3))
        for row in stride(from: 0, to: pageSize, by: 128) {
            var words = page.loadUnaligned(fromByteOffset: row, as: Lanes.self)
            // `pd_checksum` is the lower half of the third word.
            if row == 0 { words[2] &= 0xFFFF_0000 }
            mix(&first, words)
            mix(&second, page.loadUnaligned(fromByteOffset: row + 32, as: Lanes.self))
            mix(&third, page.loadUnaligned(fromByteOffset: row + 64, as: Lanes.self))
            mix(&fourth, page.loadUnaligned(fromByteOffset: row + 96, as: Lanes.self))
        }
        for _ in 0..<2 {
            mix(&first, .zero)
            mix(&second, .zero)
            mix(&third, .zero)
            mix(&fourth, .zero)
        }
        let sums = first ^ second ^ third ^ fourth
        var folded: UInt32 = 0
        for lane in 0..<Lanes.scalarCount { folded ^= sums[lane] }
        return folded
    }

    /// Eight of the 32 sums. With the widest vectors, the compiled code is 50 times slower.
    private typealias Lanes = SIMD8<UInt32>

    private static func lanes(_ number: Int) -> Lanes { Lanes(starts[(number * 8)..<(number * 8 + 8)]) }

    @inline(__always)
    private static func mix(_ sums: inout Lanes, _ words: Lanes) {
        let mixed = sums ^ words
        sums = (mixed &* Lanes(repeating: 16_777_619)) ^ (mixed &>> 17)
    }

    /// The start values of the sums (`checksumBaseOffsets`).
    private static let starts: [UInt32] = [
        0x5B1F_36E9, 0xB852_5960, 0x02AB_50AA, 0x1DE6_6D2A, 0x79FF_467A, 0x9BB9_F8A3, 0x217E_7CD2, 0x83E1_3D2C,
        0xF8D4_474F, 0xE39E_B970, 0x42C6_AE16, 0x9932_16FA, 0x7B09_3B5D, 0x98DA_FF3C, 0xF718_902A, 0x0B1C_9CDB,
        0xE58F_764B, 0x1876_36BC, 0x5D7B_3BB1, 0xE73D_E7DE, 0x92BE_C979, 0xCCA6_C0B2, 0x304A_0979, 0x85AA_43D4,
        0x7831_25BB, 0x6CA8_EAA2, 0xE407_EAC6, 0x4B5C_FC3E, 0x9FBF_8C76, 0x15CA_20BE, 0xF2CA_9FD3, 0x959B_D756,
    ]
}
