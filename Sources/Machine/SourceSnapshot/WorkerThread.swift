import Dispatch

/// A separate thread for a task that reads and writes files. Waiting for a disk would otherwise block a thread of the
/// cooperative pool, which has only as many threads as there are processors.
package final class WorkerThread: TaskExecutor {
    private let queue = DispatchQueue(label: "pgassay.worker")

    package init() {}

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
