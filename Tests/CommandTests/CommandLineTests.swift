import Testing

/// `pgassay --version`. Other command lines, keys and plans are in `Scenarios`.
@Suite struct CommandLineTests {
    @Test func versionIsNoError() async throws {
        try await withDesk { desk in
            let outcome = try await desk.pgassay(["--version"])
            #expect(outcome.exitCode == 0)
            #expect(outcome.output.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
        }
    }
}
