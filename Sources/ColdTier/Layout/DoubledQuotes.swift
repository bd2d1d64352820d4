import Bytes

/// Quotes within quotes, which CSV doubles, block by block.
///
/// JSON has a quote every few bytes, at no regular distance: a branch at each would be guessed wrong so often that it costs
/// more than all the rest. So a block is stored as if it had no quotes, and then once more from each quote on, one byte
/// further than before: what was stored there wrongly is overwritten. The first of these are done whether there is a quote or
/// not; those of quotes that are not there go behind the block's end, where the next block overwrites them.
enum DoubledQuotes {
    /// How many bytes behind the end of what counts may be overwritten.
    static let overrun = 2 * ByteBlock.count + usual

    /// So many quotes in a block are handled without a branch. Measured on JSON: more cost as much as they save.
    private static let usual = 2

    /// Copies and doubles quotes, up to a control byte, a backslash, or the last bytes before the end.
    @inline(__always)
    static func write(
        _ input: inout UnsafeRawPointer, _ end: UnsafeRawPointer, to output: inout UnsafeMutableRawPointer
    ) {
        // Stands for a quote that is not there: behind the block.
        let none: UInt32 = 1 << 16
        // A block that begins there must be readable, too.
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
