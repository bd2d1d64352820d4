import Testing

/// A scenario that is not written as it must be fails with its file and line; an expectation that does not hold fails at
/// its line. Otherwise a slip in a scenario would pass for good.
@Suite struct ScenarioParserTests {
    /// A file with one case, whose steps begin in line 5.
    private static func file(_ steps: String) -> ScenarioFile {
        ScenarioFile("slip.txt", "Title\nPurpose.\n\n=== Case\n" + steps)
    }

    static let slips: [(steps: String, line: Int, words: String)] = [
        ("frobnicate", 5, #""frobnicate" is not known"#),
        ("run pgassay\nexits 0\nstdout hass \"x\"", 7, #"there is: stdout has "WORDS","#),
        ("run pgassay\nexits 0\nstdout has x", 7, "is not known"),
        ("run pgassay\nexits 0\nstdout has \"x\" \"y\"", 7, "is not known"),
        ("run pgassay\nexits zero", 6, #""zero" is not a number"#),
        ("run pgassay\nexits 0\nreport verdikt is failed", 7, "possible are: verdict, cause"),
        ("run pgassay\nexits 0\nreport has a finding:\n    statos is failed", 7, "possible are: check, subject"),
        ("run pgassay\nexits 0\nreport has a finding:\n    status was failed", 7, "possible are: is, is not"),
        ("run pgassay\nexits 0\nreport has a finding:\n    status", 7, "is not like: status is failed"),
        ("run pgassay\nexits 0\nreport has a finding:\nstatus is failed", 7, "must be indented"),
        ("exits 0", 5, "no run whose exit code"),
        ("stdout has \"x\"\nrun pgassay\nexits 0", 5, "nothing was run"),
        ("there is no x\nrun pgassay\nexits 0", 5, "nothing was run"),
        ("# a comment\n\nempty file x", 4, "nothing is run"),
        ("run pgassay", 5, #""exits CODE" is missing"#),
        ("run pgassay\nstdout is empty\nrun pgassay\nexits 0", 5, #""exits CODE" is missing"#),
        ("run pgassay\nexits 0\nexits 0", 7, "no run whose exit code"),
        ("run", 5, "a program is missing"),
        ("run NAME=value", 5, "a program is missing"),
        ("run pgassay \"open", 5, "a quote is not closed"),
        ("run pgassay \"\\q\"", 5, #"\q stands for nothing"#),
        ("run pgassay {their}", 5, "{their} stands for nothing here"),
        ("    empty file x", 5, "belongs to no block"),
        ("file x:\nrun pgassay\nexits 0", 5, "must be indented"),
        ("bytes x:\n    0G", 5, "does not hold bytes"),
        ("bytes x:\n    00 x some", 5, "does not hold bytes"),
        ("set date of x to yesterday", 5, "is not a day"),
        ("set permissions of x to 888", 5, "is not a number"),
        ("for each:\n    a | b\n    1\nrun pgassay {a} {b}\nexits 0", 7, "the table has 2 columns, this line 1"),
        ("for each:\n    a | b\n    1 | 2\nrun pgassay {a}\nexits 0", 6, "nothing uses {b}"),
        ("for each:\n    A\n    1\nrun pgassay {A}\nexits 0", 6, "no name of a column"),
        ("for each:\n    a\nrun pgassay {a}\nexits 0", 5, "at least one more"),
        ("run pgassay\nfor each:\n    a\n    1\nexits {a}", 5, "must come before the steps"),
        ("run pgassay\nexits 0\n=== Case\nrun pgassay\nexits 0", 7, "two cases have the title"),
        ("run pgassay\nexits 0\n===\nrun pgassay\nexits 0", 7, "needs a title"),
        ("run pgassay\nexits 0\n=== Before each case\nrun pgassay\nexits 0", 7, "must be the first"),
        ("for each:\n    a\n    1\n    2\nrun pgassay {a}\nexits 0", 4, "two cases have the title"),
    ]

    @Test(arguments: slips.indices)
    func aSlipIsRefusedWithFileAndLine(_ index: Int) async throws {
        let (steps, line, words) = Self.slips[index]
        let errors = Self.file(steps).cases.compactMap { scenario -> ScenarioError? in
            if case .failure(let error) = scenario.steps { error } else { nil }
        }
        let error = try #require(errors.first)
        #expect(error.description.hasPrefix("slip.txt:\(line): "), "\(error)")
        #expect(error.description.contains(words), "\(error)")
    }

    @Test(arguments: [
        ("", 1, "must be a title"), ("\nTitle\nPurpose.\n", 1, "must be a title"),
        ("Title\n\n=== Case\n", 2, "about the purpose"), ("Title\nPurpose.\n", 3, "there is no case"),
        ("Title\nPurpose.\n=== Before each case\nempty file x\n", 5, "there is no case"),
    ])
    func aFileThatIsNotWholeIsRefused(_ text: String, _ line: Int, _ words: String) throws {
        let scenario = try #require(ScenarioFile("slip.txt", text).cases.first)
        let error = try #require(throws: ScenarioError.self) { _ = try scenario.steps.get() }
        #expect(error.line == line)
        #expect(error.problem.contains(words), "\(error)")
    }

    /// The page that explains the format shows every step, and no other.
    @Test func thePageShowsEveryStep() throws {
        let page = try String(contentsOfFile: ScenarioFile.path("README.md").string, encoding: .utf8)
        let shown = try #require(page.components(separatedBy: "```\n").dropLast().last).split(separator: "\n")
        let known = Verb.files.map(\.pattern) + ["run PROGRAM ARGUMENTS"] + Verb.expectations.map(\.pattern)
        #expect(shown.map(String.init) == known)
        for word in ReportField.allCases.map(\.rawValue) + FindingPattern.Field.allCases.map(\.rawValue) {
            #expect(page.contains(word), "\(word)")
        }
    }

    /// A case that is not written as it must be is a test that fails.
    @Test func aSlipFails() async throws {
        let scenario = try #require(Self.file("exits 0").cases.first)
        await #expect(throws: ScenarioError.self) { try await ScenarioRunner.run(scenario) }
    }

    @Test func aTableMakesACaseOfEachRow() throws {
        let cases = ScenarioFile(
            "table.txt",
            """
            Title
            Purpose.
            === Before each case
            empty file x
            === The {a} case
            for each:
                a     | b
                first | drill "a b" | c
                next  |
            run pgassay {b}
            exits 2
            """
        ).cases
        #expect(cases.count == 1, "a row with a cell too many is no case")
        let good = ScenarioFile(
            "table.txt",
            """
            Title
            Purpose.
            === Before each case
            empty file x
            === The {a} case
            for each:
                a     | b
                first | drill "a b"
                next  |
            run pgassay {b}
            exits 2
            """
        ).cases
        #expect(good.map(\.title) == ["The first case", "The next case"])
        let runs = try good.map { scenario in
            try scenario.steps.get().compactMap {
                if case .run(_, let arguments, _) = $0.action { arguments } else { nil }
            }
        }
        #expect(runs == [[["drill", "a b"]], [[]]])
        #expect(try good.allSatisfy { try $0.steps.get().count == 3 })
    }

    /// What does not hold after `pgassay --version`, which prints a line, and after a drill of an empty file, which fails.
    static let untrue = [
        "exits 1", "stdout is empty", "stdout lacks \".\"", "stdout has \"x\"", "stdout begins with \"x\"",
        "stderr has \"x\"", "wrote 1 reports", "there is x", "there is no empty",
        "permissions of empty are 600",
    ]

    static let untrueOfAReport = [
        "exits 0", "wrote no report", "wrote nothing", "report verdict is passed", "report cause is environment",
        "report format is custom", "report compression is gzip", "report location is x", "report account is x",
        "report signed is yes", "report lacks \"predicate\"", "report counts 1 rows in public.x",
        "report counts 1 tables", "report has no phase find",
        "report says objective backupAge is met", "report says objective recoveryTime is missed",
        "report has a finding:\n    check is archive\n    status is passed",
        "report has a finding:\n    check is unknown",
        "report has no finding:\n    status is failed",
        "report has no finding:\n    check is not x\n    cause begins with \"back\"", "report complains of \"x-y\"",
        "report complains of nothing",
    ]

    @Test(arguments: untrue)
    func whatDoesNotHoldFails(_ expectation: String) async throws {
        let exits = expectation.hasPrefix("exits") ? "" : "exits 0\n"
        try await expectIssue("empty file empty\nrun pgassay --version\n" + exits, expectation)
    }

    @Test(arguments: untrueOfAReport)
    func whatDoesNotHoldOfAReportFails(_ expectation: String) async throws {
        let exits = expectation.hasPrefix("exits") ? "" : "exits 1\n"
        try await expectIssue(
            "empty file empty\nrun pgassay drill empty --unsigned --reports reports\n" + exits, expectation)
    }

    /// A report is asked for that was not written; files that are not as a step wants them.
    @Test(arguments: [
        "report verdict is passed", "run pgassay report show {report}\nexits 0", "copy dump no.custom to x", "remove x",
        "cut empty at byte 0", "cut empty after \"x\"", "set byte 0 of empty to 1", "flip a bit in empty",
        "replace \"x\" by \"y\" in empty", "insert before \"x\" in empty:\n    y", "file empty:\n    x",
        "remove *.dump", "run no-such-program\nexits 0",
    ])
    func aStepThatCannotBeDoneFails(_ step: String) async throws {
        try await expectIssue("empty file empty\nrun pgassay --version\nexits 0\n", step)
    }

    /// A run that changes a file which it was only given to read.
    @Test(arguments: ["rm empty", "echo x > empty", "touch -d 2020-01-01 empty"])
    func aChangedFileFails(_ change: String) async throws {
        try await expectIssue("empty file empty\n", "run sh -c \"\(change)\"\nexits 0")
    }

    /// The steps before are done; the last one is an issue at its own line.
    private func expectIssue(_ before: String, _ last: String) async throws {
        let line = 4 + before.split(separator: "\n", omittingEmptySubsequences: false).count
        let scenario = try #require(Self.file(before + last).cases.first)
        _ = try scenario.steps.get()
        try await withKnownIssue {
            try await ScenarioRunner.run(scenario)
        } matching: { issue in
            issue.sourceLocation?.fileID == "CommandTests/slip.txt"
                && issue.sourceLocation.map { line...(line + 1) ~= $0.line } == true
        }
    }
}
