import Dispatch
import Glibc

/// Runs `body` so that SIGINT and SIGTERM cancel it: everything it opened is closed in order, and its report is
/// written, before the process ends.
func cancellingOnSignals<Result: Sendable>(
    _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    let task = Task { try await body() }
    let sources = [SIGINT, SIGTERM].map { number in
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler {
            Terminal.note("\npgassay: stopping; the scratch server is being removed and the report written\n")
            task.cancel()
        }
        source.resume()
        return source
    }
    defer { for source in sources { source.cancel() } }
    return try await task.value
}
