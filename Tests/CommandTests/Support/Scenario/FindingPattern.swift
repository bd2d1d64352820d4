import Findings

/// What a scenario says of a finding: every line of the block must hold.
struct FindingPattern: Sendable, CustomStringConvertible {
    enum Field: String, Sendable, CaseIterable {
        case check, subject, status, cause, basis, expected, observed, reason
    }

    private enum Comparison: String, CaseIterable {
        case equal = "is"
        case different = "is not"
        case has, lacks
        case begins = "begins with"
    }

    private struct Condition {
        let field: Field
        let comparison: Comparison
        let value: String
    }

    private let conditions: [Condition]
    let description: String

    /// - Parameter block: lines such as `status is failed` and `reason has "the last byte"`.
    init(_ block: [String]) throws(StepWords.Problem) {
        var conditions: [Condition] = []
        for line in block where !line.isEmpty {
            let words = try StepWords.split(line)
            guard words.count > 2 else {
                throw StepWords.Problem(text: "\"\(line)\" is not like: status is failed")
            }
            let comparison = words.dropFirst().dropLast().map(\.text).joined(separator: " ")
            let values = Verb.Values(words: [words[0].text, comparison, words.last!.text], block: [])
            conditions.append(
                Condition(
                    field: try values.one(0, of: Field.self), comparison: try values.one(1, of: Comparison.self),
                    value: values[2]))
        }
        self.conditions = conditions
        description = block.joined(separator: ", ")
    }

    func matches(_ finding: Finding, filled: (String) throws -> String) rethrows -> Bool {
        try conditions.allSatisfy { condition in
            let there = Self.value(condition.field, of: finding) ?? ""
            let value = try filled(condition.value)
            return switch condition.comparison {
            case .equal: there == value
            case .different: there != value
            case .has: there.contains(value)
            case .lacks: !there.contains(value)
            case .begins: there.hasPrefix(value)
            }
        }
    }

    /// A status, cause or basis by the word that reports write for it.
    private static func value(_ field: Field, of finding: Finding) -> String? {
        switch field {
        case .check: finding.id.rawValue
        case .subject: finding.subject
        case .status: finding.status.rawValue
        case .cause: finding.cause?.rawValue
        case .basis: finding.basis?.rawValue
        case .expected: finding.expected
        case .observed: finding.observed
        case .reason: finding.reason
        }
    }
}
