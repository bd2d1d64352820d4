import SystemPackage

/// What is wrong with a plan, and where.
package struct PlanError: Error, Sendable, Equatable, CustomStringConvertible {
    package let file: FilePath
    /// 1-based; nil if the problem concerns the whole file.
    package let line: Int?
    /// The key with the keys above it: `backup.pick`.
    package let key: String?
    package let problem: String

    package var description: String {
        let place = line.map { "\(file):\($0)" } ?? file.string
        return [place, key, problem].compactMap { $0 }.joined(separator: ": ")
    }
}
