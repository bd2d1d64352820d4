import Checks
import PlanFile
import Restore

/// Which databases of a server a plan checks in one drill, and those that have checks of their own.
struct DatabasePlan: Sendable {
    var patterns: [DatabasePattern] = []
    /// Nil where the checks of the plan hold.
    var checks: [OwnChecks] = []

    private static let form = """
        expected all, a list of names and patterns such as [crm, shop_*], or names and patterns with their checks
        """

    /// Reads `all`, a list, or a mapping.
    init(_ node: PlanNode) throws(PlanError) {
        if node.isList {
            for element in try node.list() { try add(element.text(), element) }
        } else if let word = try? node.text() {
            guard word == "all" else { throw node.error(Self.form) }
            patterns = [.all]
        } else {
            for (key, value) in try node.named() {
                try add(key.name, key)
                let values = try value.mapping(allowed: ["checks"])
                let own = try values["checks"].map { node throws(PlanError) in try CheckPlan(node) }
                checks.append(OwnChecks(pattern: DatabasePattern(key.name), checks: own))
            }
        }
        guard !patterns.isEmpty else { throw node.error(Self.form) }
    }

    private mutating func add(_ text: String, _ node: PlanNode) throws(PlanError) {
        let pattern = DatabasePattern(text)
        guard !patterns.contains(pattern) else { throw node.error("\(text) is listed twice") }
        patterns.append(pattern)
    }
}

/// What a plan says to the databases that a name or a pattern means.
package struct OwnChecks: Sendable {
    package let pattern: DatabasePattern
    /// Nil where the checks of the plan hold.
    package var checks: CheckPlan?
}

extension Plan {
    /// What the plan says to the checks of a database: its own, else those of the plan.
    /// - Parameter database: nil where the backup holds one, without a choice.
    func checks(of database: String?) -> CheckPlan {
        guard let database, let pattern = databaseChecks.map(\.pattern).meaning(database) else { return checks }
        return databaseChecks.first { $0.pattern == pattern }?.checks ?? checks
    }

    /// All that the plan says to checks.
    var allChecks: [CheckPlan] { [checks] + databaseChecks.compactMap(\.checks) }
}
