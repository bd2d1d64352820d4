import Bytes

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension PlainScript {
    /// Moves to the end of the rows, or of the chunk. For psql, `\.` ends the rows only if it is the whole line.
    mutating func lexCopyData(_ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int) {
        guard let base = bytes.baseAddress else { return }
        while index < bytes.count {
            if copyProgress == .row {
                guard let newline = memchr(base + index, Int32(ASCII.newline), bytes.count - index) else {
                    index = bytes.count
                    return
                }
                index = UnsafeRawPointer(newline) - UnsafeRawPointer(base) + 1
                copyProgress = .lineStart
                continue
            }
            let byte = bytes[index]
            index += 1
            switch (copyProgress, byte) {
            case (.lineStart, ASCII.backslash): copyProgress = .backslash
            case (.backslash, UInt8(ascii: ".")): copyProgress = .period
            case (.period, ASCII.carriageReturn): copyProgress = .carriageReturn
            case (.period, ASCII.newline), (.carriageReturn, ASCII.newline):
                mode = .code
                return
            case (_, ASCII.newline): copyProgress = .lineStart
            default: copyProgress = .row
            }
        }
    }
}
