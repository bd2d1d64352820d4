import Rows

/// Collects the roles that rows of one table name.
struct RoleFields {
    private let types: RoleTypes
    private let encoding: TextEncoding
    private let standardConformingStrings: Bool
    /// The fields of a row of COPY that name roles.
    private let fields: [(index: Int, type: RoleType)]
    private let count: Int
    private(set) var roles: Set<String> = []

    /// - Parameter target: nil where the rows are INSERT statements.
    /// - Returns: nil where no row can name a role.
    init?(_ types: RoleTypes, _ table: CopiedTable, target: CopyTarget?, _ encoding: TextEncoding, conforming: Bool) {
        let columns = types.columns(of: target?.table ?? table)
        guard !columns.isEmpty else { return nil }
        self.types = types
        self.encoding = encoding
        standardConformingStrings = conforming
        count = target?.columns.count ?? 0
        fields = (target?.columns ?? []).enumerated().compactMap { index, name in
            columns.first { $0.name == name }?.type.map { (index, $0) }
        }
    }

    /// Takes a row of COPY, with as many fields as it has columns.
    mutating func take(row: UnsafeRawBufferPointer) {
        for (index, type) in fields {
            guard let field = CopyText.field(at: index, of: count, in: row), let value = CopyText.unescape(field) else {
                continue
            }
            note(type.roles(in: encoding.decode(value)))
        }
    }

    /// Takes `INSERT INTO table [(columns)] [OVERRIDING …] VALUES (…), …`.
    mutating func take(insert statement: [UInt8]) {
        let tokens = SQLTokens(statement, encoding, standardConformingStrings: standardConformingStrings).tokens
        var reader = SQLTokenReader(tokens[...])
        guard reader.accept("insert", "into"), let name = reader.qualifiedName() else { return }
        var columns = types.columns(of: CopiedTable(schema: name.schema, name: name.name))
        if reader.accept(.open) {
            let named = columns
            columns = []
            while let column = reader.name() {
                columns.append(RoleColumn(name: column, type: named.first { $0.name == column }?.type))
                guard reader.accept(.comma) else { break }
            }
            guard reader.accept(.close) else { return }
        }
        guard reader.skip(past: "values") else { return }
        while let values = reader.list() {
            for (column, value) in zip(columns, values) {
                if let type = column.type, case .string(let text)? = value.first { note(type.roles(in: text)) }
            }
            _ = reader.accept(.comma)
        }
    }

    private mutating func note(_ names: [String]) {
        for name in names where roles.count < RoleTypes.mostRoles { roles.insert(name) }
    }
}
