import Files
import Synchronization

/// Reads files once, with several workers, the largest first, so that at the end the workers do not wait for a large
/// file.
struct FilePass: Sendable {
    let files: [DataDirectory.File]
    let workers: Int

    init(_ files: [DataDirectory.File], workers: Int) {
        self.files = files.sorted { $0.size > $1.size }
        self.workers = max(1, workers)
    }

    /// Bytes read by all workers.
    private final class Tally: Sendable {
        let bytes = Atomic<Int64>(0)
    }

    /// - Parameters:
    ///   - progress: called with the bytes read so far, from several tasks.
    ///   - look: reads a file through the buffer of its worker, and calls `read` with the number of bytes of each
    ///     piece.
    /// - Returns: what is wrong with the files, by path.
    /// - Throws: what `look` throws; `CancellationError`.
    func perform(
        progress: @escaping @Sendable (Int64) -> Void,
        _ look:
            @escaping @Sendable (
                DataDirectory.File, _ buffer: UnsafeMutableRawBufferPointer, _ read: (Int) throws -> Void
            ) throws -> [FileFlaw]
    ) async throws -> [FileFlaw] {
        let (next, tally) = (NextIndex(below: files.count), Tally())
        return try await withThrowingTaskGroup(of: [FileFlaw].self) { group in
            for _ in 0..<workers {
                group.addTask {
                    var found: [FileFlaw] = []
                    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
                    defer { buffer.deallocate() }
                    while let index = next.take() {
                        found += try look(files[index], buffer) { count in
                            try Task.checkCancellation()
                            progress(tally.bytes.wrappingAdd(Int64(count), ordering: .relaxed).newValue)
                        }
                        await Task.yield()
                    }
                    return found
                }
            }
            var flaws: [FileFlaw] = []
            for try await found in group { flaws += found }
            return flaws.sorted { $0.path < $1.path }
        }
    }
}
