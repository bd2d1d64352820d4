import Dispatch
import Launcher

/// The start of the program. `main` is not asynchronous: an asynchronous function runs when there are several threads already,
/// and the launcher must be the only thread.
@main
enum Start {
    static func main() {
        Launcher.runIfAsked()
        // Before the queues, which open files of their own.
        Terminal.start()
        Task { await PgAssay.run() }
        dispatchMain()
    }
}
