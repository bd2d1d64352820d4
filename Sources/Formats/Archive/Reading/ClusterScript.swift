import Compression

/// The text of a script of `pg_dumpall`, read once from its beginning to its end: what stands around the dumps, and each dump, one
/// after the other. Memory use is constant.
struct ClusterScript: ~Copyable {
    private var stream: DumpStream
    /// What was read and belongs to the part that follows.
    private var rest: [UInt8] = []
    /// Where the part begins that follows, in the decompressed text.
    private(set) var offset: Int64 = 0
    /// How many line ends are in front of it.
    private(set) var line = 0
    /// What was set around dumps: for their names too, and for each dump until it sets its own.
    private var lexing = PlainScript.Lexing()
    /// Why nothing can be decoded behind ``rest``.
    private var failure: ArchiveError?

    /// How a part ended.
    struct Part {
        let summary: PlainScriptSummary
        /// Nil at the end of the text, and where it could not be decoded further.
        let ending: PlainScript.Ending?
        let problem: DecompressionError?
    }

    /// - Throws: as ``Dump/stream()``.
    init(_ dump: Dump) throws(ArchiveError) { stream = try dump.stream() }

    /// The first bytes of the part that follows.
    /// - Throws: ``ArchiveError`` where the file cannot be read.
    mutating func beginning(_ count: Int) throws(ArchiveError) -> [UInt8] {
        do throws(ArchiveError) {
            while failure == nil, rest.count < count, let chunk = try stream.read(maximum: count - rest.count) {
                rest += chunk
            }
        } catch .undecodable(_, let problem) where problem != .outOfMemory(problem.algorithm) {
            failure = .undecodable(stream.path, problem)
        }
        return Array(rest.prefix(count))
    }

    /// Reads the part that follows, to its end.
    /// - Parameters:
    ///   - progress: called with the bytes of the file that were read so far; may throw to stop.
    ///   - take: gets each piece of it, and the parts that end in it.
    /// - Throws: ``ArchiveError`` where the file cannot be read, or a decoder gets no memory; what the closures throw.
    mutating func read(
        _ scope: PlainScript.Scope, progress: (Int64) throws -> Void = { _ in },
        take: (_ chunk: [UInt8], _ parts: [PlainPart]) throws -> Void
    ) throws -> Part {
        var script = PlainScript(scope, line: line, lexing: lexing)
        var parts: [PlainPart] = []
        var problem: DecompressionError?
        do {
            while script.ending == nil, let chunk = try nextChunk() {
                parts.removeAll(keepingCapacity: true)
                let count = script.consume(chunk, parts: &parts)
                if count < chunk.count { rest = Array(chunk[count...]) }
                offset += Int64(count)
                try take(chunk, parts)
                try progress(stream.compressedBytesRead)
            }
        } catch ArchiveError.undecodable(_, let found) where found != .outOfMemory(found.algorithm) {
            problem = found
        }
        // The last line may have no end.
        let summary = script.finish()
        line = summary.lines
        if scope == .aroundDumps { lexing = script.lexing }
        return Part(summary: summary, ending: script.ending, problem: problem)
    }

    private mutating func nextChunk() throws(ArchiveError) -> [UInt8]? {
        if rest.isEmpty {
            if let failure { throw failure }
            return try stream.read()
        }
        defer { rest = [] }
        return rest
    }
}
