import Bytes

/// Doubles quotes within quoted text, as CSV requires, block by block.
///
/// JSON has a quote every few bytes, at irregular distances. A branch at each quote would be predicted wrong so often
/// that it would cost more than all the rest. So a block is first stored as if it had no quotes. Then, for each quote,
/// the bytes from that quote on are stored again, one byte further than before: this overwrites what was stored there
/// wrongly. The first of these stores are done even if there is no quote; a store for a quote that does not exist goes
/// behind the block's end, where the next block overwrites it.
enum DoubledQuotes {
    /// How many bytes behind the end of the output may be overwritten.
    static let overrun = 2 * ByteBlock.count + usual

    /// This many quotes in a block are handled without a branch. Measured on JSON: more would cost as much as they
    /// save.
    private static let usual = 2

    /// Copies and doubles quotes, up to a control byte, a backslash, or the last bytes before the end.
    @inline(__always)
    static func write(
        _ input: inout UnsafeRawPointer, _ end: UnsafeRawPointer, to output: inout UnsafeMutableRawPointer
    ) {
        // Stands for "no quote": the bit behind the block.
        let none: UInt32 = 1 << 16
        // A block that begins at any byte of this block must be readable, too.
        while end - input >= 2 * ByteBlock.count {
            let block = ByteBlock(input)
            block.store(output)
            let stop = (Escaped.find(in: block).mask | none).trailingZeroBitCount
            let before = (1 as UInt32) &<< UInt32(truncatingIfNeeded: stop) &- 1
            var quotes = (block == ASCII.quote).mask & before | none
            var added = 0
            for index in 1...usual {
                let place = quotes.trailingZeroBitCount
                ByteBlock(input + place).store(output + (place &+ index))
                quotes = quotes & (quotes &- 1) | none
                // The place is 16 when there is none.
                added &+= 1 &- place &>> 4
            }
            while quotes != none {
                let place = quotes.trailingZeroBitCount
                added &+= 1
                ByteBlock(input + place).store(output + (place &+ added))
                quotes &= quotes &- 1
            }
            input += stop
            output += stop &+ added
            if stop < ByteBlock.count { return }
        }
    }
}
