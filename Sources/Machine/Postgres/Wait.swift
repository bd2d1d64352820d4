import Glibc

/// A bounded wait for a socket that also notices when the task is cancelled.
struct Wait {
    enum Outcome { case ready, deadline }

    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private let limit: Duration
    private let heedsCancellation: Bool

    /// - Parameter limit: counted from now.
    init(for limit: Duration, heedsCancellation: Bool = true) {
        start = clock.now
        self.limit = limit
        self.heedsCancellation = heedsCancellation
    }

    /// The limit in seconds, for messages.
    var seconds: Double { limit / .seconds(1) }

    /// - Parameter events: `POLLIN`, `POLLOUT` or both.
    /// - Parameters:
    ///   - answers: what stands between libpq and the server, whose bytes are moved meanwhile.
    ///   - orSent: whether it is also enough that it has sent all bytes on.
    /// - Throws: `CancellationError` when the task is cancelled.
    func wait(
        for events: Int32, on socket: Int32, through answers: AnswerGuard? = nil, orSent: Bool = false
    ) throws -> Outcome {
        while true {
            if heedsCancellation { try Task.checkCancellation() }
            if clock.now - start > limit { return .deadline }
            if let answers {
                answers.exchange()
                var descriptor = pollfd(fd: socket, events: Int16(events), revents: 0)
                if poll(&descriptor, 1, 0) > 0 || orSent && !answers.hasOutput { return .ready }
                answers.pause()
                continue
            }
            var descriptor = pollfd(fd: socket, events: Int16(events), revents: 0)
            // Waits 50 ms at a time, so that a cancellation is soon noticed.
            if poll(&descriptor, 1, 50) > 0 { return .ready }
        }
    }
}
