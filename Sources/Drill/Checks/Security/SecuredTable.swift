import Postgres

/// A restored table or view with what guards it.
struct SecuredTable: Sendable {
    let oid: Int64
    let name: TableName
    let owner: String
    let rowSecurity: SecurityExpectation.RowSecurity?
    let policies: [String]
    let triggers: [Trigger]

    struct Trigger: Sendable {
        let name: String
        /// `O` fires, `A` always does, `R` in replicas only, `D` is disabled.
        let state: String

        var fires: Bool { ["O", "A"].contains(state) }
    }

    /// - Parameter row: of `security.sql`.
    init(_ row: Row) throws {
        oid = try row.need("oid")
        name = TableName(schema: try row.need("schema"), name: try row.need("name"))
        owner = try row.need("owner")
        let isForced: Bool = try row.need("row_security_forced")
        rowSecurity = try row.need("row_security") ? (isForced ? .forced : .enabled) : nil
        policies = try row.need("policies")
        triggers = try zip(
            row.need("triggers", as: [String].self), row.need("trigger_states", as: [String].self)
        ).map { Trigger(name: $0, state: $1) }
    }
}

extension SQLFile {
    static var security: SQLFile { SQLFile(PackageResources.security_sql) }
}
