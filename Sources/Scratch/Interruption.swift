import Dispatch
import Glibc

/// Runs `body` so that SIGINT, SIGTERM, SIGHUP and SIGQUIT cancel it: everything it opened is closed in order before the
/// process ends.
package func cancellingOnSignals<Result: Sendable>(
    onSignal: @escaping @Sendable () -> Void, _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    let task = Task { try await body() }
    let sources = [SIGINT, SIGTERM, SIGHUP, SIGQUIT].map { number in
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler {
            onSignal()
            task.cancel()
        }
        source.resume()
        return source
    }
    defer { for source in sources { source.cancel() } }
    return try await task.value
}
