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
