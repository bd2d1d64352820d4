import Dispatch

/// A thread of its own for a task that reads and writes files: what waits for a disk does not hold up a thread of the
/// cooperative pool, of which there are only as many as processors.
package final class WorkerThread: TaskExecutor {
    private let queue = DispatchQueue(label: "pgassay.worker")

    package init() {}

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
