import Checks
import Foundation
import SystemPackage
import Yams

/// A place in a plan's YAML, read strictly: every key must be known, every value must have the right type, and every
/// mistake is reported with its line, its key and what is allowed.
struct PlanNode {
    let node: Yams.Node
    let file: FilePath
    /// Keys from the top down to here.
    let path: [String]

    /// How unquoted words are distinguished from numbers, booleans and null: by the core schema of YAML 1.2, so that a
    /// plan means the same to pgassay and to the JSON Schema. (In YAML 1.1, `no`, `1:30` and `2026-11-23` are not
    /// text.)
    static let resolver = [
        (Tag.Name.null, "^(?:|~|null|Null|NULL)$"),
        (.bool, "^(?:true|True|TRUE|false|False|FALSE)$"),
        (.int, "^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$"),
        (.float, #"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$"#),
        (.float, #"^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$"#),
    ].reduce(Resolver.basic) { resolver, rule in try! resolver.appending(rule.0, rule.1) }

    func error(_ problem: String) -> PlanError {
        PlanError(
            file: file, line: node.mark?.line, key: path.isEmpty ? nil : path.joined(separator: "."), problem: problem)
    }

    // MARK: Mappings

    /// The values of a mapping by key.
    /// - Throws: ``PlanError`` for an unknown key, or if this is not a mapping.
    func mapping(allowed: [String]) throws(PlanError) -> [String: PlanNode] {
        var values: [String: PlanNode] = [:]
        for (key, value) in try named() {
            guard allowed.contains(key.name) else {
                throw key.error(
                    allowed.isEmpty
                        ? "unknown key; it has no settings"
                        : "unknown key; allowed here: \(allowed.joined(separator: ", "))")
            }
            values[key.name] = value
        }
        return values
    }

    /// The keys and values of a mapping whose keys are names that the plan's author chose, in their order. YAML itself
    /// allows no key twice.
    func named() throws(PlanError) -> [(key: PlanNode, value: PlanNode)] {
        // `foreign-keys:` with nothing behind it means the same as `foreign-keys: {}`.
        if has(.null) { return [] }
        guard case .mapping(let mapping) = node, has(.map) else {
            throw error("expected keys with values, found \(kind)")
        }
        var pairs: [(key: PlanNode, value: PlanNode)] = []
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key, !scalar.string.isEmpty, scalar.style != .plain || scalar.string != "~"
            else { throw PlanNode(node: key, file: file, path: path).error("a key must be a word") }
            let below = path + [scalar.string]
            let name = PlanNode(node: key, file: file, path: below)
            if scalar.string == "<<", scalar.style == .plain {
                throw name.error("a plan has no merge keys; write the values out")
            }
            pairs.append((name, PlanNode(node: value, file: file, path: below)))
        }
        return pairs
    }

    /// For a key: the key itself.
    var name: String { path.last ?? "" }

    /// The elements of a list.
    func list() throws(PlanError) -> [PlanNode] {
        guard case .sequence(let sequence) = node, has(.seq) else { throw error("expected a list, found \(kind)") }
        return sequence.enumerated().map { PlanNode(node: $1, file: file, path: path + ["\($0)"]) }
    }

    // MARK: Values

    /// Text that is not empty.
    func text() throws(PlanError) -> String {
        guard let text = textIfAny, !text.isEmpty else {
            throw error("expected text, found \(kind)\(isQuotable ? ": put it in quotes" : "")")
        }
        guard !text.contains("\0") else { throw error("text holds no NUL character") }
        return text
    }

    /// Text, or a whole number that stands for its digits, as in an identifier.
    func digitsOrText() throws(PlanError) -> String {
        if case .scalar(let scalar) = node, has(.int) { return scalar.string }
        return try text()
    }

    func wholeNumber(_ range: ClosedRange<Int64>) throws(PlanError) -> Int64 {
        guard case .scalar(let scalar) = node, has(.int), let number = Int64(scalar.string), range ~= number
        else { throw error("expected a whole number from \(range.lowerBound) to \(range.upperBound), found \(kind)") }
        return number
    }

    /// A length of time: `90s`, `30m`, `24h`, `8d`, `2w`, or several together, `1h30m`.
    func duration() throws(PlanError) -> Duration {
        guard let duration = textIfAny.flatMap(HumanText.duration) else {
            throw error("expected a length of time such as 90s, 30m, 24h, 8d, 2w or 1h30m, found \(kind)")
        }
        return duration
    }

    /// A length of time that a query may take: `50ms`, `2s`, `1m30s`.
    func responseTime() throws(PlanError) -> Duration {
        guard let duration = textIfAny.flatMap(HumanText.responseTime) else {
            throw error("expected a length of time such as 50ms, 2s or 1m30s, found \(kind)")
        }
        return duration
    }

    /// The name of a time zone that this machine knows.
    func timeZoneName() throws(PlanError) -> String {
        let name = try text()
        guard TimeZone(identifier: name) != nil else {
            throw error("expected the name of a time zone such as UTC or Europe/Ljubljana, found “\(name)”")
        }
        return name
    }

    func truth() throws(PlanError) -> Bool {
        guard let truth = truthIfAny else { throw error("expected true or false, found \(kind)") }
        return truth
    }

    /// A number in the form that JSON has, whole or not.
    func number() throws(PlanError) -> Decimal {
        guard let number = numberIfAny else { throw error("expected a number, found \(kind)") }
        return number
    }

    /// Nil if this is not a number.
    var numberIfAny: Decimal? {
        guard case .scalar(let scalar) = node, has(.int) || has(.float) else { return nil }
        return Decimal(strictly: scalar.string)
    }

    /// Nil if this is neither true nor false.
    var truthIfAny: Bool? {
        guard case .scalar(let scalar) = node, has(.bool) else { return nil }
        return scalar.string.lowercased() == "true"
    }

    /// A size: `500MB`, `40GB`, `1TB`, or with powers of two, `40GiB`; or a number of bytes.
    func bytes() throws(PlanError) -> Int64 {
        guard case .scalar(let scalar) = node, has(.str) || has(.int), let bytes = HumanText.bytes(scalar.string) else {
            throw error("expected a size such as 500MB, 40GB, 40GiB or 1TB, found \(kind)")
        }
        return bytes
    }

    /// One of the words of an enumeration.
    func choice<Choice: RawRepresentable & CaseIterable>(_ type: Choice.Type) throws(PlanError) -> Choice
    where Choice.RawValue == String {
        guard let choice = textIfAny.flatMap({ Choice(rawValue: $0) }) else {
            let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw error("expected one of \(words), found \(kind)")
        }
        return choice
    }

    private func has(_ tag: Tag.Name) -> Bool { node.tag == Tag(tag) }

    private var textIfAny: String? {
        guard case .scalar(let scalar) = node, has(.str) else { return nil }
        return scalar.string
    }

    private var isQuotable: Bool { has(.int) || has(.float) || has(.bool) }

    /// What the node holds, in words for a message.
    private var kind: String {
        switch node {
        case .mapping: has(.map) ? "keys with values" : "something tagged \(node.tag)"
        case .sequence: has(.seq) ? "a list" : "something tagged \(node.tag)"
        case .scalar(let scalar): scalar.string.isEmpty || has(.null) ? "nothing" : "“\(scalar.string.prefix(60))”"
        case .alias: "an alias"
        }
    }
}
