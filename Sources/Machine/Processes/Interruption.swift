import Dispatch
import Glibc

/// Runs `body` so that SIGINT, SIGTERM, SIGHUP and SIGQUIT cancel it: everything it opened is closed in order before
/// the process ends. `body` begins when the signals are caught; a signal that comes before that ends the process, as by
/// default.
package func cancellingOnSignals<Result: Sendable>(
    onSignal: @escaping @Sendable () -> Void, _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    let caught = AsyncStream.makeStream(of: Never.self)
    let task = Task {
        for await _ in caught.stream {}
        return try await body()
    }
    var sources: [any DispatchSourceSignal] = []
    for number in [SIGINT, SIGTERM, SIGHUP, SIGQUIT] {
        sources.append(
            await catching(number) {
                // Cancel first: `onSignal` can take long when our output is not read.
                task.cancel()
                onSignal()
            })
    }
    defer { for source in sources { source.cancel() } }
    caught.continuation.finish()
    return try await task.value
}

/// Returns once the signal is caught: before that, it would be lost, or end the process.
private func catching(
    _ number: Int32, _ handle: @escaping @Sendable () -> Void
) async -> any DispatchSourceSignal {
    let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
    source.setEventHandler(handler: handle)
    await withCheckedContinuation { continuation in
        source.setRegistrationHandler { continuation.resume() }
        source.resume()
    }
    return source
}
