import Evidence
import Findings
import Foundation
import Report
import Testing

@testable import Pages

/// What stands on the page of a report, and that the page decides nothing.
@Suite struct ReportPageTests {
    @Test(arguments: [
        (Verdict.passed, Cause?.none, "PASSED", "good", "All checks that apply succeeded."),
        (.failed, .backup, "FAILED", "bad", "The backup is bad. Do not rely on it."),
        (.failed, .expectation, "FAILED", "bad", "What came back is not what the plan expects."),
        (.failed, .objective, "FAILED", "bad", "An objective was missed. Nothing wrong was found in the backup."),
        (.inconclusive, .environment, "INCONCLUSIVE", "unsure", "A problem on this machine prevented a result."),
        (.inconclusive, .interrupted, "INTERRUPTED", "unsure", "The drill was stopped before it had a result."),
    ])
    func everyVerdictHasItsWords(
        verdict: Verdict, cause: Cause?, word: String, look: String, sentence: String
    ) {
        let result = ReportPage.Result(.drill(verdict: verdict, cause: cause, checks: []), isDrill: true)
        #expect(result.word == word)
        #expect(result.mark.look == look)
        #expect(result.sentence.hasPrefix(sentence), "\(result.sentence)")
        #expect(result.cause == cause?.rawValue)
        // The words are those of the text.
        let text = ReportText.verdict(verdict, cause).written(color: false)
        #expect(text.lowercased().hasPrefix("\(word): \(sentence)".lowercased()))
    }

    @Test func aDrillThatFailed() async throws {
        let report = Report.drill(verdict: .failed, cause: .backup, checks: .mixed)
        let html = ReportPage(try await opened(report), .unchecked).html
        for words in [
            "<h1 id=\"verdict\">", ">FAILED</span>",
            "The backup is bad. Do not rely on it. Of 5 checks: 1 failed, 1 inconclusive.",
            "Signature not checked", "2 rows are missing", "<p class=\"why\">line 1</p><p class=\"why\">line 2</p>",
            "Hazards of the source", "Not run: skipped by the plan", "1 234 567".replacing(" ", with: "\u{202f}"),
            "pgassay report verify shop-weekly.dsse.json --public-key PUBLIC-KEY.pem",
            "&#39;/backups/shop 0.dump&#39;", "14 % of the target", "systemd", "The plan asks for no approval.",
        ] {
            #expect(html.contains(words), "\(words)")
        }
        #expect(!html.contains("{{"))
    }

