extension ReportPage {
    /// A page by itself: it asks for nothing, and has no script.
    package var html: String { PageTemplates.render(self, "report") + "\n" }

    /// GitHub Flavored Markdown, for the summary of a job. Its size is bounded: the rest is in the report.
    package var markdown: String { PageTemplates.render(MarkdownPage(self), "markdown") + "\n" }

    /// JUnit XML, as CI systems read it: each check is a suite, each finding a case. Failed is a failure, inconclusive an error, not run
    /// is skipped.
    package var junit: String { PageTemplates.render(JUnitPage(self), "junit") + "\n" }
}

/// A report for the summary of a job.
struct MarkdownPage {
    /// Lines of one check that are shown.
    static let most = 20

    let page: ReportPage
    let sign: String
    let attention: [Group]

    struct Group {
        let title: String
        let lines: [Line]
        let more: String?
    }

    struct Line {
        let check: String
        let subject: String
        let said: String
    }

    init(_ page: ReportPage) {
        self.page = page
        sign = page.result.mark.symbol
        attention = page.attention.map { group in
            let lines = group.checks.flatMap { check in
                check.rows.map { Line(check: check.id, subject: $0.subject, said: $0.line) }
            }
            let left = lines.count - Self.most
            return Group(
                title: group.title, lines: Array(lines.prefix(Self.most)),
                more: left > 0 ? "and \(left) more, which the report has" : nil)
        }
    }
}

/// A report as suites and cases.
struct JUnitPage {
    let page: ReportPage
    let suites: [Suite]
    let tests: Int
    let failures: Int
    let errors: Int
    let skipped: Int

    struct Suite {
        let name: String
        let cases: [ReportPage.Row]
        let tests: Int
        let failures: Int
        let errors: Int
        let skipped: Int
        let seconds: String
    }

    init(_ page: ReportPage) {
        self.page = page
        let groups = (page.checks + page.notRun).reduce(into: [(id: String, rows: [ReportPage.Row])]()) {
            groups, check in
            if let index = groups.firstIndex(where: { $0.id == check.id }) {
                groups[index].rows += check.rows
            } else {
                groups.append((check.id, check.rows))
            }
        }
        suites = groups.map { id, rows in
            Suite(
                name: id, cases: rows, tests: rows.count, failures: rows.count(where: \.isFailed),
                errors: rows.count(where: \.isInconclusive), skipped: rows.count(where: \.isNotRun),
                seconds: Numeral.text(rows.compactMap { $0.seconds.flatMap(Double.init) }.reduce(0, +), places: 3))
        }
        // The verdict is a case of its own: a drill that was stopped may have no finding that failed.
        tests = suites.map(\.tests).reduce(1, +)
        failures = suites.map(\.failures).reduce(page.result.isBad ? 1 : 0, +)
        errors = suites.map(\.errors).reduce(page.result.isUnsure ? 1 : 0, +)
        skipped = suites.map(\.skipped).reduce(0, +)
    }
}
