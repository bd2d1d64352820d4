import Dispatch

/// The thread that looks at rows while the thread that reads the dump decodes the next ones: one for all streams, which follow one
/// another.
final class RowsThread: Sendable {
    fileprivate let queue = DispatchQueue(label: "pgassay.rows")
    fileprivate let pieces = WaitingPieces()

    /// A sink that takes its bytes on this thread.
    func beside(_ sink: any DataSink) -> SinkBeside { SinkBeside(sink, self) }
}

/// Gives the bytes of a stream to a sink on another thread. Bytes that wait there are copies, and few.
final class SinkBeside: DataSink, @unchecked Sendable {
    /// Only the other thread uses it, until ``finish()`` has returned.
    let sink: any DataSink
    private let thread: RowsThread

    fileprivate init(_ sink: any DataSink, _ thread: RowsThread) {
        self.sink = sink
        self.thread = thread
    }

    func take(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes
        while !rest.isEmpty {
            let piece = thread.pieces.fill(from: rest)
            rest = UnsafeRawBufferPointer(rebasing: rest[piece.count...])
            thread.queue.async { [self] in
                sink.take(piece.bytes)
                thread.pieces.giveBack()
            }
        }
    }

    /// Waits until the sink has taken everything.
    func finish() -> String? { thread.queue.sync { sink.finish() } }
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
