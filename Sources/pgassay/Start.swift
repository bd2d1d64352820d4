import Dispatch
import Launcher

/// Where the program begins. Not in an asynchronous function: that has threads already, and a launcher must have one alone.
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
