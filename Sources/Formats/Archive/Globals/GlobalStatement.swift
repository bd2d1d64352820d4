/// A statement that `pg_dumpall` writes about the server as a whole, or `pg_dump` about a database as a whole, understood in every
/// word of it. What is made of it is written anew, so nothing else of a script reaches a server.
///
/// What they write is known from their source (`pg_dumpall.c`, `dumpDatabase` in `pg_dump.c`, `dumputils.c`; 9.1 to 18).
package enum GlobalStatement: Sendable, Hashable {
    case createRole(String)
    /// `ALTER ROLE … WITH …`: all attributes of a role.
    case alterRole(ServerRole)
    case setting(StoredSetting)
    case membership(RoleMembership)
    case tablespace(ServerTablespace)
    case databaseOwner(database: String, owner: String)
    /// A comment, a label, a privilege or an option of a role, a tablespace or a parameter.
    /// - grantee: whose privilege it is; nil for none.
    case detail(of: Target, grantee: String? = nil, [SQLToken])
    /// About a database, and nothing that is kept in it: its creation, its privileges, its comment.
    case ofDatabase
    /// For the session that runs the script.
    case session
    /// Makes room for what follows (`pg_dumpall --clean`).
    case drop(Dropped)

    package enum Dropped: Sendable, Hashable {
        case role(String)
        case database(String)
        case tablespace(String)
    }

    package enum Target: Sendable, Hashable {
        case role(String)
        case tablespace(String)
        /// A setting, of which a role gets a privilege.
        case parameter
    }
}

extension GlobalStatement {
    /// - Returns: nil for any other statement.
    init?(_ statement: ScriptStatement) { self.init(statement.wholeTokens) }

    /// - Parameter tokens: of one text.
    init?(_ tokens: [SQLToken]) {
        let statements = tokens.split(separator: .semicolon)
        guard statements.count == 1, let tokens = statements.first else { return nil }
        var reader = SQLTokenReader(tokens)
        guard case .word(let verb)? = reader.next else { return nil }
        reader.skip()
        let read: GlobalStatement? =
            switch verb {
            case "create": Self.create(&reader)
            case "alter": Self.alter(&reader)
            case "grant", "revoke": Self.grant(&reader, tokens, revokes: verb == "revoke")
            case "comment", "security": Self.note(&reader, tokens, isLabel: verb == "security")
            case "drop": Self.drop(&reader)
            case "set": Self.session(&reader, resets: false)
            case "reset": Self.session(&reader, resets: true)
            case "update": Self.update(&reader)
            default: nil
            }
        guard let read, reader.isAtEnd else { return nil }
        self = read
    }

    // MARK: CREATE and DROP

    private static func create(_ reader: inout SQLTokenReader) -> GlobalStatement? {
        if reader.accept("role") { return reader.name().map { .createRole($0) } }
        if reader.accept("database") {
            guard reader.name() != nil else { return nil }
            return reader.acceptOptions() ? .ofDatabase : nil
        }
        guard reader.accept("tablespace"), let name = reader.name() else { return nil }
        let owner = reader.accept("owner") ? reader.name() : nil
        guard reader.accept("location"), let location = reader.string() else { return nil }
        return .tablespace(ServerTablespace(name: name, owner: owner, location: location))
    }

    private static func drop(_ reader: inout SQLTokenReader) -> GlobalStatement? {
        let make: (String) -> Dropped
        if reader.accept("database") {
            make = { .database($0) }
        } else if reader.accept("role") {
            make = { .role($0) }
        } else if reader.accept("tablespace") {
            make = { .tablespace($0) }
        } else {
            return nil
        }
        _ = reader.accept("if", "exists")
        return reader.name().map { .drop(make($0)) }
    }

    /// `pg_dumpall --clean` makes a template a database that can be dropped.
    private static func update(_ reader: inout SQLTokenReader) -> GlobalStatement? {
        guard let table = reader.qualifiedName(), table == ("pg_catalog", "pg_database"),
            reader.accept("set", "datistemplate"), reader.accept(.equals), reader.accept("false"),
            reader.accept("where", "datname"), reader.accept(.equals), let name = reader.string()
        else { return nil }
        return .drop(.database(name))
    }

    // MARK: ALTER

