import PlanFile

/// What guards a table, as a person expects it; what is nil or empty is not asked.
package struct SecurityExpectation: Sendable, Equatable {
    package enum RowSecurity: String, Sendable, CaseIterable {
        case enabled
        /// For the table's owner, too.
        case forced
    }

    package enum Privilege: String, Sendable, CaseIterable {
        case select = "SELECT"
        case insert = "INSERT"
        case update = "UPDATE"
        case delete = "DELETE"
        case truncate = "TRUNCATE"
        case references = "REFERENCES"
        case trigger = "TRIGGER"
    }

    /// What a role may do with the table.
    package struct Grant: Sendable, Equatable {
        /// Its name; `public` stands for every role.
        package let role: String
        package let privileges: [Privilege]

        package init(role: String, privileges: [Privilege]) {
            self.role = role
            self.privileges = privileges
        }
    }

    package var rowSecurity: RowSecurity?
    package var policies: [String]
    package var triggers: [String]
    package var owner: String?
    package var grants: [Grant]

    package init(
        rowSecurity: RowSecurity? = nil, policies: [String] = [], triggers: [String] = [], owner: String? = nil,
        grants: [Grant] = []
    ) {
        self.rowSecurity = rowSecurity
        self.policies = policies
        self.triggers = triggers
        self.owner = owner
        self.grants = grants
    }
}

extension SecurityExpectation {
    static let keys = ["rowSecurity", "policies", "triggers", "owner", "grants"]

    init(_ node: PlanNode) throws(PlanError) {
        let values = try node.mapping(allowed: Self.keys)
        guard !values.isEmpty else { throw node.error("expected at least one of \(Self.keys.joined(separator: ", "))") }
        self.init(
            rowSecurity: try values["rowSecurity"]?.choice(RowSecurity.self),
            policies: try values["policies"]?.names("policy") ?? [],
            triggers: try values["triggers"]?.names("trigger") ?? [], owner: try values["owner"]?.text())
        guard let list = values["grants"] else { return }
        for (role, privileges) in try list.named() {
            var held: [Privilege] = []
            for element in try privileges.list() {
                let privilege = try element.choice(Privilege.self)
                guard !held.contains(privilege) else { throw element.error("\(privilege.rawValue) is listed twice") }
                held.append(privilege)
            }
            guard !held.isEmpty else { throw privileges.error("expected at least one privilege") }
            grants.append(Grant(role: role.name, privileges: held))
        }
        guard !grants.isEmpty else { throw list.error("expected at least one role with its privileges") }
    }
}

extension PlanNode {
    /// A list of names without duplicates.
    fileprivate func names(_ kind: String) throws(PlanError) -> [String] {
        var names: [String] = []
        for element in try list() {
            let name = try element.text()
            guard !names.contains(name) else { throw element.error("\(name) is listed twice") }
            names.append(name)
        }
        guard !names.isEmpty else { throw error("expected at least one \(kind)") }
        return names
    }
}