    @Test func severalDatabasesAreNamedEverywhere() async throws {
        let report = Report.severalDatabases
        let page = ReportPage(try await opened(report), .unchecked)
        for (form, words) in [
            (
                page.html,
                [
                    "<a href=\"#databases\">", "<bdi>crm: public.farmers</bdi>", "1 passed, 1 failed", "not asked",
                    "nobody may connect to the database", "<bdi>old</bdi>",
                    "<bdi>crm, erp, shop on PostgreSQL 16.4</bdi>",
                ]
            ),
            (
                page.markdown,
                [
                    "| crm | 1 passed, 1 failed | ✕ failed |", "| shop | 1 passed | ✓ passed |",
                    "| erp |  | – not asked |",
                    "**row-counts**: crm: public.farmers",
                ]
            ),
            (page.junit, ["name=\"crm: public.farmers\"", "name=\"shop: a_fkey\"", "name=\"erp\""]),
            (
                ReportText.render(report).written(color: false),
                [
                    "\nDatabases\n  crm   failed     1 passed, 1 failed\n  erp   not asked\n  shop  passed     1 passed\n",
                    "    crm: public.farmers: expected at least 100 rows (history), found 7 rows\n",
                    "Not run: nobody may connect to the database\n  drill\n    old: it takes no connections\n",
                    "  databases  crm, erp, shop on PostgreSQL 16.4\n",
                ]
            ),
        ] {
            for word in words { #expect(form.contains(word), "\(word) in \(form)") }
        }
        // What a drill of one database never shows.
        let one = ReportPage(try await opened(.drill()), .unchecked)
        #expect(!one.html.contains("#databases") && !one.markdown.contains("### Databases"))
        #expect(!ReportText.render(.drill()).written(color: false).contains("Databases"))
    }

    @Test func ofASignatureItSaysWhatWasDone() async throws {
        let (report, key) = (Report.drill(), SigningKey.generate())
        let content = try await opened(report, key)
        func words(_ signature: PageSource.Signature) -> String {
            var source = PageSource.unchecked
            source.signature = signature
            return ReportPage(content, source).html
        }
        let ring = KeyRing.Key(key.publicKey, holder: "Anna", roles: [KeyRing.operatorRole])
        let verified = words(.verified(ring, at: report.finished))
        #expect(verified.contains("Signature verified") && verified.contains("of Anna"))
        #expect(verified.contains(key.publicKey.fingerprint) && verified.contains(Timestamp.plain(report.finished)))
        #expect(words(.made(key.publicKey)).contains("The drill signed the report with the key below"))
        #expect(words(.unsigned).contains("it proves nothing to others"))
        for signature in [PageSource.Signature.unsigned, .unchecked, .made(key.publicKey)] {
            #expect(!words(signature).contains("Signature verified"))
        }
    }

    /// Anchors are numbers of ours, and each leads somewhere.
    @Test func everyAnchorLeadsSomewhere() async throws {
        for report in [Report.hostile(), .drill(verdict: .failed, cause: .backup, checks: .mixed), .drill()] {
            let html = ReportPage(try await opened(report), .unchecked).html
            let ids = html.matches(of: #/ id="([^"]*)"/#).map { String($0.1) }
            #expect(Set(ids).count == ids.count)
            let targets = html.matches(of: #/ href="([^"]*)"/#).map { String($0.1) }
            #expect(!targets.isEmpty)
            for target in targets {
                #expect(target.hasPrefix("#") && ids.contains(String(target.dropFirst())), "\(target)")
            }
        }
    }

    @Test func nothingOfAHostileBackupIsMarkup() async throws {
        let html = ReportPage(try await opened(.hostile()), .unchecked).html
        #expect(html.ranges(of: "<style>").count == 1)
        // Whatever begins an element is one of ours.
        let elements = Set(html.matches(of: /<([a-zA-Z!][a-zA-Z0-9]*)/).map { String($0.1) })
        #expect(
            elements.isSubset(of: [
                "a", "bdi", "body", "circle", "code", "dd", "details", "div", "dl", "dt", "figcaption", "figure",
                "footer", "g", "h1", "h2", "h3", "h4", "head", "header", "html", "li", "line", "main", "meta", "nav",
                "p", "path", "polyline", "pre", "rect", "section", "span", "strong", "style", "summary", "svg",
                "table", "tbody", "td", "text", "th", "thead", "time", "title", "tr", "ul", "!doctype",
            ]), "\(elements)")
        for scalar in html.unicodeScalars {
            #expect(scalar == "\n" || TextStyle.isHarmless(scalar), "U+\(String(scalar.value, radix: 16))")
        }
        #expect(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
        #expect(html.contains("default-src &#39;none&#39;") || html.contains("default-src 'none'"))
    }

    @Test func theSameReportGivesTheSamePage() async throws {
        let content = try await opened(.drill(verdict: .failed, cause: .backup, checks: .mixed))
        #expect(ReportPage(content, .unchecked).html == ReportPage(content, .unchecked).html)
    }

    /// Of a check with very many findings, the page has some and counts the rest.
    @Test func manyFindingsAreCounted() async throws {
        let findings = (1...1500).map {
            Finding(id: CheckID("row-counts"), subject: "public.t\($0)", status: .passed, observed: "1")
        }
        let html = ReportPage(try await opened(.drill(checks: findings)), .unchecked).html
        #expect(html.contains(">public.t1000<") && !html.contains(">public.t1001<"))
        #expect(html.contains("and 500 more, which the report has"))
    }

    // MARK: Trend

    @Test func theTrendHasVerifiedDrillsOfThePlanOnly() async throws {
        let drills = (0..<5).map { Report.drill(number: $0, recovery: 200 + Double($0) * 20) }
        var source = PageSource.unchecked
        source.history = .drills(drills + [.drill(plan: "another", number: 9)])
        let page = ReportPage(try await opened(drills[3]), source)
        // Not the later one, nor that of another plan.
        #expect(page.history?.rows.count == 4)
        #expect(page.history?.rows.first?.isThis == true)
        let chart = try #require(page.history?.charts.first)
        #expect(chart.title == "Recovery time" && chart.points.count == 4)
        #expect(chart.last == "4 m 20 s")
        #expect(chart.words == "3 m 20 s to 4 m 20 s, of 4 drills; target 30 m")
        // The first is on the left, the last on the right, the highest on top.
        #expect(chart.points[0].x == "8.0" && chart.points[3].x == "332.0" && chart.points[3].y == "18.0")
        #expect(page.html.contains("role=\"img\" aria-label=\"Recovery time, drill by drill: 3 m 20 s to 4 m 20 s"))
    }

    @Test func withoutAKeyThereIsNoTrend() async throws {
        var source = PageSource.unchecked
        source.history = .none("no key was named")
        let html = ReportPage(try await opened(.drill()), source).html
        #expect(html.contains("<p class=\"note\">no key was named</p>") && !html.contains("<figure>"))
    }

    // MARK: Others

    @Test func markdownIsTextForItsReader() async throws {
        let page = ReportPage(try await opened(.hostile()), .unchecked)
        let read: PageOracle.Markdown = try await PageOracle.read(page.markdown, as: "markdown")
        #expect(
            Set(read.elements).isSubset(of: [
                "h2", "h3", "p", "strong", "blockquote", "table", "thead", "tbody", "tr", "th", "td", "ul", "li",
            ]), "\(read.elements)")
        for name in [Hostile.table, Hostile.markdown, Hostile.entity] {
            #expect(read.text.contains(name), "\(name)")
        }
        let good = ReportPage(try await opened(.drill(checks: .passing + [.hazard])), .unchecked).markdown
        #expect(good.hasPrefix("## ✓ PASSED, with 1 hazard of the source\n"))
        #expect(good.contains("| recovery time | 4 m 12 s | at most 30 m | ✓ met |"))
        #expect(good.contains("| ✓ foreign-keys | 1 passed |"))
    }

    @Test func junitIsReadAsCISystemsReadIt() async throws {
        let page = ReportPage(
            try await opened(.drill(verdict: .failed, cause: .backup, checks: .mixed)), .unchecked)
        let read: PageOracle.JUnit = try await PageOracle.read(page.junit, as: "junit")
        func result(_ suite: String, _ name: String) -> String? {
            read.cases.first { $0.suite == suite && $0.name == name }?.result
        }
        #expect(result("verdict", "verdict") == "failure")
        #expect(result("row-counts", "public.farmers") == "passed")
        #expect(result("row-counts", "public.fields") == "failure")
        #expect(result("indexes", "public.fields_pkey") == "error")
        #expect(result("upkeep", "database") == "skipped")
        #expect(result("visibility-map", "database") == "skipped")
        #expect(result("sequences", "public.s") == "passed")
        #expect(read.cases.count == 8)
        #expect(read.claimed == [8, 2, 1, 2] && read.counted == read.claimed)
        let failure = read.cases.first { $0.name == "public.fields" }
        #expect(failure?.message == "expected 10000 (manifest), found 9998; 2 rows are missing")
    }

    /// No finding failed, and nothing is known: a CI system must not take that for green.
    @Test func junitOfADrillThatWasStoppedIsAnError() async throws {
        let report = Report.drill(
            verdict: .inconclusive, cause: .interrupted,
            checks: [Finding(id: .restore, subject: "d", status: .notRun, gap: .stopped, reason: "stopped")])
        let read: PageOracle.JUnit = try await PageOracle.read(
            ReportPage(try await opened(report), .unchecked).junit, as: "junit")
        #expect(read.claimed == [2, 0, 1, 1])
        let hostile: PageOracle.JUnit = try await PageOracle.read(
            ReportPage(try await opened(.hostile()), .unchecked).junit, as: "junit")
        #expect(hostile.cases.contains { $0.name == Hostile.table })
        #expect(hostile.counted == hostile.claimed)
    }
}
