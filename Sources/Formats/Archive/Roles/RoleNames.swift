/// Finds the roles that a statement needs to exist.
enum RoleNames {
    /// Words that may be in the place of a role's name but are not the name of a role.
    private static let specialWords: Set<String> = [
        "public", "current_user", "session_user", "current_role", "user", "default", "none",
    ]

    /// The roles that `statement` names, in order and perhaps repeatedly: roles to which it gives privileges or from
    /// which it takes them, which it makes an owner, to which it applies a policy or a user mapping, or which it
    /// becomes.
    static func named(by statement: ArraySlice<SQLToken>) -> [String] {
        var reader = SQLTokenReader(statement)
        guard case .word(let verb)? = reader.next else { return [] }
        reader.skip()
        switch verb {
        case "grant": return grant(reader)
        case "revoke": return revoke(reader)
        case "alter": return alter(reader)
        case "create": return create(reader)
        case "set": return set(reader)
        default: return []
        }
    }

    /// `GRANT privileges ON … TO roles [WITH …] [GRANTED BY role]`, `GRANT roles TO roles …`.
    private static func grant(_ reader: SQLTokenReader) -> [String] {
        granted(reader, before: "to") + list(reader, after: "to") + list(reader, after: "granted", "by")
    }

    /// `REVOKE [GRANT OPTION FOR] privileges ON … FROM roles [GRANTED BY role]`, `REVOKE [… OPTION FOR] roles FROM
    /// roles`.
    private static func revoke(_ reader: SQLTokenReader) -> [String] {
        var subject = reader
        _ = subject.skip(past: "option", "for")
        return granted(subject.isAtEnd ? reader : subject, before: "from") + list(reader, after: "from")
            + list(reader, after: "granted", "by")
    }

    /// The roles whose membership is granted; empty where the statement grants privileges on an object.
    private static func granted(_ reader: SQLTokenReader, before preposition: String) -> [String] {
        var reader = reader
        var probe = reader
        guard !probe.skip(past: "on") else { return [] }
        let names = list(&reader)
        return reader.accept(preposition) ? names : []
    }

    private static func alter(_ reader: SQLTokenReader) -> [String] {
        var reader = reader
        if reader.accept("default", "privileges") {
            var roles: [String] = []
            if reader.accept("for", "role") || reader.accept("for", "user") { roles = list(&reader) }
            let revokes = list(reader, after: "from")
            return roles + list(reader, after: "to") + revokes
        }
        if reader.accept("policy") { return list(reader, after: "to") }
        return list(reader, after: "owner", "to")
    }

    private static func create(_ reader: SQLTokenReader) -> [String] {
        var reader = reader
        if reader.accept("policy") { return list(reader, after: "to") }
        if reader.accept("user", "mapping") { return list(reader, after: "for") }
        if reader.accept("schema") { return list(reader, after: "authorization") }
        return []
    }

    private static func set(_ reader: SQLTokenReader) -> [String] {
        var reader = reader
        _ = reader.accept("local")
        if reader.accept("session", "authorization") || reader.accept("role") { return list(&reader) }
        guard reader.accept("session") else { return [] }
        return reader.accept("session", "authorization") || reader.accept("role") ? list(&reader) : []
    }

    private static func list(_ reader: SQLTokenReader, after first: String, _ second: String? = nil) -> [String] {
        var reader = reader
        while reader.skip(past: first) {
            guard let second else { return list(&reader) }
            if reader.accept(second) { return list(&reader) }
        }
        return []
    }

    /// Takes `role [, …]`. `SET SESSION AUTHORIZATION` also takes its role as a string.
    private static func list(_ reader: inout SQLTokenReader) -> [String] {
        var names: [String] = []
        repeat {
            _ = reader.accept("group")
            switch reader.next {
            case .word(let name)?: if !specialWords.contains(name) { names.append(name) }
            case .quoted(let name)?, .string(let name)?: names.append(name)
            default: return names
            }
            reader.skip()
        } while reader.accept(.comma)
        return names
    }
}
