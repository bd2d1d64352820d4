import Findings

/// What gets signed: an in-toto Statement that says "this backup (by digest) was tested with this plan; here is the
/// result", with the whole ``Report`` beside it under `predicate.drill`.
///
/// Format: in-toto Attestation Framework v1, predicate Test Result v0.1, so that policy engines that know nothing of
/// pgassay still read `subject`, `result`, `configuration` and the lists of tests.
package struct Statement: Codable, Sendable, Equatable {
    /// The type of every in-toto Statement v1.
    package static let type = "https://in-toto.io/Statement/v1"
    /// The type of the Test Result predicate, v0.1.
    package static let predicateType = "https://in-toto.io/attestation/test-result/v0.1"

    /// Written as `_type`; always ``type``.
    package var type: String
    /// The backup; where the drill ended before its digest was known, the plan (see ``init(report:configuration:)``).
    package var subject: [ResourceDescriptor]
    /// Always ``predicateType``.
    package var predicateType: String
    /// The result of the test, and the report.
    package var predicate: Predicate

    /// The drill behind the statement.
    package var report: Report { predicate.drill }

    /// Derives everything but the configuration from the report.
    ///
    /// A statement must have a subject with a digest. A drill that ended before it knew the backup's digest, which can
    /// only be a drill that did not pass, takes what it does know: the configuration.
    ///
    /// - Parameter configuration: the plan, and whatever else decided what the drill did, each with its digest.
    package init(report: Report, configuration: [ResourceDescriptor]) {
        type = Self.type
        predicateType = Self.predicateType
        subject = Self.subject(of: report, configuration: configuration)
        predicate = Predicate(
            result: Result(report.verdict), configuration: configuration,
            passedTests: report.testNames(.passed), warnedTests: report.testNames(.inconclusive),
            failedTests: report.testNames(.failed), drill: report)
    }

    /// The JSON of the statement. Encode once: these bytes are signed, stored and shown.
    ///
    /// - Throws: ``StatementError`` when the report contradicts itself (such as: passed, and yet a check failed) or
    ///   cannot be written as JSON. What verification would reject is never signed.
    package func encoded() throws(StatementError) -> [UInt8] {
        let contradictions = contradictions()
        guard contradictions.isEmpty else { throw .contradictory(contradictions) }
        do {
            return try ReportJSON.encode(self)
        } catch {
            throw .unencodable("\(error)")
        }
    }

    static func subject(of report: Report, configuration: [ResourceDescriptor]) -> [ResourceDescriptor] {
        guard report.backup.digest.isEmpty else {
            return [ResourceDescriptor(name: report.backup.name, digest: report.backup.digest)]
        }
        return configuration.filter { $0.digest?.isEmpty == false }
            .map { ResourceDescriptor(name: $0.name, digest: $0.digest) }
    }

    private enum CodingKeys: String, CodingKey {
        case type = "_type"
        case subject, predicateType, predicate
    }
}

extension Statement {
    /// The Test Result predicate with pgassay's report as an extension field.
    package struct Predicate: Codable, Sendable, Equatable {
        /// The verdict as policy engines read it.
        package var result: Result
        /// What decided the drill: first the plan.
        package var configuration: [ResourceDescriptor]
        /// `check: subject` of each finding that passed, and so on. What was not run is in none of the lists.
        package var passedTests: [String]
        /// The same of what was inconclusive.
        package var warnedTests: [String]
        /// The same of what failed.
        package var failedTests: [String]
        /// The whole report: pgassay's extension field.
        package var drill: Report
    }

    /// The verdict in the words of the Test Result predicate.
    package enum Result: String, Codable, Sendable {
        /// Nothing wrong was found, and something was looked at.
        case passed = "PASSED"
        /// What could not be told: never `PASSED`.
        case warned = "WARNED"
        /// The backup is bad, or an objective was missed.
        case failed = "FAILED"

        package init(_ verdict: Verdict) {
            switch verdict {
            case .passed: self = .passed
            case .inconclusive: self = .warned
            case .failed: self = .failed
            }
        }
    }
}

extension Report {
    func testNames(_ status: CheckStatus) -> [String] {
        checks.filter { $0.status == status }.map { "\($0.id): \($0.subject)" }
    }
}

/// Why a statement was not written.
package enum StatementError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Readers would be told different things; what, each.
    case contradictory([String])
    /// A value has no JSON, such as a number that is not finite.
    case unencodable(String)

    package var description: String {
        switch self {
        case .contradictory(let reasons):
            "the report contradicts itself, so it was not signed: \(reasons.joined(separator: "; ")). "
                + "This is a defect of pgassay: please report it, and do not rely on this drill."
        case .unencodable(let reason):
            "the report cannot be written as JSON: \(reason). This is a defect of pgassay: please report it."
        }
    }
}
