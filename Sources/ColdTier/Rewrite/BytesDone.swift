import Synchronization

/// How many bytes several workers have done.
final class BytesDone: Sendable {
    let total: Int64
    private let done = Mutex<Int64>(0)

    init(total: Int64) { self.total = total }

    /// - Returns: how many there are now.
    func add(_ bytes: Int64) -> Int64 {
        done.withLock { done in
            done += bytes
            return done
        }
    }
}
