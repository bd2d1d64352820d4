import Findings
import PlanFile
import Postgres

/// What a person expects of the restored database, by check. Empty, every check asks what needs no expectation.
package struct CheckPlan: Sendable {
    /// What the plan says to each check; of the type that the check declares.
    private var demands: [CheckID: any Sendable] = [:]
    /// Checks that are not to run, with the reason that the plan gives.
    package var skipped: [CheckID: String] = [:]

    package init() {}

    /// What the plan says to a check; nil where it says nothing.
    package subscript<C: Check>(_ check: C.Type) -> C.Demands? {
        get { demands[C.id] as? C.Demands }
        set { demands[C.id] = newValue }
    }
}

extension CheckPlan {
    private static let skip = "skip"

    /// The keys below `checks`: the ids of the catalogue, and one to skip checks.
    package static var keys: [String] {
        checkCatalogue.map(\.id.rawValue) + [skip]
    }

    /// Reads the section `checks` of a plan.
    package init(_ node: PlanNode) throws(PlanError) {
        let values = try node.mapping(allowed: Self.keys)
        self.init()
        for check in checkCatalogue {
            if let section = values[check.id.rawValue] { try read(section, for: check) }
        }
        let ids = checkCatalogue.map(\.id.rawValue)
        for (key, value) in try values[Self.skip]?.mapping(allowed: ids) ?? [:] {
            skipped[CheckID(key)] = try value.text()
        }
    }

    private mutating func read<C: Check>(_ section: PlanNode, for check: C) throws(PlanError) {
        self[C.self] = try C.demands(of: section)
    }
}

extension PlanNode {
    /// Demands by the names of tables.
    /// - Parameter demand: reads the value of a key.
    func byTable<Demand>(
        _ demand: (PlanNode) throws(PlanError) -> Demand
    ) throws(PlanError) -> [TableName: Demand] {
        try by({ key throws(PlanError) in try key.tableName() }, demand)
    }

    /// Demands by the names of columns.
    /// - Parameter demand: reads the value of a key.
    func byColumn<Demand>(
        _ demand: (PlanNode) throws(PlanError) -> Demand
    ) throws(PlanError) -> [ColumnName: Demand] {
        try by({ key throws(PlanError) in try key.columnName() }, demand)
    }

    /// Two keys may spell one name, which is a mistake.
    private func by<Name: Hashable, Demand>(
        _ name: (PlanNode) throws(PlanError) -> Name, _ demand: (PlanNode) throws(PlanError) -> Demand
    ) throws(PlanError) -> [Name: Demand] {
        var demands: [Name: Demand] = [:]
        for (key, value) in try named() {
            let name = try name(key)
            guard demands.updateValue(try demand(value), forKey: name) == nil else {
                throw key.error("\(name) is listed twice")
            }
        }
        return demands
    }
}
