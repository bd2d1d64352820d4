import Foundation
import SystemPackage
import TestSupport

/// What other people's readers make of a page: see page_oracle.py.
enum PageOracle {
    struct Markdown: Decodable {
        let elements: [String]
        let text: String
    }

    struct JUnit: Decodable {
        struct Case: Decodable {
            let suite: String
            let name: String
            let result: String
            let message: String
        }

        let cases: [Case]
        let claimed: [Int]
        let counted: [Int]
    }

    static func read<Answer: Decodable>(_ page: String, as kind: String) async throws -> Answer {
        let folder = FilePath(#filePath).removingLastComponent().removingLastComponent()
        let python =
            ProcessInfo.processInfo.environment["PGASSAY_PYTHON"]
            ?? folder.removingLastComponent().removingLastComponent().appending(".venv/bin/python").string
        return try await withTemporaryDirectory { directory in
            let file = directory.appending("page")
            try Data(page.utf8).write(to: URL(filePath: file.string))
            let outcome = try await Program("/bin/sh").run(
                ["-c", #"exec "$0" "$1" "$2" < page"#, python, folder.appending("page_oracle.py").string, kind],
                in: directory, environment: ["PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"])
            guard outcome.exitCode == 0 else { throw Failed(description: outcome.errors) }
            return try JSONDecoder().decode(Answer.self, from: Data(outcome.output.utf8))
        }
    }

    struct Failed: Error, CustomStringConvertible { let description: String }
}
