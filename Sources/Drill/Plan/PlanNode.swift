import SystemPackage
import Yams

/// A place in a plan's YAML, read strictly: every key must be known, every value of its kind, and every mistake is told
/// with its line, its key and what is allowed.
struct PlanNode {
    let node: Yams.Node
    let file: FilePath
    /// Keys from the top down to here.
    let path: [String]

    func error(_ problem: String) -> PlanError {
        PlanError(
            file: file, line: node.mark?.line, key: path.isEmpty ? nil : path.joined(separator: "."), problem: problem)
    }

    // MARK: Mappings

    /// The values of a mapping by key.
    /// - Parameter allowed: the keys that there may be; nil allows any, for mappings whose keys are names.
    /// - Throws: ``PlanError`` for an unknown or repeated key, or when this is no mapping.
    func mapping(allowed: [String]?) throws(PlanError) -> [String: PlanNode] {
        let pairs = try pairs()
        var values: [String: PlanNode] = [:]
        for (key, value) in pairs {
            if let allowed, !allowed.contains(key.name) {
                throw key.node.error("unknown key; allowed here: \(allowed.joined(separator: ", "))")
            }
            guard values.updateValue(value, forKey: key.name) == nil else {
                throw key.node.error("the key is there twice")
            }
        }
        return values
    }

    private func pairs() throws(PlanError) -> [((name: String, node: PlanNode), PlanNode)] {
        // `foreign-keys:` with nothing behind it means the same as `foreign-keys: {}`.
        if case .scalar(let scalar) = node, node.null != nil || scalar.string.isEmpty { return [] }
        guard case .mapping(let mapping) = node else { throw error("expected keys with values, found \(kind)") }
        var pairs: [((name: String, node: PlanNode), PlanNode)] = []
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key else { throw error("a key must be a word") }
            let below = path + [scalar.string]
            pairs.append(
                (
                    (scalar.string, PlanNode(node: key, file: file, path: below)),
                    PlanNode(node: value, file: file, path: below)
                ))
        }
        return pairs
    }

    /// The elements of a list.
    func list() throws(PlanError) -> [PlanNode] {
        guard case .sequence(let sequence) = node else { throw error("expected a list, found \(kind)") }
        return sequence.enumerated().map { PlanNode(node: $1, file: file, path: path + ["\($0)"]) }
    }

    // MARK: Values

    /// Text that is not empty.
    func text() throws(PlanError) -> String {
        guard case .scalar(let scalar) = node, node.null == nil, !scalar.string.isEmpty else {
            throw error("expected text, found \(kind)")
        }
        return scalar.string
    }

    func wholeNumber(_ range: ClosedRange<Int64>) throws(PlanError) -> Int64 {
        guard case .scalar(let scalar) = node, scalar.style == .plain, let number = node.int, range ~= Int64(number)
        else { throw error("expected a whole number from \(range.lowerBound) to \(range.upperBound), found \(kind)") }
        return Int64(number)
    }

    /// A length of time: `90s`, `30m`, `24h`, `8d`, `2w`, or several together, `1h30m`.
    func duration() throws(PlanError) -> Duration {
        guard let duration = try HumanText.duration(text()) else {
            throw error("expected a length of time such as 90s, 30m, 24h, 8d, 2w or 1h30m, found \(kind)")
        }
        return duration
    }

    /// A size: `500MB`, `40GB`, `1TB`, or with powers of two, `40GiB`.
    func bytes() throws(PlanError) -> Int64 {
        guard let bytes = try HumanText.bytes(text()) else {
            throw error("expected a size such as 500MB, 40GB, 40GiB or 1TB, found \(kind)")
        }
        return bytes
    }

    /// One of the words of an enumeration.
    func choice<Choice: RawRepresentable & CaseIterable>(_ type: Choice.Type) throws(PlanError) -> Choice
    where Choice.RawValue == String {
        guard let choice = Choice(rawValue: try text()) else {
            let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw error("expected one of \(words), found \(kind)")
        }
        return choice
    }

    /// What is here, for a message.
    private var kind: String {
        switch node {
        case .mapping: "keys with values"
        case .sequence: "a list"
        case .scalar(let scalar):
            scalar.string.isEmpty || node.null != nil ? "nothing" : "“\(scalar.string.prefix(60))”"
        case .alias: "an alias"
        }
    }
}