    private static func alter(_ reader: inout SQLTokenReader) -> GlobalStatement? {
        if reader.accept("role") || reader.accept("user") {
            guard let name = reader.name() else { return nil }
            if reader.accept("in", "database") {
                guard let database = reader.name() else { return nil }
                return setting(&reader, role: name, database: database)
            }
            if reader.next == .word("set") { return setting(&reader, role: name, database: nil) }
            return attributes(&reader, of: name)
        }
        if reader.accept("database") {
            guard let name = reader.name() else { return nil }
            if reader.accept("owner", "to") { return reader.name().map { .databaseOwner(database: name, owner: $0) } }
            if reader.next == .word("set") {
                var other = reader
                if other.accept("set", "tablespace") { return nil }
                return setting(&reader, role: nil, database: name)
            }
            return reader.acceptOptions() ? .ofDatabase : nil
        }
        guard reader.accept("tablespace"), let name = reader.name(), let options = reader.options() else { return nil }
        let start: [SQLToken] = [.word("alter"), .word("tablespace"), .quoted(name), .word("set")]
        return .detail(of: .tablespace(name), start + options)
    }

    private static func attributes(_ reader: inout SQLTokenReader, of name: String) -> GlobalStatement? {
        var role = ServerRole(name: name)
        _ = reader.accept("with")
        while case .word(let word)? = reader.next {
            reader.skip()
            switch word {
            case "connection":
                guard reader.accept("limit"), let limit = reader.integer() else { return nil }
                role.connectionLimit = limit
            case "encrypted" where reader.next == .word("password"): break
            case "password":
                guard let password = reader.string() else { return nil }
                role.password = PasswordForm(password)
            case "valid":
                guard reader.accept("until"), let time = reader.string() else { return nil }
                role.validUntil = time
            default:
                if let ability = RoleAbility(rawValue: word.uppercased()) {
                    role.abilities[ability] = true
                } else if word.hasPrefix("no"), let ability = RoleAbility(rawValue: word.dropFirst(2).uppercased()) {
                    role.abilities[ability] = false
                } else {
                    return nil
                }
            }
        }
        return .alterRole(role)
    }

    /// `SET name TO value, …`, or with `=`.
    private static func setting(
        _ reader: inout SQLTokenReader, role: String?, database: String?
    ) -> GlobalStatement? {
        guard reader.accept("set"), var name = reader.name() else { return nil }
        while reader.accept(.period) {
            guard let more = reader.name() else { return nil }
            name += "." + more
        }
        guard reader.accept("to") || reader.accept(.equals) else { return nil }
        var values: [String] = []
        repeat {
            guard let value = reader.value() else { return nil }
            values.append(value)
        } while reader.accept(.comma)
        return .setting(StoredSetting(role: role, database: database, name: name, values: values))
    }

    // MARK: GRANT, COMMENT, SECURITY LABEL

    private static func grant(
        _ reader: inout SQLTokenReader, _ tokens: ArraySlice<SQLToken>, revokes: Bool
    ) -> GlobalStatement? {
        var privileges = reader
        if privileges.acceptPrivileges(), privileges.accept("on") {
            reader = privileges
            let target: Target
            if reader.accept("database") {
                guard reader.name() != nil else { return nil }
                return reader.grantee(revokes: revokes).map { _ in .ofDatabase }
            } else if reader.accept("tablespace") {
                guard let name = reader.name() else { return nil }
                target = .tablespace(name)
            } else if reader.accept("parameter") {
                guard reader.name() != nil else { return nil }
                while reader.accept(.period) { guard reader.name() != nil else { return nil } }
                target = .parameter
            } else {
                return nil
            }
            return reader.grantee(revokes: revokes).map { .detail(of: target, grantee: $0, Array(tokens)) }
        }
        guard !revokes, let role = reader.name(), reader.accept("to"), let member = reader.name() else { return nil }
        var membership = RoleMembership(role: role, member: member)
        if reader.accept("with") {
            repeat {
                guard let option = reader.name() else { return nil }
                let isOn = reader.accept("option") || reader.accept("true")
                guard isOn || reader.accept("false") else { return nil }
                switch option {
                case "admin": membership.isAdmin = isOn
                case "inherit": membership.inherits = isOn
                case "set": membership.mayBecome = isOn
                default: return nil
                }
            } while reader.accept(.comma)
        }
        if reader.accept("granted", "by") {
            guard let grantor = reader.name() else { return nil }
            membership.grantor = grantor
        }
        return .membership(membership)
    }

