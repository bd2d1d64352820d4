/// An object of a dump, and the statements that stand below its name there.
package struct DefinedObject: Sendable {
    /// As a table of contents spells it: `TABLE`, `POLICY`, `COMMENT`, …
    package let kind: String
    package let schema: String?
    /// As its entry in a table of contents names it, such as `f(integer)`, `farmers farmers_pkey` or `TABLE farmers`.
    package let name: String
    /// Nil where the dump names none.
    package let owner: String?
    private(set) var statements: [ScriptStatement] = []

    init(kind: String, schema: String?, name: String, owner: String?) {
        self.kind = kind
        self.schema = schema
        self.name = name
        self.owner = owner
    }

    package var label: String { "\(kind) \(schema.map { "\($0).\(name)" } ?? name)" }

    mutating func add(_ statement: ScriptStatement) { statements.append(statement) }

    /// The lines of a script in which its statements end.
    package var lines: [Int] { statements.map(\.line) }

    /// What its statements make or change, as a restore names it.
    package var definedObjects: [String] { statements.compactMap(\.definedObject) }

    /// The statements that define it. One that is of another kind of object, or that does not name this one where others
    /// do, is of something else: somebody put it there.
    package var definitions: [ScriptStatement] { forms.map(\.statement) }

    /// The same, each in the form in which it is compared.
    var forms: [(statement: ScriptStatement, form: StatementForm)] {
        let all = statements.compactMap { statement in
            StatementForm(statement).flatMap { $0.canDefine(kind) ? (statement, $0) : nil }
        }
        let about = all.filter { $0.1.isAbout(name) }
        return about.isEmpty ? all : about
    }
}

extension DefinedObject {
    /// Whether it has a definition that can be compared: data has none, what is of the whole database is not restored, and
    /// what every new database has is not made.
    var isCompared: Bool {
        if Self.withoutDefinition.contains(kind) { return false }
        switch kind {
        case "SCHEMA": return name != "public"
        case "ACL", "SECURITY LABEL": return !Self.isOf(["DATABASE", "LARGE OBJECT", "LARGE OBJECTS"], name)
        case "COMMENT":
            // The comment of an extension comes with the extension's own files.
            return !Self.isOf(["DATABASE", "LARGE OBJECT", "LARGE OBJECTS", "EXTENSION"], name)
                && SimpleName.unquoted(in: name) != "SCHEMA public"
        default: return true
        }
    }

    private static func isOf(_ things: [String], _ name: String) -> Bool {
        things.contains { name.hasPrefix($0 + " ") }
    }

    private static let withoutDefinition: Set<String> = [
        "BLOB", "BLOB COMMENTS", "BLOB METADATA", "BLOBS", "DATABASE", "DATABASE PROPERTIES", "ENCODING",
        "LARGE OBJECT", "MATERIALIZED VIEW DATA", "SEARCHPATH", "SEQUENCE SET", "STATISTICS DATA", "STDSTRINGS",
        "SUBSCRIPTION TABLE", "TABLE DATA", "WARNING",
    ]

    /// Whether a new database can be given it without anything happening there: an event trigger would run, a subscription
    /// keeps its database, and privileges and labels depend on roles and libraries.
    package var canBeMadeAlone: Bool {
        !["ACL", "DEFAULT ACL", "EVENT TRIGGER", "SECURITY LABEL", "SUBSCRIPTION"].contains(kind)
    }

    /// Whether the check structure compares its owner: this kind has an owner, and the check restore does not compare that owner.
    package var isOwned: Bool { Self.owned.contains(kind) }

    private static let owned: Set<String> = [
        "COLLATION", "CONVERSION", "FOREIGN DATA WRAPPER", "OPERATOR", "OPERATOR CLASS", "OPERATOR FAMILY",
        "PROCEDURAL LANGUAGE", "PUBLICATION", "SERVER", "STATISTICS", "SUBSCRIPTION", "TEXT SEARCH CONFIGURATION",
        "TEXT SEARCH DICTIONARY",
    ]
}
