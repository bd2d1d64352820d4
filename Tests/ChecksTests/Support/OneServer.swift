import Scratch
import TestSupport
import Testing

/// One server for all tests of a suite: starting one takes longer than most of them.
struct OneServer: SuiteTrait, TestScoping {
    @TaskLocal static var current: ScratchServer?

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await TestServer.shared { server in
            try await Self.$current.withValue(server) { try await function() }
        }
    }
}

extension Trait where Self == OneServer {
    static var oneServer: Self { Self() }
}
