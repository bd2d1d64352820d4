import Dispatch

/// Gives the bytes of streams, which follow one another, to a sink each, on another thread: it looks at rows while the thread that
/// reads decodes the next ones. Bytes that wait there are copies, and few.
final class RowsThread: Sendable {
    private let queue = DispatchQueue(label: "pgassay.rows")
    private let pieces = WaitingPieces()

    /// Calls `body` with a sink whose bytes `sink` takes on the other thread. When this returns, it has taken all of them.
    func beside<Result>(_ sink: any DataSink, _ body: (any DataSink) throws -> Result) rethrows -> Result {
        let beside = SinkBeside(sink, queue, pieces)
        defer { beside.wait() }
        return try body(beside)
    }

    /// A sink whose bytes `sink` takes on the other thread.
    func beside(_ sink: any DataSink) -> SinkBeside { SinkBeside(sink, queue, pieces) }
}

final class SinkBeside: DataSink, @unchecked Sendable {
    // Sendable: only the other thread uses the sink, until wait() or finish() has returned.
    private let sink: any DataSink
    private let queue: DispatchQueue
    private let pieces: WaitingPieces

    fileprivate init(_ sink: any DataSink, _ queue: DispatchQueue, _ pieces: WaitingPieces) {
        (self.sink, self.queue, self.pieces) = (sink, queue, pieces)
    }

    func take(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes
        while !rest.isEmpty {
            let piece = pieces.fill(from: rest)
            rest = UnsafeRawBufferPointer(rebasing: rest[piece.count...])
            queue.async { [self] in
                sink.take(piece.bytes)
                pieces.giveBack()
            }
        }
    }

    /// Waits until the sink has taken everything.
    func wait() { queue.sync {} }

    /// Waits until the sink has taken everything.
    func finish() -> String? { queue.sync { sink.finish() } }
}

/// Memory for the bytes that wait, used in turn: the other thread takes them in the order in which they came.
private final class WaitingPieces: @unchecked Sendable {
    struct Piece: @unchecked Sendable {
        let bytes: UnsafeRawBufferPointer
        var count: Int { bytes.count }
    }

    private static let most = 8
    private let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: most * DumpStream.chunkSize, alignment: 64)
    private let free = DispatchSemaphore(value: most)
    /// Only the thread that reads uses it.
    private var next = 0

    deinit { memory.deallocate() }

    /// Copies as many bytes as one piece holds. Waits while all pieces are in use.
    func fill(from bytes: UnsafeRawBufferPointer) -> Piece {
        free.wait()
        let count = min(bytes.count, DumpStream.chunkSize)
        let place = UnsafeMutableRawBufferPointer(rebasing: memory[(next * DumpStream.chunkSize)...].prefix(count))
        next = (next + 1) % Self.most
        place.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes.prefix(count)))
        return Piece(bytes: UnsafeRawBufferPointer(place))
    }

    func giveBack() { free.signal() }
}
