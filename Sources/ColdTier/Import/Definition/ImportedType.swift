import Postgres

/// A type that a manifest defines, in parts.
struct ImportedType: Equatable, Sendable {
    let name: QualifiedName
    private let kind: Kind

    private enum Kind: Equatable, Sendable {
        case enumeration([String])
        case composite([Attribute])
        case range(TypeName)
        case domain(TypeName)
    }

    private struct Attribute: Equatable, Sendable {
        let name: String
        let type: TypeName
    }

    /// - Throws: ``DefinitionFlaw`` for anything else than the definition of this type.
    init(_ definition: ExportManifest.TypeDefinition) throws(DefinitionFlaw) {
        var reader = try DefinitionReader(definition.definition)
        if reader.take(words: "create", "domain") {
            name = try reader.qualifiedName()
            guard reader.take(words: "as") else { throw reader.unexpected }
            kind = .domain(try TypeName(from: &reader))
        } else {
            guard reader.take(words: "create", "type") else { throw reader.unexpected }
            name = try reader.qualifiedName()
            guard reader.take(words: "as") else { throw reader.unexpected }
            kind = try Self.kind(&reader)
        }
        try reader.end()
        var named = try DefinitionReader(definition.name)
        guard try named.qualifiedName() == name, named.isAtEnd else {
            throw DefinitionFlaw(description: "defines another type")
        }
    }

    private static func kind(_ reader: inout DefinitionReader) throws(DefinitionFlaw) -> Kind {
        if reader.take(words: "enum") {
            try reader.need("(")
            var labels: [String] = []
            if !reader.take(")") {
                repeat { labels.append(try reader.text()) } while reader.take(",")
                try reader.need(")")
            }
            return .enumeration(labels)
        }
        if reader.take(words: "range") {
            try reader.need("(")
            guard reader.take(words: "subtype"), reader.take("=") else { throw reader.unexpected }
            let type = try TypeName(from: &reader)
            try reader.need(")")
            return .range(type)
        }
        try reader.need("(")
        var attributes: [Attribute] = []
        if !reader.take(")") {
            repeat {
                attributes.append(Attribute(name: try reader.name(), type: try TypeName(from: &reader)))
            } while reader.take(",")
            try reader.need(")")
        }
        return .composite(attributes)
    }

    /// The statement that creates it.
    var sql: String {
        switch kind {
        case .enumeration(let labels):
            "CREATE TYPE \(name.sql) AS ENUM (\(labels.map(quoteLiteral).joined(separator: ", ")))"
        case .composite(let attributes):
            "CREATE TYPE \(name.sql) AS ("
                + attributes.map { "\(quoteIdentifier($0.name)) \($0.type.sql)" }.joined(separator: ", ") + ")"
        case .range(let type): "CREATE TYPE \(name.sql) AS RANGE (SUBTYPE = \(type.sql))"
        case .domain(let type): "CREATE DOMAIN \(name.sql) AS \(type.sql)"
        }
    }
}
