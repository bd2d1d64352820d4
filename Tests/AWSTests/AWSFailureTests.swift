import Testing

@testable import AWS

@Suite struct AWSFailureTests {
    static let failures: [(String?, String, AWSFailure.Kind)] = [
        ("Throttling", "Rate exceeded", .busy), ("RequestLimitExceeded", "", .busy), ("503", "", .busy),
        ("AccessDenied", "no", .refused), ("DBInstanceNotFound", "", .refused),
        (nil, "Unable to locate credentials", .refused),
        (nil, #"Could not connect to the endpoint URL: "https://x""#, .unanswered),
        (nil, #"Read timeout on endpoint URL: "https://x""#, .unanswered),
    ]

    @Test(arguments: failures)
    func isToldByItsCode(_ code: String?, _ words: String, _ kind: AWSFailure.Kind) {
        #expect(AWSFailure(code: code, words: words, timedOut: false).kind == kind)
    }

    @Test func whatIsStoppedWasNotAnswered() {
        #expect(AWSFailure(code: nil, words: "", timedOut: true).kind == .unanswered)
    }
}

@Suite struct PersistenceTests {
    private func attempts(_ failure: AWSFailure, until deadline: ContinuousClock.Instant) async -> Int {
        var count = 0
        try? await retryingWhileBusy(until: deadline) {
            count += 1
            if count < 4 { throw failure }
        }
        return count
    }

    @Test func whoIsRefusedDoesNotAskAgain() async {
        #expect(
            await attempts(AWSFailure(code: "AccessDenied", words: "", timedOut: false), until: .now + .seconds(3600))
                == 1)
    }

    @Test func whoIsPutOffAsksAgain() async {
        #expect(
            await attempts(AWSFailure(code: "Throttling", words: "", timedOut: false), until: .now + .seconds(3600))
                == 4)
    }

    @Test func butNotAfterTheDeadline() async {
        #expect(await attempts(AWSFailure(code: "Throttling", words: "", timedOut: false), until: .now) == 1)
    }

    @Test func whoGetsNoAnswerAsksThreeTimes() async {
        #expect(await attempts(AWSFailure(code: nil, words: "", timedOut: true), until: .now + .seconds(3600)) == 3)
    }
}
