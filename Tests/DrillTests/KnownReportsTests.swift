import Evidence
import Testing

@testable import Drill

/// A search takes a report of an earlier search for an answer only if a drill of today would ask the same.
@Suite struct KnownReportsTests {
    /// Searches with a request, and expects that its backup was drilled, or that a report was known.
    private static func search(_ request: DrillRequest, isKnown: Bool, _ comment: Comment) async throws {
        let result = try await findClean(among: [request.backup], request, emit: { _ in }, onTried: { _ in })
        #expect(result.tried.map(\.report.verdict) == [.failed])
        #expect(result.tried.map(\.isKnown) == [isKnown], comment)
    }

    @Test func aReportAnswersForItsBackup() async throws {
        try await withBadBackup { request in
            try await Self.search(request, isKnown: false, "nothing was drilled yet")
            try await Self.search(request, isKnown: true, "it was drilled")
        }
    }

    @Test(
        "Of another version of pgassay, of another plan, or signed by another key, it does not answer",
        arguments: ["version", "plan", "key", "no key"])
    func anotherDrill(_ difference: String) async throws {
        try await withBadBackup { request in
            try await Self.search(request, isKnown: false, "nothing was drilled yet")
            var other = request
            switch difference {
            case "version": other.toolVersion = "2"
            case "plan": other.plan.expect("SELECT true")
            case "key": other.signer = SigningKey.generate()
            default: other.signer = nil
            }
            try await Self.search(other, isKnown: false, "the report is of another drill")
            try await Self.search(other, isKnown: true, "it has a report of its own now")
            try await Self.search(request, isKnown: true, "the first report is still there")
        }
    }
}
