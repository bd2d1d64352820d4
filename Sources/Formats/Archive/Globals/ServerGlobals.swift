import Bytes

/// What a script of `pg_dumpall` says of the server as a whole: its roles, their memberships and settings, its tablespaces.
package struct ServerGlobals: Sendable {
    /// A statement, and the line of the script in which it ends.
    package struct Line: Sendable {
        package let number: Int
        package let statement: GlobalStatement
    }

    /// A statement that `pg_dumpall` never writes.
    package struct Foreign: Sendable, Hashable {
        package let line: Int
        /// By its keywords.
        package let words: String
    }

    package private(set) var statements: [Line] = []
    package private(set) var foreign: [Foreign] = []
    /// Bytes of statements.
    private var bytes = 0

    package init() {}

    /// More than this is no script of `pg_dumpall`: in bytes, and in statements.
    static let largest = 256 << 20
    static let mostStatements = 1_000_000

    /// Takes what stands around dumps.
    mutating func take(_ parts: [PlainPart]) {
        for part in parts {
            switch part {
            case .statement(let statement): take(statement)
            case .event(.metaCommand(let line, _)): add(Foreign(line: line, words: "a command of psql's"))
            case .event(.tooLong(let line)): add(Foreign(line: line, words: "a statement that is too long"))
            case .rows, .heldRows, .endOfRows, .event: break
            }
        }
    }

    private mutating func take(_ statement: ScriptStatement) {
        bytes += statement.text.count
        guard bytes <= Self.largest, statements.count < Self.mostStatements else {
            return add(Foreign(line: statement.line, words: "more statements than a server has roles and settings"))
        }
        if let known = GlobalStatement(statement) {
            statements.append(Line(number: statement.line, statement: known))
        } else {
            add(Foreign(line: statement.line, words: statement.foreign?.words ?? statement.verb))
        }
    }

    private mutating func add(_ found: Foreign) {
        if foreign.count < DumpFlaws.most { foreign.append(found) }
    }

    // MARK: What it comes to

    package var roles: [ServerRole] {
        var roles: [String: ServerRole] = [:]
        for line in statements {
            switch line.statement {
            case .createRole(let name): roles[name] = roles[name] ?? ServerRole(name: name)
            case .alterRole(let role): roles[role.name] = role
            default: break
            }
        }
        return roles.values.sorted { $0.name < $1.name }
    }

    package var memberships: [RoleMembership] {
        statements.compactMap { if case .membership(let membership) = $0.statement { membership } else { nil } }
    }

    package var tablespaces: [ServerTablespace] {
        statements.compactMap { if case .tablespace(let tablespace) = $0.statement { tablespace } else { nil } }
    }

    package var settings: [StoredSetting] { statements.storedSettings }

    /// Whether it says nothing.
    package var isEmpty: Bool {
        statements.allSatisfy { line in
            switch line.statement {
            case .session, .drop: true
            default: false
            }
        }
    }

    /// The databases that the script makes room for.
    package var droppedDatabases: [String] {
        statements.compactMap { if case .drop(.database(let name)) = $0.statement { name } else { nil } }
    }

    /// Whether a server of PostgreSQL 16 or later wrote it, in which grantors have a right of their own to grant.
    package var hasRealGrantors: Bool { memberships.contains { $0.inherits != nil } }

    /// The superuser with which the source's server was made: a grantor of memberships that has no right of its own to grant them.
    /// Nil if the script does not tell.
    package var bootstrapSuperuser: String? {
        guard hasRealGrantors else { return nil }
        let grantors = grantorsWithoutRight.compactMap(\.grantor)
        // It cannot lose that attribute.
        let superusers = Set(roles.filter { $0.abilities[.superuser] == true }.map(\.name))
        return grantors.first(where: superusers.contains) ?? grantors.first
    }

    /// Memberships whose grantor has no right, by the script, to grant them.
    private var grantorsWithoutRight: [RoleMembership] {
        let admins = Set(memberships.filter(\.isAdmin).map { [$0.role, $0.member] })
        return memberships.filter { membership in
            membership.grantor.map { !admins.contains([membership.role, $0]) } ?? false
        }
    }

    /// What no script of `pg_dumpall` has: statements of somebody else's, and what contradicts itself.
    package var flaws: [DumpFlaw] {
        var flaws = DumpFlaws()
        for found in foreign {
            flaws.add(
                "line \(found.line)",
                "\(found.words), which pg_dumpall never writes about a server: somebody changed the script. It does not run"
            )
        }
        let roles = roles
        var made: Set<String> = []
        var altered: Set<String> = []
        for line in statements {
            switch line.statement {
            case .createRole(let name): made.insert(name)
            case .alterRole(let role): altered.insert(role.name)
            default: break
            }
        }
        let tablespaces = Set(tablespaces.map(\.name))
        var needed: Set<String> = []
        for line in statements {
            switch line.statement {
            case .detail(of: .tablespace(let name), _, _), .drop(.tablespace(let name)):
                if !tablespaces.contains(name), !name.hasPrefix("pg_"), needed.insert(name).inserted {
                    flaws.add("TABLESPACE \(name)", "the script names it, and nothing creates it")
                }
            // With tablespaces or memberships alone, roles come from elsewhere.
            case .drop(.role(let name)) where !roles.isEmpty && !made.contains(name):
                flaws.add("ROLE \(name)", "the script drops it, and nothing creates it again")
            default: break
            }
        }
        guard !roles.isEmpty else { return flaws.all }
        if let first = bootstrapSuperuser {
            for membership in grantorsWithoutRight where membership.grantor != first {
                flaws.add(
                    "ROLE \(membership.member) in \(membership.role)",
                    "\(membership.grantor ?? "") granted it, and has it without ADMIN OPTION or not at all: a line is missing"
                )
            }
        }
        for role in roles {
            if !made.contains(role.name) {
                flaws.add("ROLE \(role.name)", "it gets attributes, and nothing creates it")
            }
            if !altered.contains(role.name) { flaws.add("ROLE \(role.name)", "it is created, and gets no attributes") }
            if role.password == .unknown {
                flaws.add("ROLE \(role.name)", "its password is in no form that a server keeps: it was changed")
            }
        }
        func require(_ name: String?, _ subject: String) {
            guard let name, !made.contains(name), !name.hasPrefix("pg_") else { return }
            flaws.add(subject, "it needs the role \(name), which nothing creates")
        }
        for membership in memberships {
            for name in [membership.role, membership.member, membership.grantor] {
                require(name, "ROLE \(membership.member) in \(membership.role)")
            }
        }
        for setting in settings { require(setting.role, "a setting of ROLE \(setting.role ?? "")") }
        for tablespace in self.tablespaces { require(tablespace.owner, "TABLESPACE \(tablespace.name)") }
        return flaws.all
    }

    /// Takes those of another script, such as `pg_dumpall --tablespaces-only` beside `--roles-only`.
    package mutating func add(_ other: ServerGlobals) {
        statements += other.statements
        foreign += other.foreign
    }
}

extension [ServerGlobals.Line] {
    /// The last of each name is in force.
    var storedSettings: [StoredSetting] {
        var settings: [[String?]: StoredSetting] = [:]
        for case .setting(let setting) in map(\.statement) {
            settings[[setting.role, setting.database, setting.name.lowercased()]] = setting
        }
        return settings.values.sorted {
            ($0.role ?? "", $0.database ?? "", $0.name) < ($1.role ?? "", $1.database ?? "", $1.name)
        }
    }
}

extension ScriptStatement {
    /// Its first word, if one of SQL's statements begins so.
    fileprivate var verb: String {
        SQLVerb.of(text).flatMap { $0.isEmpty ? nil : $0.uppercased() } ?? "no statement of SQL"
    }
}
