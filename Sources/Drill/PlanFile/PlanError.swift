import Findings
import SystemPackage

/// What is wrong with a plan, and where.
package struct PlanError: Error, Sendable, Equatable, CustomStringConvertible {
    package let file: FilePath
    /// 1-based; nil if the problem concerns the whole file.
    package let line: Int?
    /// The keys from the top down to the one that is wrong; empty if the problem concerns the whole file.
    package let path: [String]
    package let problem: String
    /// The key below ``path`` that is not there; nil for every other problem.
    package var missing: String?

    package var description: String {
        let place = line.map { "\(file):\($0)" } ?? file.string
        let key = path.isEmpty ? nil : path.joined(separator: ".")
        return [place, key, problem].compactMap { $0 }.joined(separator: ": ")
    }
}

/// Everything that is wrong with a plan; not empty, in the order of the lines.
package struct PlanMistakes: Error, Sendable, Equatable, CustomStringConvertible {
    package let all: [PlanError]

    package init(_ mistakes: [PlanError]) {
        // A stable order for what is wrong with one line.
        all = mistakes.enumerated().sorted { ($0.element.line ?? 0, $0.offset) < ($1.element.line ?? 0, $1.offset) }
            .map(\.element)
    }

    package var description: String {
        guard all.count > 1 else { return all.first?.description ?? "" }
        return "the plan has \(counted(all.count, "mistake")):\n"
            + all.map(\.description).joined(separator: "\n")
    }
}
