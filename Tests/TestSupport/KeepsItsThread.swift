import Testing

/// For suites whose tests keep their thread to their end: they compute, or wait for a program. Swift runs tests on a thread for each
/// processor; were all of these threads kept, no other test went on, and its servers would wait. So one of these tests runs at a
/// time.
package struct KeepsItsThread: SuiteTrait, TestTrait, TestScoping {
    private static let limit = Limit(1)

    /// Each case of each test waits for itself.
    package var isRecursive: Bool { true }

    package func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        guard testCase != nil else { return try await function() }
        try await holding(1, of: Self.limit) { try await function() }
    }
}

extension Trait where Self == KeepsItsThread {
    package static var keepsItsThread: Self { Self() }
}
