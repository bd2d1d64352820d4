import Bytes

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension PlainScript {
    /// Moves to the end of the rows, or of the chunk. As for psql, `\.` ends the rows only if it is the whole line.
    mutating func lexCopyData(
        _ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int, _ parts: inout [PlainPart]
    ) {
        guard let base = bytes.baseAddress else { return }
        /// Where the rows begin that are not a part yet, and the line that may end them.
        var start = index
        var line = index
        while index < bytes.count {
            if copyProgress == .row {
                guard let newline = memchr(base + index, Int32(ASCII.newline), bytes.count - index) else {
                    index = bytes.count
                    break
                }
                index = UnsafeRawPointer(newline) - UnsafeRawPointer(base) + 1
                line = index
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
                // What is held began the line that has ended, so it was no row.
                if heldRows.isEmpty { append(start..<line, &parts) }
                heldRows.removeAll(keepingCapacity: true)
                parts.append(.endOfRows)
                mode = .code
                return
            default:
                if !heldRows.isEmpty {
                    parts.append(.heldRows(heldRows))
                    heldRows.removeAll(keepingCapacity: true)
                }
                copyProgress = byte == ASCII.newline ? .lineStart : .row
                line = index
            }
        }
        if [.lineStart, .row].contains(copyProgress) {
            append(start..<index, &parts)
        } else {
            if heldRows.isEmpty { append(start..<line, &parts) } else { line = start }
            heldRows += bytes[line..<index]
            start = index
        }
    }

    private func append(_ rows: Range<Int>, _ parts: inout [PlainPart]) {
        if !rows.isEmpty { parts.append(.rows(rows)) }
    }
}
