extension Wrapper {
    /// The dump, which is then read through the compression around it: nothing is written. All of it is decoded once for that, because
    /// only then its size is known.
    /// - Parameter progress: called with the bytes of the file read so far; may throw to stop.
    /// - Returns: nil for a directory dump in a tar file, whose files come in another order than they are read in.
    /// - Throws: ``ArchiveError`` for a damaged wrapper or a damaged dump; what `progress` throws.
    package func dump(_ progress: (Int64) throws -> Void) throws -> Dump? {
        if case .directory = content { return nil }
        var stream = try DumpStream(InputFile(file), layers: layers)
        let buffer = ReadingBuffer()
        while try stream.read(into: buffer.bytes) > 0 { try progress(stream.compressedBytesRead) }
        return try Dump.open(file, within: Dump.Wrapping(layers: layers, size: stream.bytesRead))
    }
}
