import Foundation
import Glibc
import SystemPackage
import TestSupport

/// A browser without a window: what people read pages with.
enum Chromium {
    /// What ``measure.js`` finds of a page at a width. Each list is of flaws.
    struct Measure: Decodable {
        let name: String
        let width: Int
        let tooWide: [String]
        let requests: [String]
        let foreign: [String]
        let faint: [String]
        let small: [String]
        let landmarks: [String]
        let skipped: [String]
        let pictures: [String]
        let headless: [String]
        let unlabelled: [String]
        let isDark: Bool
        let language: String

        var flaws: [String] {
            let all = [
                "too wide": tooWide, "asks for": requests, "foreign": foreign, "faint": faint, "small": small,
                "not one": landmarks, "level left out": skipped, "no text": pictures, "no headers": headless,
                "no name": unlabelled,
            ]
            return all.flatMap { what, found in found.map { "\(name) at \(width): \(what): \($0)" } }
        }
    }

    /// - Parameter pages: names and HTML.
    /// - Returns: a measure of each page at each width, and what was written to the console.
    static func measure(
        _ pages: [String: String], widths: [Int], isDark: Bool, in directory: FilePath
    ) async throws -> (measures: [Measure], console: [Substring]) {
        let script = FilePath(#filePath).removingLastComponent().appending("measure.js")
        // What ends a script, and what begins a comment in one, is written in another way.
        let json = String(decoding: try JSONEncoder().encode(pages), as: UTF8.self).replacing("<", with: "\\u003c")
        let html = """
            <!doctype html><meta charset="utf-8"><title>measure</title><body><script>
            const PAGES = \(json), WIDTHS = \(widths);
            \(try String(contentsOf: URL(filePath: script.string), encoding: .utf8))
            </script>
            """
        let file = directory.appending("measure.html")
        try Data(html.utf8).write(to: URL(filePath: file.string))
        let outcome = try await run(
            ["--dump-dom", "--enable-logging=stderr", "--blink-settings=preferredColorScheme=\(isDark ? 0 : 1)"], file,
            in: directory)
        guard let answer = outcome.output.firstMatch(of: /BEGIN([^<]+)END</)?.1.removingPercentEncoding
        else {
            throw Failed(description: "Chromium measured nothing:\n\(outcome.output.suffix(500))\n\(outcome.errors)")
        }
        return (
            try JSONDecoder().decode([Measure].self, from: Data(answer.utf8)),
            outcome.errors.split(separator: "\n").filter { $0.contains(":CONSOLE") }
        )
    }

    /// The text of a page as it is printed.
    static func printedText(of html: String, in directory: FilePath) async throws -> String {
        let (page, pdf) = (directory.appending("page.html"), directory.appending("page.pdf"))
        try Data(html.utf8).write(to: URL(filePath: page.string))
        let printed = try await run(["--no-pdf-header-footer", "--print-to-pdf=\(pdf)"], page, in: directory)
        let text = try await Program("/usr/bin/pdftotext").run(
            ["-layout", pdf.string, "-"], in: directory, environment: [:])
        guard text.exitCode == 0 else { throw Failed(description: "\(text.errors)\n\(printed.errors)") }
        return text.output
    }

    private static func run(
        _ options: [String], _ file: FilePath, in directory: FilePath
    ) async throws -> Program.Outcome {
        // Its own walls need an account that is not root; what it shows is ours, and no host has a name.
        let walls = geteuid() == 0 ? ["--no-sandbox"] : []
        let profile = directory.appending("profile").string
        return try await Turn.take(.heavy) {
            try await Program("/usr/bin/chromium").run(
                [
                    "--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking",
                    "--disable-component-update", "--disable-sync", "--disable-extensions", "--hide-scrollbars",
                    "--host-resolver-rules=MAP * ~NOTFOUND", "--user-data-dir=\(profile)",
                    "--virtual-time-budget=60000",
                ] + walls + options + ["file://\(file)"], in: directory,
                environment: ["HOME": directory.string, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"])
        }
    }

    struct Failed: Error, CustomStringConvertible { let description: String }
}
