/// Waits that grow, so that a service which is busy is not kept busy by being asked.
package struct Pauses: Sendable {
    private var next: Duration
    private let longest: Duration

    package init(from first: Duration = .seconds(1), upTo longest: Duration = .seconds(30)) {
        next = first
        self.longest = longest
    }

    /// - Throws: `CancellationError`.
    package mutating func wait() async throws {
        // Others who were refused at the same moment do not all come back at the same moment.
        try await Task.sleep(for: next * Double.random(in: 0.75...1))
        next = min(longest, next * 1.5)
    }
}

/// Repeats a request while the service is too busy for it, and a few times while there is no answer at all.
/// - Parameters:
///   - deadline: after it nothing is repeated.
///   - onBusy: told what the service said before each pause.
/// - Throws: what `body` throws when it is not repeated; `CancellationError`.
package func retryingWhileBusy<Result>(
    until deadline: ContinuousClock.Instant, onBusy: (AWSFailure) -> Void = { _ in },
    _ body: () async throws -> Result
) async throws -> Result {
    var (pauses, unanswered) = (Pauses(), 0)
    while true {
        do {
            return try await body()
        } catch let failure as AWSFailure where failure.kind != .refused {
            unanswered = failure.kind == .unanswered ? unanswered + 1 : 0
            guard unanswered < mostUnanswered, .now < deadline else { throw failure }
            onBusy(failure)
            try await pauses.wait()
        }
    }
}

/// Requests in a row without an answer, each of which was waited for with all patience.
private let mostUnanswered = 3
