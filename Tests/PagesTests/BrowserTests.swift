import Evidence
import Findings
import Foundation
import Report
import TestSupport
import Testing

@testable import Pages
@testable import Site

/// What a browser makes of pages.
@Suite struct BrowserTests {
    @Test func pagesAreReadableEverywhere() async throws {
        try await SiteBench.with { bench in
            for number in 0..<4 { try await bench.drill(.drill(number: number), within: 86_400) }
            try await bench.drill(.hostile(), name: "hostile")
            try await bench.drill(
                .drill(plan: "orders", number: 9, verdict: .inconclusive, cause: .environment, checks: .mixed))
            var contents = try await bench.contents(now: Report.drill(number: 20).started)
            contents.cold = [.sample]
            let pages = try SiteBench.files(of: contents)
            try await withTemporaryDirectory { directory in
                for isDark in [false, true] {
                    let (measures, console) = try await Chromium.measure(
                        pages, widths: [360, 1280], isDark: isDark, in: directory)
                    #expect(console.isEmpty, "\(console)")
                    #expect(measures.count == 2 * pages.count)
                    for measure in measures {
                        #expect(measure.flaws.isEmpty)
                        #expect(measure.isDark == isDark && measure.language == "en", "\(measure.name)")
                    }
                }
                // Paper has what is folded on a screen.
                let report = try #require(pages.first { $0.value.contains("<title>PASSED: shop-weekly") })
                let paper = try await Chromium.printedText(of: report.value, in: directory)
                #expect(paper.contains("PASSED") && paper.contains("fields_farmer_id_fkey"))
                #expect(paper.contains("00112233445566778899aabbccddeeff"))
            }
        }
    }

    /// The measure itself finds each flaw.
    @Test func flawsAreFound() async throws {
        let bad = """
            <!doctype html><html lang="en"><head><meta charset="utf-8"></head><body style="background: #fff">
            <header></header><main><h1>a</h1><h3>b</h3><section>c</section>
            <p style="color: #999; font-size: 8px">faint</p><div style="width: 2000px">wide</div>
            <svg width="9" height="9"></svg><table><tr><td>1</td></tr></table>
            <img src="http://host.test/x.png" alt=""><script>console.error("said")</script></main></body></html>
            """
        try await withTemporaryDirectory { directory in
            let (measures, console) = try await Chromium.measure(
                ["bad": bad], widths: [360], isDark: false, in: directory)
            let flaws = measures.flatMap(\.flaws).joined(separator: "\n")
            for flaw in [
                "too wide: the page", "asks for: http://host.test/x.png", "foreign: img", "foreign: script",
                "foreign: style", "faint: p", "small: p", "not one: footer", "level left out: 3", "no text: svg",
                "no headers: table", "no name: section",
            ] {
                #expect(flaws.contains(flaw), "\(flaw) is not in \(flaws)")
            }
            #expect(console.contains { $0.contains("said") })
        }
    }
}
