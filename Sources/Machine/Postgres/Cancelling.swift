import CLibPQ
import Dispatch

/// Asks the server to stop what a connection runs. A postmaster that is stopped itself takes the request and never
/// answers it, and libpq waits for ever, so the wait is given up after ``longest``.
struct Cancelling: @unchecked Sendable {
    // Sendable: PQcancel may be called from any thread (libpq, 34.7), and the request is freed by the one call that
    // uses it.

    private static let longest = DispatchTimeInterval.seconds(10)

    private let request: OpaquePointer

    init?(_ connection: OpaquePointer) {
        guard let request = PQgetCancel(connection) else { return nil }
        self.request = request
    }

    /// - Returns: whether the server has taken the request. Call it once.
    func send() -> Bool {
        let done = DispatchSemaphore(value: 0)
        DispatchQueue.global().async {
            var message = [CChar](repeating: 0, count: 256)
            _ = PQcancel(request, &message, Int32(message.count))
            PQfreeCancel(request)
            done.signal()
        }
        return done.wait(timeout: .now() + Self.longest) == .success
    }
}
