import Files
import Synchronization
import SystemPackage

/// Reads files once, the largest first, so that at the end nobody waits for a large file.
///
/// Each worker reads two files in turns, whose SHA-256 are computed at once. It opens some small files ahead, so that a slow disk has
/// more than one to bring.
package struct FilePass: Sendable {
    /// The most bytes of a piece.
    package static let largestPiece = 1 << 20
    private static let small = 1 << 20
    private static let openedAhead = 16

    private let files: [TreeFile]
    private let workers: Int
    private let order: [Int]

    package init(_ files: [TreeFile], workers: Int) {
        self.files = files
        self.workers = max(1, workers)
        order = files.indices.sorted { files[$0].state.size > files[$1].state.size }
    }

    /// Bytes read by all workers.
    private final class Tally: Sendable {
        let bytes = Atomic<Int64>(0)
    }

    /// - Parameters:
    ///   - progress: called with the bytes read so far, from several tasks.
    ///   - visit: says what is done with a file, by its index; gets its descriptor, which is at its beginning.
    /// - Returns: what the visits returned, in no order.
    /// - Throws: ``Files/FileError``, also when a file has changed since its tree was opened; `Errno`; what a visit throws;
    ///   `CancellationError`.
    package func perform<Result: Sendable>(
        progress: @escaping @Sendable (Int64) -> Void,
        _ visit: @escaping @Sendable (_ index: Int, _ input: FileDescriptor) throws -> FileVisit<Result>
    ) async throws -> [Result] {
        let (next, tally) = (NextIndex(below: files.count), Tally())
        return try await withThrowingTaskGroup(of: [Result].self) { group in
            for _ in 0..<min(workers, max(1, files.count)) {
                group.addTask {
                    try await work(next, visit) { count in
                        progress(tally.bytes.wrappingAdd(Int64(count), ordering: .relaxed).newValue)
                    }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }

    /// One of the two places of a worker.
    private final class Lane<Result> {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: largestPiece, alignment: 4096)
        var file: FileReading<Result>?
        var hash = SHA256Stream()
        var piece = UnsafeRawBufferPointer(start: nil, count: 0)

        deinit { buffer.deallocate() }

        func begin(_ file: FileReading<Result>?) {
            self.file = file
            hash = SHA256Stream()
        }
    }

    private func work<Result: Sendable>(
        _ next: NextIndex, _ visit: (Int, FileDescriptor) throws -> FileVisit<Result>, read: (Int) -> Void
    ) async throws -> [Result] {
        var results: [Result] = []
        var opened: [FileReading<Result>] = []
        let lanes = [Lane<Result>(), Lane<Result>()]
        while true {
            for lane in lanes where lane.file == nil {
                if opened.isEmpty { opened = try open(next, visit).reversed() }
                lane.begin(opened.popLast())
            }
            guard lanes.contains(where: { $0.file != nil }) else { return results }
            for lane in lanes {
                lane.piece = try lane.file?.read(into: lane.buffer) ?? UnsafeRawBufferPointer(start: nil, count: 0)
                if !lane.piece.isEmpty { read(lane.piece.count) }
            }
            let hashed = lanes.filter { $0.file?.isHashed == true && !$0.piece.isEmpty }
            if hashed.count == 2 {
                SHA256Stream.add(hashed[0].piece, to: &hashed[0].hash, hashed[1].piece, to: &hashed[1].hash)
            } else {
                hashed.first?.hash.add(hashed[0].piece)
            }
            for lane in lanes {
                guard let file = lane.file, file.hasEnded else { continue }
                results.append(try file.finish(lane.hash))
                lane.begin(nil)
            }
            try Task.checkCancellation()
            await Task.yield()
        }
    }

    /// Opens the next file, or some of the next if they are small.
    private func open<Result>(
        _ next: NextIndex, _ visit: (Int, FileDescriptor) throws -> FileVisit<Result>
    ) throws -> [FileReading<Result>] {
        var opened: [FileReading<Result>] = []
        while opened.count < Self.openedAhead, let position = next.take() {
            let index = order[position]
            opened.append(try FileReading(files[index]) { try visit(index, $0) })
            if files[index].state.size > Self.small { break }
        }
        return opened
    }
}
