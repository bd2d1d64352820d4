import PlanFile

/// Numbers with dots between them, such as `1.10` or `20240131`: compared number by number, so that 1.10 is later than 1.9.
package struct VersionNumber: Sendable, Comparable, CustomStringConvertible {
    package let description: String
    private let numbers: [Int64]

    /// - Returns: nil when it is anything else, has more than ten numbers, or one of more than 18 digits.
    package init?(parsing text: String) {
        guard text.wholeMatch(of: /[0-9]{1,18}(?:\.[0-9]{1,18}){0,9}/) != nil else { return nil }
        description = text
        numbers = text.split(separator: ".").compactMap { Int64($0) }
    }

    /// What is left out is 0: 1.6 and 1.6.0 are the same.
    private func number(at index: Int) -> Int64 { index < numbers.count ? numbers[index] : 0 }

    package static func == (left: Self, right: Self) -> Bool { !(left < right) && !(right < left) }

    package static func < (left: Self, right: Self) -> Bool {
        for index in 0..<max(left.numbers.count, right.numbers.count)
        where left.number(at: index) != right.number(at: index) {
            return left.number(at: index) < right.number(at: index)
        }
        return false
    }
}

extension PlanNode {
    /// Numbers with dots between them.
    func versionNumber() throws(PlanError) -> VersionNumber {
        let text = try digitsOrText()
        guard let version = VersionNumber(parsing: text) else {
            throw error("expected numbers with dots between them, such as 9 or \"1.6\", found “\(text.prefix(60))”")
        }
        return version
    }
}
