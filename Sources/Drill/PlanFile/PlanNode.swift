import Findings
import SystemPackage
import Yams

/// A place in a plan's YAML, read strictly: every key must be known, every value must have the right type, and every
/// mistake is reported with its line, its key and what is allowed.
package struct PlanNode {
    let node: Yams.Node
    private let file: FilePath
    /// Keys from the top down to here.
    private let path: [String]
    /// Paths of values that are read as if they were not there.
    private var leftOut: Set<[String]> = []

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

    package func error(_ problem: String) -> PlanError {
        PlanError(file: file, line: node.mark?.line, path: path, problem: problem)
    }

    /// The error that a key is not there.
    /// - Parameter instead: what could be there in its place, as the end of the sentence.
    package func missing(_ key: String, _ instead: String = "") -> PlanError {
        var error = error("the key \(key) is missing\(instead)")
        error.missing = key
        return error
    }

    init(node: Yams.Node, file: FilePath, path: [String]) {
        self.node = node
        self.file = file
        self.path = path
    }

    func leavingOut(_ paths: Set<[String]>) -> PlanNode {
        var root = self
        root.leftOut = paths
        return root
    }

    /// True if the value of a key is read as if it was not there, and what is wrong with it is known.
    package func leavesOut(_ key: String) -> Bool { leftOut.contains(path + [key]) }

    private func child(_ node: Yams.Node, at path: [String]) -> PlanNode {
        PlanNode(node: node, file: file, path: path).leavingOut(leftOut)
    }

    // MARK: Mappings

    /// The values of a mapping by key.
    /// - Throws: ``PlanError`` for an unknown key, or if this is not a mapping.
    package func mapping(allowed: [String]) throws(PlanError) -> [String: PlanNode] {
        var values: [String: PlanNode] = [:]
        for (key, value) in try named() {
            guard allowed.contains(key.name) else {
                throw key.error(
                    allowed.isEmpty
                        ? "unknown key; it has no settings"
                        : "unknown key; allowed here: \(allowed.joined(separator: ", ")).\(didYouMean(key.name, among: allowed))"
                )
            }
            values[key.name] = value
        }
        return values
    }

    /// The keys and values of a mapping whose keys are names that the plan's author chose, in their order. YAML itself
    /// allows no key twice.
    package func named() throws(PlanError) -> [(key: PlanNode, value: PlanNode)] {
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
            if leftOut.contains(below) { continue }
            let name = child(key, at: below)
            if scalar.string == "<<", scalar.style == .plain {
                throw name.error("a plan has no merge keys; write the values out")
            }
            pairs.append((name, child(value, at: below)))
        }
        return pairs
    }

    /// The keys from the top down to here: `backup.pick`.
    package var place: String { path.joined(separator: ".") }

    /// For a key: the key itself.
    package var name: String { path.last ?? "" }

    /// True for a list, also an empty one.
    package var isList: Bool { if case .sequence = node { true } else { false } }

    /// The elements of a list.
    package func list() throws(PlanError) -> [PlanNode] {
        guard case .sequence(let sequence) = node, has(.seq) else { throw error("expected a list, found \(kind)") }
        return sequence.enumerated().map { child($1, at: path + ["\($0)"]) }.filter { !leftOut.contains($0.path) }
    }

    // MARK: What is here

    func has(_ tag: Tag.Name) -> Bool { node.tag == Tag(tag) }

    var textIfAny: String? {
        guard case .scalar(let scalar) = node, has(.str) else { return nil }
        return scalar.string
    }

    var isQuotable: Bool { has(.int) || has(.float) || has(.bool) }

    /// What the node holds, in words for a message.
    var kind: String {
        switch node {
        case .mapping: has(.map) ? "keys with values" : "something tagged \(node.tag)"
        case .sequence: has(.seq) ? "a list" : "something tagged \(node.tag)"
        case .scalar(let scalar): scalar.string.isEmpty || has(.null) ? "nothing" : "“\(scalar.string.prefix(60))”"
        case .alias: "an alias"
        }
    }
}
