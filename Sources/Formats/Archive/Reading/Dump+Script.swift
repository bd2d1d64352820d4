import Compression

extension Dump {
    /// Takes the script of a plain dump apart, to its end or to where it cannot be decoded.
    /// - Parameters:
    ///   - progress: called with the bytes of the file that were read so far; may throw to stop.
    ///   - take: gets each piece of the script, and the parts that end in it.
    ///   - end: gets what is known at the end of the script, if it was reached.
    /// - Returns: why the rest could not be decoded; nil at the end.
    /// - Throws: ``ArchiveError`` where the file cannot be read, or a decoder gets no memory; what the closures throw.
    func readScript(
        _ progress: (Int64) throws -> Void, _ take: (_ chunk: [UInt8], _ parts: [PlainPart]) throws -> Void,
        end: (PlainScriptSummary) -> Void = { _ in }
    ) throws -> DecompressionError? {
        var script = newScript
        var parts: [PlainPart] = []
        var stream = try stream()
        do {
            while let chunk = try stream.read() {
                parts.removeAll(keepingCapacity: true)
                script.consume(chunk, parts: &parts)
                try take(chunk, parts)
                try progress(stream.compressedBytesRead)
            }
            end(script.finish())
            return nil
        } catch ArchiveError.undecodable(_, let problem) where problem != .outOfMemory(problem.algorithm) {
            return problem
        }
    }

    /// What takes its script apart.
    package var newScript: PlainScript { PlainScript(line: section?.line ?? 0) }
}
