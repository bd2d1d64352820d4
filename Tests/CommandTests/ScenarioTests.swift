import Testing

/// The command-line scenarios in `Scenarios`: each case of each file is one test case.
@Suite struct ScenarioTests {
    @Test(arguments: try ScenarioFile.all.flatMap(\.cases))
    func holds(_ scenario: Scenario) async throws { try await ScenarioRunner.run(scenario) }
}
