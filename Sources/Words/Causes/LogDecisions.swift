import Findings
import Logging

private let log = Logger(label: "verdict")
private let findingsLog = Logger(label: "finding")

extension Judgement {
    /// Logs what was found and what it came to, a line for each finding and one for the verdict, which names the findings
    /// that decided it.
    package func logDecisions(of findings: [Finding]) {
        guard log.logLevel <= .debug else { return }
        for finding in findings { findingsLog.debug("\(finding.decision)") }
        let deciding = deciding(findings)
        let named = deciding.prefix(20).map { "\($0.id) of \($0.place)" }.joined(separator: ", ")
        let words =
            deciding.isEmpty
            ? (verdict == .passed
                ? "nothing failed or is inconclusive"
                : cause == .interrupted ? "the signal that stopped the drill" : "no finding passed")
            : "\(named)\(deciding.count > 20 ? " and \(deciding.count - 20) more" : "")"
        log.debug("\(verdict.rawValue), cause \(cause?.rawValue ?? "none"): decided by \(words)")
    }

    /// The findings that decide the verdict. Empty if the drill passed or was interrupted.
    private func deciding(_ findings: [Finding]) -> [Finding] {
        switch (verdict, cause) {
        case (.passed, _), (_, .interrupted?): []
        case (.failed, let cause): findings.filter { $0.status == .failed && ($0.cause ?? .backup) == cause }
        case (.inconclusive, _): findings.filter { $0.status == .inconclusive || $0.status == .failed }
        }
    }
}

extension Finding {
    /// Its answer, on what grounds, and whose fault it is, on one line.
    fileprivate var decision: String {
        let grounds = [
            basis.map { "basis \($0.rawValue)" }, expected.map { "expected \($0)" }, observed.map { "found \($0)" },
            reason.map { "because \($0)" },
        ].compactMap { $0 }
        let answer = "\(id) of \(subject): \(status.rawValue)\(cause.map { ", cause \($0.rawValue)" } ?? "")"
        return ([answer] + grounds).joined(separator: "; ")
    }
}
