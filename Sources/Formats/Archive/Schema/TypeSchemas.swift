import Values

/// The types that a dump defines, and its collations.
struct TypeSchemas: Sendable {
    private enum Definition: Sendable {
        case enumeration([String])
        case domain(TypeName, collation: ExactName?, isNotNull: Bool)
        case other
    }

    private var definitions: [ExactName: Definition] = [:]
    private var nondeterministic: Set<ExactName> = []
    private var collations: Set<ExactName> = []

    /// What a domain in a domain in a domain … may be.
    private static let mostDomains = 30

    /// Takes the rest of a CREATE.
    mutating func take(create statement: SQLTokenReader) {
        var reader = statement
        if reader.accept("type") {
            guard let name = reader.qualifiedName() else { return }
            let labels = reader.accept("as", "enum") ? reader.list() : nil
            define(name, labels.map { .enumeration($0.compactMap(Self.label)) } ?? .other)
        } else if reader.accept("domain") {
            guard let name = reader.qualifiedName() else { return }
            _ = reader.accept("as")
            guard let base = TypeName(&reader) else { return define(name, .other) }
            var collated = reader
            let collation = collated.skip(past: "collate") ? collated.qualifiedName() : nil
            define(
                name,
                .domain(
                    base, collation: collation.map { ExactName(schema: $0.schema, name: $0.name) },
                    isNotNull: reader.has("not", "null")))
        } else if reader.accept("collation") {
            guard let name = reader.qualifiedName(), let options = reader.list() else { return }
            let key = ExactName(schema: name.schema, name: name.name)
            collations.insert(key)
            let isDeterministic = !options.contains { option in
                option.first == .word("deterministic") && option.last != .word("true")
            }
            if !isDeterministic { nondeterministic.insert(key) }
        }
    }

    /// Takes the rest of an ALTER TYPE, which adds a label in dumps for pg_upgrade.
    mutating func take(alter statement: SQLTokenReader) {
        var reader = statement
        guard let name = reader.qualifiedName(), reader.accept("add", "value") else { return }
        let key = ExactName(schema: name.schema, name: name.name)
        guard case .enumeration(let labels)? = definitions[key], case .string(let label)? = reader.next else {
            definitions[key] = .other
            return
        }
        definitions[key] = .enumeration(labels + [label])
    }

    private mutating func define(_ name: (schema: String?, name: String), _ definition: Definition) {
        let key = ExactName(schema: name.schema, name: name.name)
        definitions[key] = definitions[key] == nil ? definition : .other
    }

    private static func label(_ item: ArraySlice<SQLToken>) -> String? {
        if case .string(let label)? = item.first, item.count == 1 { label } else { nil }
    }

    /// Whether text of the collation is equal only where its bytes are.
    private func isDeterministic(_ collation: ExactName?) -> Bool {
        guard let collation else { return true }
        if collations.contains(collation) { return !nondeterministic.contains(collation) }
        return collation.schema == Array("pg_catalog".utf8)
    }
}

/// What a column's type means for its values.
struct ResolvedType: Sendable {
    var type: ValueType
    var keyKind: KeyKind?
    /// Whether a domain forbids NULL.
    var isNotNull = false
}

extension TypeSchemas {
    /// - Parameter encodesAsUTF8: whether the dump is in UTF-8, so that the labels of enums have the bytes of the values.
    func resolve(_ column: ColumnSchema, encodesAsUTF8: Bool) -> ResolvedType {
        resolve(column.type, column.collation, encodesAsUTF8, Self.mostDomains)
    }

    private func resolve(
        _ name: TypeName, _ collation: ExactName?, _ encodesAsUTF8: Bool, _ depth: Int
    ) -> ResolvedType {
        var item = scalar(name, collation, encodesAsUTF8, depth)
        if name.isArray {
            item = ResolvedType(type: .array(item.type), keyKind: nil)
        }
        return item
    }

    private func scalar(
        _ name: TypeName, _ collation: ExactName?, _ encodesAsUTF8: Bool, _ depth: Int
    ) -> ResolvedType {
        if let type = ValueType(builtIn: name) {
            var kind = KeyKind(type)
            if kind == .text || kind == .paddedText, !isDeterministic(collation) { kind = nil }
            return ResolvedType(type: type, keyKind: kind)
        }
        let label = [name.schema, name.name].compactMap { $0 }.joined(separator: ".")
        switch definitions[ExactName(schema: name.schema, name: name.name)] {
        case .enumeration(let labels)?:
            guard encodesAsUTF8 || labels.allSatisfy({ $0.utf8.allSatisfy { $0 < 0x80 } }) else {
                return ResolvedType(type: .other(label))
            }
            let type = ValueType.enumeration(Set(labels.map { Array($0.utf8) }))
            return ResolvedType(type: type, keyKind: KeyKind(type, name: label))
        case .domain(let base, let own, let isNotNull)?:
            guard depth > 0 else { return ResolvedType(type: .other(label)) }
            var found = resolve(base, collation ?? own, encodesAsUTF8, depth - 1)
            found.isNotNull = found.isNotNull || isNotNull
            return found
        case .other?, nil: return ResolvedType(type: .other(label))
        }
    }
}

extension ValueType {
    /// Types of PostgreSQL's own that `--quote-all-identifiers` puts into quotes. Others have a schema there.
    private static let quotable: Set<String> = ["text", "date", "uuid", "json", "jsonb", "bytea"]

    /// A type of PostgreSQL's own by its words; nil for any other.
    fileprivate init?(builtIn name: TypeName) {
        guard !name.isIdentifier || (name.schema == nil && Self.quotable.contains(name.name)) else { return nil }
        let limit = name.limits.first
        switch name.name {
        case "smallint": self = .integer(bytes: 2)
        case "integer": self = .integer(bytes: 4)
        case "bigint": self = .integer(bytes: 8)
        case "boolean": self = .boolean
        case "uuid": self = .uuid
        case "numeric":
            self = .numeric(limit.map { NumericLimit(precision: $0, scale: name.limits.dropFirst().first ?? 0) })
        case "real": self = .float(bytes: 4)
        case "double precision": self = .float(bytes: 8)
        case "text": self = .text(limit: nil)
        case "character varying": self = .text(limit: limit)
        case "character": self = .paddedText(limit: limit)
        case "bpchar": self = .paddedText(limit: nil)
        case "date": self = .date
        case "timestamp": self = .timestamp(zoned: false)
        case "timestamp with time zone": self = .timestamp(zoned: true)
        case "time": self = .time(zoned: false)
        case "time with time zone": self = .time(zoned: true)
        case "interval": self = .interval
        case "bytea": self = .bytea
        case "bit": self = .bits(count: limit ?? 1, varying: false)
        case "bit varying": self = .bits(count: limit, varying: true)
        case "json": self = .json
        case "jsonb": self = .jsonb
        default: return nil
        }
    }
}
