import Postgres

/// The name of a type as `format_type` prints it, in parts, so that it can be written anew.
struct TypeName: Equatable, Sendable {
    private let base: Base
    private let modifiers: [Modifier]
    /// `with time zone` or `without time zone`.
    private let zone: String?
    private let dimensions: Int

    private enum Base: Equatable, Sendable {
        /// A type that SQL spells with keywords: `double precision`.
        case keywords(String)
        case name(QualifiedName)
    }

    private enum Modifier: Equatable, Sendable {
        case number(String)
        case name(String)
        case text(String)

        var sql: String {
            switch self {
            case .number(let digits): digits
            case .name(let name): quoteIdentifier(name)
            case .text(let text): quoteLiteral(text)
            }
        }
    }

    /// - Throws: ``DefinitionFlaw`` for anything else than one name of a type.
    init(_ text: String) throws(DefinitionFlaw) {
        var reader = try DefinitionReader(text)
        try self.init(from: &reader)
        guard reader.isAtEnd else { throw reader.unexpected }
    }

    init(from reader: inout DefinitionReader) throws(DefinitionFlaw) {
        var (isTime, base) = (false, Base?.none)
        for (first, second) in Self.spelled where base == nil {
            if let second {
                if reader.take(words: first, second) { base = .keywords("\(first) \(second)") }
            } else if reader.take(words: first) {
                base = .keywords(first)
                isTime = first == "time" || first == "timestamp"
            }
        }
        if base == .keywords("interval") { base = .keywords("interval" + Self.fields(&reader)) }
        self.base = if let base { base } else { .name(try reader.qualifiedName()) }
        modifiers = try Self.modifiers(&reader)
        if isTime {
            if reader.take(words: "with", "time", "zone") {
                zone = "with time zone"
            } else if reader.take(words: "without", "time", "zone") {
                zone = "without time zone"
            } else {
                throw reader.unexpected
            }
        } else {
            zone = nil
        }
        var dimensions = 0
        while reader.take("[") {
            try reader.need("]")
            dimensions += 1
        }
        self.dimensions = dimensions
    }

    /// All that `format_type` prints as keywords; the longer come first.
    private static let spelled: [(String, String?)] = [
        ("bit", "varying"), ("character", "varying"), ("double", "precision"), ("bigint", nil), ("bit", nil),
        ("boolean", nil), ("character", nil), ("integer", nil), ("interval", nil), ("numeric", nil), ("real", nil),
        ("smallint", nil), ("timestamp", nil), ("time", nil),
    ]

    /// ` day to second` behind `interval`.
    private static func fields(_ reader: inout DefinitionReader) -> String {
        let fields = ["year", "month", "day", "hour", "minute", "second"]
        guard let first = fields.first(where: { reader.take(words: $0) }) else { return "" }
        guard reader.take(words: "to"), let last = fields.first(where: { reader.take(words: $0) }) else {
            return " \(first)"
        }
        return " \(first) to \(last)"
    }

    private static func modifiers(_ reader: inout DefinitionReader) throws(DefinitionFlaw) -> [Modifier] {
        guard reader.take("(") else { return [] }
        var modifiers: [Modifier] = []
        repeat {
            let sign = reader.take("-") ? "-" : ""
            switch reader.next {
            case .number(let digits)? where digits.allSatisfy(\.isNumber): modifiers.append(.number(sign + digits))
            case .word(let name)? where sign.isEmpty: modifiers.append(.name(name))
            case .quoted(let name)? where sign.isEmpty: modifiers.append(.name(name))
            case .text(let text)? where sign.isEmpty: modifiers.append(.text(text))
            default: throw reader.unexpected
            }
            reader.skip()
        } while reader.take(",")
        try reader.need(")")
        return modifiers
    }

    /// The type in SQL. A name without a schema is that of a type in `pg_catalog`, where the search path is empty.
    var sql: String {
        let name =
            switch base {
            case .keywords(let words): words
            case .name(let name): name.sql
            }
        let list = modifiers.isEmpty ? "" : "(\(modifiers.map(\.sql).joined(separator: ", ")))"
        return name + list + (zone.map { " \($0)" } ?? "") + String(repeating: "[]", count: dimensions)
    }
}

extension QualifiedName {
    var sql: String { (schema.map { quoteIdentifier($0) + "." } ?? "") + quoteIdentifier(name) }
}
