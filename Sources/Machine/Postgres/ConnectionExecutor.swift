import Dispatch

/// Runs one connection's blocking libpq calls on a separate queue, so that they never block a thread of the cooperative
/// pool.
final class ConnectionExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "pgassay.connection")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