    private static func note(
        _ reader: inout SQLTokenReader, _ tokens: ArraySlice<SQLToken>, isLabel: Bool
    ) -> GlobalStatement? {
        if isLabel {
            guard reader.accept("label", "for"), reader.value() != nil else { return nil }
        }
        guard reader.accept("on") else { return nil }
        let target: Target?
        if reader.accept("database") {
            target = nil
            guard reader.name() != nil else { return nil }
        } else if reader.accept("role") {
            guard let name = reader.name() else { return nil }
            target = .role(name)
        } else if reader.accept("tablespace") {
            guard let name = reader.name() else { return nil }
            target = .tablespace(name)
        } else {
            return nil
        }
        guard reader.accept("is"), reader.accept("null") || reader.string() != nil else { return nil }
        return target.map { .detail(of: $0, Array(tokens)) } ?? .ofDatabase
    }

    // MARK: SET

    /// `pg_dumpall` writes privileges as their grantors between `SET SESSION AUTHORIZATION` and `RESET` of it (`buildACLCommands`).
    private static func session(_ reader: inout SQLTokenReader, resets: Bool) -> GlobalStatement? {
        let isAuthorization = reader.accept("session", "authorization")
        if !isAuthorization { guard reader.name() != nil else { return nil } }
        if resets { return .session }
        guard isAuthorization || reader.accept(.equals) || reader.accept("to") else { return nil }
        return reader.value().map { _ in .session }
    }
}

extension SQLToken {
    fileprivate static let equals = SQLToken.symbol(UInt8(ascii: "="))
    fileprivate static let minus = SQLToken.symbol(UInt8(ascii: "-"))
}

extension SQLTokenReader {
    fileprivate mutating func string() -> String? {
        guard case .string(let text)? = next else { return nil }
        skip()
        return text
    }

    fileprivate mutating func integer() -> Int? {
        let isNegative = accept(.minus)
        guard case .number(let text)? = next, let number = Int(text) else { return nil }
        skip()
        return isNegative ? -number : number
    }

    /// A constant, a name or a keyword.
    fileprivate mutating func value() -> String? {
        let isNegative = accept(.minus)
        switch next {
        case .string(let text)? where !isNegative:
            skip()
            return text
        case .number(let text)?:
            skip()
            return isNegative ? "-\(text)" : text
        case _ where isNegative: return nil
        default: return name()
        }
    }

    /// Takes options of a database, such as `WITH TEMPLATE = template0 ENCODING = 'UTF8'` or `CONNECTION LIMIT = 7`. None of it is written
    /// anew: how text is kept and sorted is read from the dump's ``Dump/databaseDefinition``.
    fileprivate mutating func acceptOptions() -> Bool {
        _ = accept("with")
        while !isAtEnd {
            guard name() != nil else { return false }
            // `CONNECTION LIMIT` is two words.
            while name() != nil {}
            _ = accept(.equals)
            guard isAtEnd || value() != nil else { return false }
        }
        return true
    }

    /// Takes `SET (name=value, …)`.
    /// - Returns: the parentheses, and what is in them.
    fileprivate mutating func options() -> [SQLToken]? {
        guard accept("set"), accept(.open) else { return nil }
        var tokens: [SQLToken] = [.open]
        repeat {
            guard let name = name(), accept(.equals), let value = value() else { return nil }
            if tokens.count > 1 { tokens.append(.comma) }
            tokens += [.quoted(name), .equals, .string(value)]
        } while accept(.comma)
        return accept(.close) ? tokens + [.close] : nil
    }

    /// Takes what is granted on a database, a tablespace or a parameter: `ALL`, or a list such as `SET,ALTER SYSTEM`.
    fileprivate mutating func acceptPrivileges() -> Bool {
        _ = accept("grant", "option", "for")
        if accept("all") {
            _ = accept("privileges")
            return true
        }
        repeat {
            guard
                accept("create") || accept("connect") || accept("temporary") || accept("temp") || accept("set")
                    || accept("alter", "system")
            else { return false }
        } while accept(.comma)
        return true
    }

    /// Takes `TO name` or `FROM name`, and whether it may be granted on.
    fileprivate mutating func grantee(revokes: Bool) -> String? {
        guard accept(revokes ? "from" : "to"), let name = name() else { return nil }
        _ = accept("with", "grant", "option")
        if accept("granted", "by") { guard self.name() != nil else { return nil } }
        return name
    }
}
