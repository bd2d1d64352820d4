import Dispatch
import Files
import Glibc
import Synchronization

/// Parts of a dump, which several threads read at the same time: which of them is the next, and how many bytes were read.
final class SharedReading: Sendable {
    /// The numbers of the parts in the order in which they are begun.
    private let order: [Int]
    private let next: NextIndex
    /// The part that is larger than all others together. While it is read, another thread looks at its rows; nil where there is none.
    private let dominant: Int?
    private let bytes = Atomic<Int64>(0)
    private let isStopped = Atomic<Bool>(false)
    private let running: Atomic<Int>
    private let failure = Mutex<(any Error)?>(nil)
    private let changed = DispatchSemaphore(value: 0)

    private struct Stopped: Error {}

    /// The most threads: each has its own buffers.
    private static let most = 8

    /// Reads parts on as many threads as there are processors, while this thread tells the progress. When this returns or throws, all
    /// of them have ended.
    /// - Parameters:
    ///   - sizes: of the parts, in bytes.
    ///   - inOrder: whether one thread reads one part after the other, as they come; else the largest is begun first.
    ///   - progress: called from time to time with the bytes read so far; may throw to stop.
    ///   - work: called once on each thread; takes one part after the other with ``nextPart()``.
    /// - Throws: what `progress` throws; the first that `work` throws, which stops the others.
    static func run(
        _ sizes: [Int64], inOrder: Bool = false, _ progress: (Int64) throws -> Void,
        _ work: @escaping @Sendable (SharedReading) throws -> Void
    ) throws {
        guard !sizes.isEmpty else { return }
        let processors = max(2, min(most, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        let threads = inOrder ? 1 : min(sizes.count, processors)
        let reading = SharedReading(sizes, inOrder: inOrder, threads: threads)
        for _ in 0..<threads {
            // A queue of its own is a thread of its own.
            DispatchQueue(label: "pgassay.reading").async { reading.run(work) }
        }
        var stopped: (any Error)?
        while reading.isRunning() {
            guard stopped == nil else { continue }
            do {
                try progress(reading.bytes.load(ordering: .relaxed))
            } catch {
                stopped = error
                reading.isStopped.store(true, ordering: .relaxed)
            }
        }
        if let error = stopped ?? reading.failure.withLock({ $0 }) { throw error }
        try progress(reading.bytes.load(ordering: .relaxed))
    }

    private init(_ sizes: [Int64], inOrder: Bool, threads: Int) {
        order = inOrder ? Array(sizes.indices) : sizes.indices.sorted { sizes[$0] > sizes[$1] }
        next = NextIndex(below: sizes.count)
        dominant = sizes.indices.max { sizes[$0] < sizes[$1] }.flatMap { 2 * sizes[$0] > sizes.reduce(0, +) ? $0 : nil }
        running = Atomic(threads)
    }

    /// The number of a part that no thread has begun.
    /// - Returns: nil where there is none.
    func nextPart() -> Int? {
        guard !isStopped.load(ordering: .relaxed) else { return nil }
        return next.take().map { order[$0] }
    }

    /// A thread that looks at the rows of a part while they are read; nil where that costs more than it gains, because other parts
    /// are read at the same time.
    func rowsThread(of part: Int) -> RowsThread? { part == dominant ? RowsThread() : nil }

    /// Notes that so many more bytes were read.
    /// - Throws: where another thread failed, or the reading was stopped.
    func add(_ count: Int64) throws {
        bytes.wrappingAdd(count, ordering: .relaxed)
        changed.signal()
        if isStopped.load(ordering: .relaxed) { throw Stopped() }
    }

    private func run(_ work: (SharedReading) throws -> Void) {
        do {
            try work(self)
        } catch is Stopped {
            // Whoever stopped it says why.
        } catch {
            failure.withLock { $0 = $0 ?? error }
            isStopped.store(true, ordering: .relaxed)
        }
        running.wrappingSubtract(1, ordering: .acquiringAndReleasing)
        changed.signal()
    }

    /// Waits for something new.
    /// - Returns: false when all threads have ended.
    private func isRunning() -> Bool {
        changed.wait()
        return running.load(ordering: .acquiring) > 0
    }
}
