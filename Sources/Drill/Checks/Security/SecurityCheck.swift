import Findings
import PlanFile
import Postgres
import Restore

extension CheckID {
    package static let security = CheckID("security")
}

/// Does what guarded the tables guard them again?
struct SecurityCheck: Check {
    static let description = CheckDescription(
        id: .security,
        asks: "Are row-level security, policies, triggers, owners and grants in force again?",
        covers: """
            Row-level security is on where the backup says so. Tables with row-level security and no policy, with \
            policies and no row-level security, and triggers that do not fire are told. Where the plan says so: policies \
            and triggers exist, triggers fire, the owner, and what roles may do, by themselves, by membership or as \
            everybody.
            """,
        doesNotCover: """
            What a policy or trigger does. Privileges on columns, sequences, functions and schemas, and privileges that \
            nobody should have. That all policies and triggers of the backup exist is the check restore's.
            """,
        notRun: "the database has no row-level security and no triggers, and the plan names no table",
        example: """
            conversations:
              rowSecurity: enabled
              policies: [own_conversations]
              owner: ava_owner
              grants: { ava_app: [SELECT, INSERT] }
            farmers: { triggers: [farmers_audit] }
            """)

    static func demands(of node: PlanNode) throws(PlanError) -> [TableName: SecurityExpectation]? {
        try node.byTable(SecurityExpectation.init)
    }

    func findings(in context: CheckContext, _ answers: ScanAnswers) async throws -> [Finding] {
        let tables = try await context.query(SQLFile.security.text).map(SecuredTable.init)
        let byName = Dictionary(uniqueKeysWithValues: tables.map { ($0.name, $0) })
        var findings = rowSecurity(tables, in: context) + triggers(tables, in: context)
        var grants: [ExpectedGrant] = []
        let expectations = context.expectations.of(Self.self)
        for name in expectations.names().sorted() {
            for expectation in expectations.on(name) {
                let basis = expectation.basis
                guard let table = byName[name] else {
                    // Of every table that a manifest has, the check row-counts says whether it is there.
                    if basis == .manifest { continue }
                    findings.append(Self.absent(name, basis, in: context))
                    continue
                }
                findings += ExpectedSecurity(table: table, basis: basis, expectation: expectation.demand)
                    .findings(in: context)
                grants += expectation.demand.grants.flatMap { grant in
                    grant.privileges.map {
                        ExpectedGrant(table: table, basis: basis, role: grant.role, privilege: $0)
                    }
                }
            }
        }
        return Self.together(try await findings + ExpectedGrant.findings(about: grants, in: context))
    }

    /// One finding for each table on which all is as a manifest has it; a manifest has all tables.
    private static func together(_ findings: [Finding]) -> [Finding] {
        let ofManifest = findings.filter { $0.basis == .manifest }
        let good = Dictionary(grouping: ofManifest, by: \.subject).filter {
            $0.value.allSatisfy { $0.status == .passed }
        }
        var told: Set<String> = []
        return findings.compactMap { finding in
            guard finding.basis == .manifest, let some = good[finding.subject] else { return finding }
            guard told.insert(finding.subject).inserted else { return nil }
            return Finding(
                id: id, subject: finding.subject, status: .passed, basis: .manifest,
                expected: firstOf(some.compactMap(\.expected), atMost: 10), observed: "that")
        }
    }

    private static func absent(_ name: TableName, _ basis: Basis, in context: CheckContext) -> Finding {
        Finding(
            absent: name.description, id: id, basis: basis, expected: "the table exists",
            observed: "no such table",
            reason:
                "\(basis.source) names this table, and the restored database has none by that name\(basis.ifWritten("; see whether the plan spells it right"))",
            in: context)
    }

    // MARK: Without expectations of single tables

    private func rowSecurity(_ tables: [SecuredTable], in context: CheckContext) -> [Finding] {
        let wanted = Set(
            context.contents.objects.filter { $0.kind == "ROW SECURITY" }.map {
                TableName(schema: $0.schema ?? "public", name: $0.name).onOneLine
            })
        let restored = Dictionary(tables.map { ($0.name.onOneLine, $0) }, uniquingKeysWith: { $1 })
        let missing = wanted.filter { restored[$0]?.rowSecurity == nil }.sorted()
        let secured = tables.filter { $0.rowSecurity != nil }
        var findings = missing.map { name in
            Finding(
                absent: name.description, id: Self.id, basis: .archive, expected: "row-level security",
                observed: restored[name] == nil ? "no such table" : "off",
                reason: "the backup switches it on, and here everyone who may read the table sees all of its rows",
                in: context)
        }
        if missing.isEmpty, !wanted.isEmpty || !secured.isEmpty {
            findings.append(
                Finding(
                    id: Self.id, subject: "row-level security", status: .passed, basis: wanted.isEmpty ? nil : .archive,
                    expected: wanted.isEmpty ? nil : "on \(counted(wanted.count, "table"))",
                    observed: "on \(counted(secured.count, "table"))"
                ))
        }
        return findings
            + secured.filter(\.policies.isEmpty).map { told($0.name, "row-level security, no policy", .noPolicy) }
            + tables.filter { $0.rowSecurity == nil && !$0.policies.isEmpty && !missing.contains($0.name.onOneLine) }
            .map { told($0.name, "policies, no row-level security", .policiesAlone) }
    }

    /// Something that is odd, and that a dump or a copy of the files repeats as it was.
    private enum Oddity: String {
        case noPolicy = "only the owner can see its rows; the backup repeats this from the source"
        case policiesAlone = "its policies are without effect; a backup holds this as it was at the source"
        case silentTrigger = "it does not fire; a backup holds this as it was at the source"
    }

    private func told(_ table: TableName, _ observed: String, _ oddity: Oddity, trigger: String? = nil) -> Finding {
        Finding(
            id: Self.id, subject: ([table.description] + [trigger].compactMap { $0 }).joined(separator: " "),
            status: .passed, observed: observed, reason: oddity.rawValue)
    }

    private func triggers(_ tables: [SecuredTable], in context: CheckContext) -> [Finding] {
        let all = tables.flatMap { table in table.triggers.map { (table: table.name, trigger: $0) } }
        guard !all.isEmpty else { return [] }
        let silent = all.filter { !$0.trigger.fires }
        let summary = Finding(
            id: Self.id, subject: "triggers", status: .passed,
            observed: "\(all.count - silent.count) of \(all.count) fire")
        let expectations = context.expectations.of(Self.self)
        return [summary]
            + silent.filter { table, trigger in
                // Triggers that are expected to fire have a finding of their own.
                !expectations.on(table).contains { expectation in
                    expectation.demand.triggers.contains { $0.utf8.elementsEqual(trigger.name.utf8) }
                }
            }.map { told($0.table, $0.trigger.words, .silentTrigger, trigger: $0.trigger.name) }
    }
}

extension SecuredTable.Trigger {
    var words: String { fires ? "enabled" : state == "R" ? "enabled in replicas only" : "disabled" }
}
