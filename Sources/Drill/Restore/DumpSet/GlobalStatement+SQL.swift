import Archive
import Postgres

/// Who runs the statements, and where.
struct GlobalPlace: Sendable {
    /// The superuser of the scratch server, whom the script may name too.
    let superuser: String
    let serverMajor: Int
    /// Whether memberships are granted by those who granted them at the source. Until PostgreSQL 15, the grantor was a note that gave no
    /// right; later servers take none without the right to grant (`check_role_grantor` in `user.c`).
    let keepsGrantors: Bool
    /// How a database of the source is called on the scratch server.
    var databases: [String: String] = [:]
}

extension GlobalStatement {
    /// The statement, written anew for a scratch server; nil for what is not run there.
    ///
    /// Passwords stay here: a role that has one gets another, of the same form, that nobody knows. Tablespaces are directories within the
    /// scratch server's data, wherever they were at the source.
    func sql(on place: GlobalPlace) -> String? {
        switch self {
        case .createRole(let name): name == place.superuser ? nil : "CREATE ROLE \(quoteIdentifier(name))"
        case .alterRole(let role): Self.sql(of: role, on: place)
        case .setting(let setting): Self.sql(of: setting, on: place)
        case .membership(let membership): Self.sql(of: membership, on: place)
        case .tablespace(let tablespace):
            "CREATE TABLESPACE \(quoteIdentifier(tablespace.name))"
                + (tablespace.owner.map { " OWNER \(quoteIdentifier($0))" } ?? "") + " LOCATION ''"
        case .databaseOwner(let database, let owner):
            place.databases[database].map { "ALTER DATABASE \(quoteIdentifier($0)) OWNER TO \(quoteIdentifier(owner))" }
        case .detail(_, _, let tokens): tokens.map(\.sql).joined(separator: " ")
        case .ofDatabase, .session, .drop: nil
        }
    }

    private static func sql(of role: ServerRole, on place: GlobalPlace) -> String? {
        // Ours must stay what it is.
        let isOurs = role.name == place.superuser
        var words =
            isOurs
            ? []
            : RoleAbility.allCases.compactMap { ability in
                role.abilities[ability].map { $0 ? ability.rawValue : "NO\(ability.rawValue)" }
            }
        if let limit = role.connectionLimit { words.append("CONNECTION LIMIT \(limit)") }
        switch role.password {
        case .scram?, .unknown?: words.append("PASSWORD \(quoteLiteral(placeholder))")
        case .md5?: words.append("PASSWORD 'md5\(String(repeating: "0", count: 32))'")
        case nil: words.append("PASSWORD NULL")
        }
        if let time = role.validUntil { words.append("VALID UNTIL \(quoteLiteral(time))") }
        return "ALTER ROLE \(quoteIdentifier(role.name)) WITH \(words.joined(separator: " "))"
    }

    /// No password leads to these keys, which are zeros.
    private static let placeholder =
        "SCRAM-SHA-256$4096:AAAAAAAAAAAAAAAAAAAAAA==$\(String(repeating: "A", count: 43))=:\(String(repeating: "A", count: 43))="

    private static func sql(of setting: StoredSetting, on place: GlobalPlace) -> String? {
        let database = setting.database.map { place.databases[$0] }
        // Of a database that is not restored.
        if case .some(nil) = database { return nil }
        let target =
            switch (setting.role, database ?? nil) {
            case (let role?, let database?):
                "ROLE \(quoteIdentifier(role)) IN DATABASE \(quoteIdentifier(database))"
            case (let role?, nil): "ROLE \(quoteIdentifier(role))"
            case (nil, let database?): "DATABASE \(quoteIdentifier(database))"
            case (nil, nil): "ROLE ALL"
            }
        let values = setting.values.map { quoteLiteral($0) }.joined(separator: ", ")
        return "ALTER \(target) SET \(quoteIdentifier(setting.name)) TO \(values)"
    }

    private static func sql(of membership: RoleMembership, on place: GlobalPlace) -> String {
        var options: [String] = []
        if place.serverMajor >= 16 {
            options.append("ADMIN \(membership.isAdmin ? "TRUE" : "FALSE")")
            if let inherits = membership.inherits { options.append("INHERIT \(inherits ? "TRUE" : "FALSE")") }
            options.append("SET \(membership.mayBecome ? "TRUE" : "FALSE")")
        } else if membership.isAdmin {
            options.append("ADMIN OPTION")
        }
        let grantor = place.keepsGrantors ? membership.grantor : nil
        return "GRANT \(quoteIdentifier(membership.role)) TO \(quoteIdentifier(membership.member))"
            + (options.isEmpty ? "" : " WITH \(options.joined(separator: ", "))")
            + (grantor.map { " GRANTED BY \(quoteIdentifier($0))" } ?? "")
    }

    /// What it is about, for a person.
    var subject: String {
        switch self {
        case .createRole(let name): "ROLE \(name)"
        case .alterRole(let role): "ROLE \(role.name)"
        case .setting(let setting): setting.subject
        case .membership(let membership): membership.subject
        case .tablespace(let tablespace): "TABLESPACE \(tablespace.name)"
        case .databaseOwner(let database, _): "DATABASE \(database)"
        case .detail(of: .role(let name), _, _): "comments and labels of ROLE \(name)"
        case .detail(of: .tablespace(let name), _, _): "privileges, options and comments of TABLESPACE \(name)"
        case .detail(of: .parameter, _, _): "privileges on parameters"
        case .ofDatabase, .session, .drop: "the script"
        }
    }
}

extension StoredSetting {
    /// Never its value, which may be a secret.
    var subject: String {
        let places = [role.map { "ROLE \($0)" }, database.map { "DATABASE \($0)" }].compactMap(\.self)
        return "\(places.isEmpty ? "every role" : places.joined(separator: " in ")), setting \(name)"
    }
}

extension RoleMembership {
    var subject: String { "ROLE \(member) in \(role)" }
}

extension SQLToken {
    /// The same token for a server, whatever was around it in the script.
    fileprivate var sql: String {
        switch self {
        // A word of other letters is a name. Its bytes were taken in the script's encoding, and may have any meaning in ours.
        case .word(let word):
            word.wholeMatch(of: /[a-z_][a-z0-9_$]*/) != nil ? word : quoteIdentifier(word)
        case .number(let digits): digits.wholeMatch(of: /[0-9.]+/) != nil ? digits : quoteLiteral(digits)
        case .quoted(let name): quoteIdentifier(name)
        case .string(let text): quoteLiteral(text)
        case .symbol(let byte): String(UnicodeScalar(byte))
        }
    }
}
