import Archive
import Findings
import Postgres

/// Asks a server whether it has what a backup says of a server as a whole: every role with what it may do, memberships, tablespaces.
/// What is there and not in the backup is ours.
struct GlobalsComparison: Sendable {
    let globals: ServerGlobals
    let place: GlobalPlace
    /// Why something is not as it should be, by its subject.
    let judgements: [String: ProblemJudgement]

    /// - Parameter connection: of a superuser, in which `search_path` is `pg_catalog`.
    func findings(over connection: Connection) async throws -> [Finding] {
        try await roles(over: connection) + memberships(over: connection) + tablespaces(over: connection)
            + Self.settings(globals.settings.filter { $0.database == nil }, place, judgements, over: connection)
    }

    // MARK: Roles

    private func roles(over connection: Connection) async throws -> [Finding] {
        let expected = globals.roles
        guard !expected.isEmpty else { return [] }
        let rows = try await connection.query(
            """
            SELECT rolname::text AS name, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolbypassrls,
                   rolconnlimit, rolpassword IS NOT NULL AS has_password, rolvaliduntil IS NOT NULL AS ends
            FROM pg_authid
            """)
        let columns: [(RoleAbility, String)] = [
            (.superuser, "rolsuper"), (.inherit, "rolinherit"), (.createRole, "rolcreaterole"),
            (.createDatabase, "rolcreatedb"), (.login, "rolcanlogin"), (.replication, "rolreplication"),
            (.bypassesRowSecurity, "rolbypassrls"),
        ]
        var found: [String: [String]] = [:]
        for row in rows {
            var words = try columns.map { try row.need($1, as: Bool.self) ? $0.rawValue : "NO\($0.rawValue)" }
            words.append("CONNECTION LIMIT \(try row.need("rolconnlimit", as: Int64.self))")
            words.append(try row.need("has_password", as: Bool.self) ? Self.password : Self.noPassword)
            words.append(try row.need("ends", as: Bool.self) ? "VALID UNTIL" : "valid for ever")
            found[try row.need("name", as: String.self)] = words
        }
        let others = try await rolesOfAnotherEnd(expected, over: connection)
        return Self.compared(
            "roles",
            expected.map { role in
                // Ours is a superuser in any case.
                let wanted = role.words(isOurs: role.name == place.superuser)
                let there = found[role.name]
                var different = there.map { words in wanted.filter { !words.contains($0) } } ?? ["exists"]
                if others.contains(role.name) { different.append("VALID UNTIL another time") }
                return Outcome(
                    subject: "ROLE \(role.name)", expected: different.joined(separator: ", "),
                    observed: there.map { words in
                        different.map { want in words.first { Self.areAlternatives($0, want) } ?? "another" }.joined(
                            separator: ", ")
                    } ?? "missing", isAsExpected: different.isEmpty)
            }, judgements)
    }

    private static let password = "a password"
    private static let noPassword = "no password"

    /// Whether two words say something of the same attribute.
    private static func areAlternatives(_ word: String, _ other: String) -> Bool {
        func attribute(_ word: String) -> String {
            if word.hasPrefix("CONNECTION LIMIT") { return "CONNECTION LIMIT" }
            if word.hasSuffix("password") { return password }
            if word.hasPrefix("VALID") || word.hasPrefix("valid") { return "VALID" }
            return word.hasPrefix("NO") ? String(word.dropFirst(2)) : word
        }
        return attribute(word) == attribute(other)
    }

    /// Roles whose password ends at another time than it should. The server reads the times, as it does in `VALID UNTIL`.
    private func rolesOfAnotherEnd(_ roles: [ServerRole], over connection: Connection) async throws -> Set<String> {
        var others: Set<String> = []
        for role in roles where judgements["ROLE \(role.name)"] == nil {
            guard let time = role.validUntil else { continue }
            let same = try await connection.query(
                "SELECT FROM pg_authid WHERE rolname = $1 AND rolvaliduntil = $2::timestamptz", [role.name, time])
            if same.isEmpty { others.insert(role.name) }
        }
        return others
    }

    // MARK: Memberships and tablespaces

    private func memberships(over connection: Connection) async throws -> [Finding] {
        guard !globals.memberships.isEmpty else { return [] }
        let options =
            place.serverMajor >= 16 ? "m.inherit_option, m.set_option" : "true AS inherit_option, true AS set_option"
        let rows = try await connection.query(
            """
            SELECT pg_get_userbyid(m.roleid)::text AS role, pg_get_userbyid(m.member)::text AS member,
                   pg_get_userbyid(m.grantor)::text AS grantor, m.admin_option, \(options)
            FROM pg_auth_members m
            """)
        let found = try rows.map { row in
            var membership = RoleMembership(role: try row.need("role"), member: try row.need("member"))
            membership.isAdmin = try row.need("admin_option")
            membership.inherits = try row.need("inherit_option")
            membership.mayBecome = try row.need("set_option")
            membership.grantor = try row.need("grantor")
            return membership
        }
        return Self.compared(
            "memberships",
            globals.memberships.map { wanted in
                let same = found.filter { $0.role == wanted.role && $0.member == wanted.member }
                let fits = same.contains { there in
                    // Before 16, a second grant of the same takes the place of the first.
                    there.isAdmin == wanted.isAdmin && (wanted.inherits ?? there.inherits) == there.inherits
                        && there.mayBecome == wanted.mayBecome
                        && (place.serverMajor < 16 || !place.keepsGrantors || wanted.grantor == nil
                            || wanted.grantor == there.grantor)
                }
                return Outcome(
                    subject: wanted.subject, expected: wanted.words, observed: same.first?.words ?? "missing",
                    isAsExpected: fits)
            }, judgements)
    }

