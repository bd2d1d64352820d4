import Backup
import Findings
import Postgres
import Restore

/// What is expected of one table's security, against what was restored.
struct ExpectedSecurity {
    let table: SecuredTable
    let basis: Basis
    let expectation: SecurityExpectation

    func findings(in context: CheckContext) -> [Finding] {
        var findings: [Finding] = []
        func expect(_ expected: String, _ observed: String, _ isThere: Bool, _ reason: String) {
            findings.append(
                isThere
                    ? Finding(
                        id: SecurityCheck.id, subject: table.name.description, status: .passed, basis: basis,
                        expected: expected, observed: observed)
                    : Finding(
                        absent: table.name.description, id: SecurityCheck.id, basis: basis, expected: expected,
                        observed: observed, reason: reason, in: context))
        }
        if let wanted = expectation.rowSecurity {
            expect(
                "row-level security \(wanted.rawValue)", table.rowSecurity?.rawValue ?? "off",
                table.rowSecurity == wanted || table.rowSecurity == .forced,
                "without it, roles see rows that are not theirs")
        }
        for policy in expectation.policies {
            let isThere = table.policies.contains { $0.utf8.elementsEqual(policy.utf8) }
            expect(
                "the policy \(policy)", isThere ? "exists" : "missing", isThere,
                "\(basis.source) names this policy, and the table has none by that name")
        }
        for name in expectation.triggers {
            let trigger = table.triggers.first { $0.name.utf8.elementsEqual(name.utf8) }
            expect(
                "the trigger \(name) fires", trigger?.words ?? "missing", trigger?.fires ?? false,
                trigger == nil
                    ? "\(basis.source) names this trigger, and the table has none by that name"
                    : basis == .manifest
                        ? "it fires at the source, and here it does not"
                        : "it is there and does not fire: the backup was taken while it was disabled")
        }
        guard let owner = expectation.owner else { return findings }
        let isOwner = table.owner.utf8.elementsEqual(owner.utf8)
        if !isOwner, isOwnerInBackup(owner, context.contents.objects) {
            findings.append(
                Finding(
                    id: SecurityCheck.id, subject: table.name.description, status: .inconclusive, basis: basis,
                    expected: "owned by \(owner)", observed: "owned by \(table.owner)",
                    reason: "the backup names the right owner; the role that restores may not be allowed to set it",
                    cause: .environment))
        } else {
            expect(
                "owned by \(owner)", "owned by \(table.owner)", isOwner,
                "the table belongs to another role than \(basis.source) says, and that role may do anything with it")
        }
        return findings
    }

    private func isOwnerInBackup(_ owner: String, _ objects: [ExpectedObject]) -> Bool {
        objects.contains { object in
            ["TABLE", "VIEW", "MATERIALIZED VIEW", "FOREIGN TABLE"].contains(object.kind)
                && TableName(schema: object.schema ?? "", name: object.name).onOneLine == table.name.onOneLine
                && object.owner?.utf8.elementsEqual(owner.utf8) == true
        }
    }
}

/// One privilege that a role is expected to have.
struct ExpectedGrant {
    let table: SecuredTable
    let basis: Basis
    let role: String
    let privilege: SecurityExpectation.Privilege

    /// Asks for all of them at once.
    static func findings(about grants: [ExpectedGrant], in context: CheckContext) async throws -> [Finding] {
        guard !grants.isEmpty else { return [] }
        let list = grants.enumerated().map { position, grant in
            "(\(position), \(grant.table.oid), \(quoteLiteral(grant.role)), \(quoteLiteral(grant.privilege.rawValue)))"
        }
        // The role that everybody belongs to is not among the roles, and has the number 0.
        let held = try await context.query(
            """
            SELECT r.oid IS NOT NULL OR g.role = 'public', has_table_privilege(coalesce(r.oid, 0), g.oid::oid, g.privilege)
            FROM (VALUES \(list.joined(separator: ", "))) AS g (position, oid, role, privilege)
                 LEFT JOIN pg_roles r ON r.rolname = g.role
            ORDER BY g.position
            """)
        return try zip(grants, held).map { grant, row in
            try grant.finding(roleExists: row.need(at: 0), isHeld: row.get(at: 1) ?? false, in: context)
        }
    }

    private func finding(roleExists: Bool, isHeld: Bool, in context: CheckContext) -> Finding {
        let expected = "\(role) may \(privilege.rawValue)"
        guard roleExists else {
            return Finding(
                id: SecurityCheck.id, subject: table.name.description, status: .inconclusive, basis: basis,
                expected: expected, observed: "no such role",
                reason: """
                    roles belong to the server and are not in a dump; a drill makes those that the backup names, and it \
                    does not name this one
                    """,
                cause: .environment)
        }
        guard isHeld else {
            return Finding(
                absent: table.name.description, id: SecurityCheck.id, basis: basis, expected: expected,
                observed: "may not", reason: "after a recovery this role could not do its work", in: context)
        }
        return Finding(
            id: SecurityCheck.id, subject: table.name.description, status: .passed, basis: basis, expected: expected,
            observed: "may")
    }
}
