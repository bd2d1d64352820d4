import Dispatch
import Synchronization
import Values

/// The thread that judges values and collects keys, while another one takes the next rows apart: one for all tables.
final class ValuesThread: Sendable {
    fileprivate let queue = DispatchQueue(label: "pgassay.values")
    private let spare = Mutex<[RowBatch]>([])
    private let free = DispatchSemaphore(value: most)
    /// So many batches of rows wait at most.
    private static let most = 4

    /// An empty batch. Waits while all are in use.
    fileprivate func batch() -> RowBatch {
        free.wait()
        return spare.withLock { $0.popLast() } ?? RowBatch()
    }

    fileprivate func giveBack(_ batch: RowBatch) {
        batch.removeAll()
        spare.withLock { $0.append(batch) }
        free.signal()
    }
}

/// Gives the rows of a table to their inspector, in batches, on another thread. Rows that wait there are copies.
final class InspectorBeside: @unchecked Sendable {
    /// Only the other thread uses it, until ``finish()`` has returned.
    let inspector: RowInspector
    private let thread: ValuesThread
    /// The inspector's keys need it, also while rows of a dump wait that nobody reads any further.
    private let store: KeyStore
    private var batch: RowBatch?

    init(_ inspector: RowInspector, _ thread: ValuesThread, keeping store: KeyStore) {
        self.inspector = inspector
        self.thread = thread
        self.store = store
    }

    // Rows that wait are of a table that could not be read to its end.
    deinit { if let batch { thread.giveBack(batch) } }

    /// Takes a row, as ``Values/RowInspector/take(_:)`` does.
    @inline(__always)
    func take(_ row: UnsafeRawBufferPointer) {
        if let batch, batch.add(row) { return }
        begin(with: row)
    }

    private func begin(with row: UnsafeRawBufferPointer) {
        flush()
        guard row.count <= RowBatch.room else { return thread.queue.sync { inspector.take(row) } }
        let batch = thread.batch()
        _ = batch.add(row)
        self.batch = batch
    }

    /// Notes a row that is too long to be held.
    func passOver() {
        flush()
        thread.queue.sync { inspector.passOver() }
    }

    /// Waits until the inspector has taken everything.
    func finish() {
        flush()
        thread.queue.sync {}
    }

    private func flush() {
        guard let batch else { return }
        self.batch = nil
        thread.queue.async { [self] in
            batch.forEach(inspector.take)
            thread.giveBack(batch)
        }
    }
}

/// Some rows, one behind the other. One thread at a time uses it.
private final class RowBatch: @unchecked Sendable {
    /// Bytes.
    static let room = 256 << 10
    private static let mostRows = 16 << 10
    private let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: room, alignment: 64)
    /// Where each row ends.
    private let ends = UnsafeMutableBufferPointer<Int32>.allocate(capacity: mostRows)
    private var rows = 0
    private var used = 0

    deinit {
        bytes.deallocate()
        ends.deallocate()
    }

    /// - Returns: false if there is no room for the row.
    func add(_ row: UnsafeRawBufferPointer) -> Bool {
        guard row.count <= Self.room - used, rows < Self.mostRows else { return false }
        if let start = row.baseAddress { (bytes.baseAddress! + used).copyMemory(from: start, byteCount: row.count) }
        used += row.count
        ends[rows] = Int32(used)
        rows += 1
        return true
    }

    func removeAll() { (rows, used) = (0, 0) }

    func forEach(_ body: (UnsafeRawBufferPointer) -> Void) {
        var start = 0
        for row in 0..<rows {
            let end = Int(ends[row])
            body(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
            start = end
        }
    }
}