    private func tablespaces(over connection: Connection) async throws -> [Finding] {
        guard !globals.tablespaces.isEmpty else { return [] }
        let rows = try await connection.query(
            "SELECT spcname::text AS name, pg_get_userbyid(spcowner)::text AS owner FROM pg_tablespace")
        let found = try Dictionary(
            rows.map { (try $0.need("name", as: String.self), try $0.need("owner", as: String.self)) },
            uniquingKeysWith: { $1 })
        return Self.compared(
            "tablespaces",
            globals.tablespaces.map { wanted in
                let owner = found[wanted.name]
                return Outcome(
                    subject: "TABLESPACE \(wanted.name)", expected: wanted.owner.map { "owned by \($0)" } ?? "exists",
                    observed: owner.map { "owned by \($0)" } ?? "missing",
                    isAsExpected: owner != nil && (wanted.owner == nil || wanted.owner == owner))
            }, judgements)
    }

    // MARK: Settings

    /// Whether settings are kept as the backup has them. Their values are never told.
    static func settings(
        _ settings: [StoredSetting], _ place: GlobalPlace, _ judgements: [String: ProblemJudgement],
        over connection: Connection
    ) async throws -> [Finding] {
        guard !settings.isEmpty else { return [] }
        let rows = try await connection.query(
            """
            SELECT r.rolname::text AS role, d.datname::text AS database, split_part(c, '=', 1) AS name,
                   substr(c, position('=' IN c) + 1) AS value
            FROM pg_db_role_setting s LEFT JOIN pg_roles r ON r.oid = s.setrole LEFT JOIN pg_database d ON d.oid = s.setdatabase,
                 unnest(s.setconfig) c
            """)
        var found: [[String?]: String] = [:]
        for row in rows {
            found[[try row.get("role"), try row.get("database"), try row.need("name", as: String.self).lowercased()]] =
                try row.need("value")
        }
        return compared(
            "settings of roles and databases",
            settings.map { wanted in
                let value = found[[
                    wanted.role, wanted.database.flatMap { place.databases[$0] }, wanted.name.lowercased(),
                ]]
                return Outcome(
                    subject: wanted.subject, expected: "as in the backup",
                    observed: value == nil ? "missing" : "another value",
                    isAsExpected: value.map { wanted.isKept(as: $0) } ?? false)
            }, judgements)
    }

    // MARK: Findings

    private struct Outcome {
        let subject: String
        let expected: String
        let observed: String
        let isAsExpected: Bool
    }

    /// One finding for all that is as it should be, and one for each that is not.
    private static func compared(
        _ subject: String, _ outcomes: [Outcome], _ judgements: [String: ProblemJudgement]
    ) -> [Finding] {
        let wrong = outcomes.filter { !$0.isAsExpected }
        guard !wrong.isEmpty else {
            return [
                Finding(
                    id: .globals, subject: subject, status: .passed, basis: .archive, expected: "\(outcomes.count)",
                    observed: "\(outcomes.count)")
            ]
        }
        return wrong.map { outcome in
            let judgement = judgements[outcome.subject]
            let isOurs = judgement.map { $0.cause != .backup } ?? false
            return Finding(
                id: .globals, subject: outcome.subject, status: isOurs ? .inconclusive : .failed, basis: .archive,
                expected: outcome.expected, observed: outcome.observed,
                reason: judgement?.reason ?? "a recovery from this backup would not have it as the source had it",
                cause: isOurs ? .environment : .backup)
        }
    }
}

extension ServerRole {
    /// Each attribute that is to be compared, in words.
    fileprivate func words(isOurs: Bool) -> [String] {
        var words =
            isOurs
            ? []
            : RoleAbility.allCases.compactMap { ability in
                abilities[ability].map { $0 ? ability.rawValue : "NO\(ability.rawValue)" }
            }
        words.append("CONNECTION LIMIT \(connectionLimit ?? -1)")
        words.append(password == nil ? "no password" : "a password")
        words.append(validUntil == nil ? "valid for ever" : "VALID UNTIL")
        return words
    }
}

extension RoleMembership {
    fileprivate var words: String {
        [
            isAdmin ? "WITH ADMIN" : "without ADMIN", inherits.map { $0 ? "INHERIT" : "no INHERIT" },
            mayBecome ? "SET" : "no SET", grantor.map { "granted by \($0)" },
        ].compactMap(\.self).joined(separator: ", ")
    }
}

extension StoredSetting {
    /// Whether the server keeps it so: a list as names with commas between them (`flatten_set_variable_args` in `guc_funcs.c`).
    fileprivate func isKept(as value: String) -> Bool {
        if values.count == 1, values[0] == value { return true }
        // Each name is in quotes where it must be.
        let plain = values.joined(separator: ", ")
        let quoted = values.map(quoteIdentifier).joined(separator: ", ")
        func bare(_ text: String) -> String { text.replacing("\"", with: "") }
        return value == plain || value == quoted || bare(value) == bare(plain)
    }
}
