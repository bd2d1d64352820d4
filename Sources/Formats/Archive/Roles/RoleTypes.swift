import Bytes

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Where a dump names roles in values: in columns of `regrole` and `aclitem`, of arrays, domains and composite types over
/// them, and in constants of such types within definitions. A dump holds no role, and such a value is refused by a
/// server that does not have the role.
struct RoleTypes: Sendable {
    /// The types that the dump makes and whose values name roles.
    private var types: [CopiedTable: RoleType] = [:]
    /// The columns of tables and composite types of which one names roles, or may be inherited.
    private var columns: [CopiedTable: [RoleColumn]] = [:]
    /// The roles that constants in definitions name.
    private(set) var roles: Set<String> = []

    /// The most roles that are taken of one dump.
    static let mostRoles = 1000

    /// Whether a definition can name a role: most dumps have none that can, and cost no more than this.
    func concerns(_ definition: [UInt8]) -> Bool {
        !types.isEmpty || Self.words.contains { definition.has($0) }
    }

    private static let words = ["regrole", "aclitem"].map { Array($0.utf8) }

    /// Takes the statements of one definition, in the order of the dump.
    mutating func take(_ tokens: SQLTokens) {
        let statements = tokens.statements
        for statement in statements { takeType(SQLTokenReader(statement)) }
        if let table = TableDefinition(statements) { take(table) }
        takeConstants(tokens.tokens)
    }

    /// The columns of a table, those that it inherits first; empty where none names roles.
    func columns(of table: CopiedTable) -> [RoleColumn] {
        let columns = columns[table] ?? []
        return columns.contains { $0.type != nil } ? columns : []
    }

    // MARK: Definitions

    /// `CREATE DOMAIN name AS type …` and `CREATE TYPE name AS (field type, …)`
    private mutating func takeType(_ reader: SQLTokenReader) {
        var reader = reader
        guard reader.accept("create") else { return }
        let isDomain = reader.accept("domain")
        guard isDomain || reader.accept("type"), let name = reader.qualifiedName(), reader.accept("as") else { return }
        let made = CopiedTable(schema: name.schema, name: name.name)
        if isDomain {
            if let base = TypeName(&reader).flatMap(type) { types[made] = base }
        } else if reader.next == .open {
            let fields = reader.columns().map { RoleColumn(name: $0.name, type: $0.type.flatMap(type)) }
            columns[made] = fields
            if fields.contains(where: { $0.type != nil }) { types[made] = .record(fields.map(\.type)) }
        }
    }

    private mutating func take(_ table: TableDefinition) {
        let own = table.columns.map { RoleColumn(name: $0.name, type: $0.type.flatMap(type)) }
        var all = table.parents.flatMap { columns[$0] ?? [] }
        // Of a column that it inherits and names again, there is one.
        for column in own where !all.contains(where: { $0.name == column.name }) { all.append(column) }
        columns[table.table] = all
        // The rows of a table are values of a type of its name.
        if all.contains(where: { $0.type != nil }) { types[table.table] = .record(all.map(\.type)) }
    }

    private func type(_ written: TypeName) -> RoleType? {
        let type: RoleType? =
            switch (written.schema ?? "pg_catalog", written.name) {
            case ("pg_catalog", "regrole"): .role
            case ("pg_catalog", "aclitem"): .privilege
            default: types[CopiedTable(schema: written.schema, name: written.name)]
            }
        return written.isArray ? type.map(RoleType.array) : type
    }

    /// `'ada'::regrole`
    private mutating func takeConstants(_ tokens: [SQLToken]) {
        let colon = SQLToken.symbol(UInt8(ascii: ":"))
        for (index, token) in tokens.enumerated() {
            guard case .string(let value) = token, tokens[(index + 1)...].starts(with: [colon, colon]) else { continue }
            var reader = SQLTokenReader(tokens[(index + 3)...])
            if let type = TypeName(&reader).flatMap(type) { note(type.roles(in: value)) }
        }
    }

    private mutating func note(_ names: [String]) {
        for name in names where roles.count < Self.mostRoles { roles.insert(name) }
    }
}

/// A column, and how its values name roles; nil where they name none.
struct RoleColumn: Sendable {
    let name: String
    let type: RoleType?
}

extension TableOfContents {
    /// Where the archive names roles in values.
    var roleTypes: RoleTypes {
        var found = RoleTypes()
        for entry in entries where !entry.definition.isEmpty && found.concerns(Array(entry.definition.utf8)) {
            found.take(SQLTokens(entry.definition))
        }
        return found
    }
}

extension [UInt8] {
    fileprivate func has(_ part: [UInt8]) -> Bool {
        withUnsafeBytes { bytes in
            guard var place = bytes.baseAddress else { return false }
            let end = place + bytes.count
            while let found = memchr(place, Int32(part[0]), end - place), end - UnsafeRawPointer(found) >= part.count {
                if memcmp(found, part, part.count) == 0 { return true }
                place = UnsafeRawPointer(found) + 1
            }
            return false
        }
    }
}
