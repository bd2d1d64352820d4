import Backup
import Findings
import Postgres
import Restore

/// The objects of the restored database, to be looked up in the words of a dump's table of contents.
struct RestoredObjects {
    private struct Key: ExactlyNamed {
        let kind: String
        let schema: String?
        let name: String

        var nameParts: [String] { [kind, schema ?? "", name] }
    }

    private struct Entry {
        var owners: Set<String> = []
        var hasPrivileges = false
    }

    private var entries: [Key: Entry] = [:]

    /// - Parameter rows: of `restore.sql`.
    init(_ rows: [Row]) throws {
        for row in rows {
            let key = Self.key(
                of: ExpectedObject(
                    kind: try row.need("kind"), schema: try row.get("schema"), name: try row.need("name"), owner: nil))
            entries[key, default: Entry()].owners.insert(try row.need("owner"))
            if try row.need("has_acl") { entries[key]?.hasPrivileges = true }
        }
    }

    /// Kinds of table-of-contents entries that `restore.sql` lists. The others are parts of objects, such as defaults
    /// and comments, or data.
    static func knows(_ kind: String) -> Bool {
        [
            "TABLE", "VIEW", "MATERIALIZED VIEW", "SEQUENCE", "FOREIGN TABLE", "INDEX", "CONSTRAINT", "FK CONSTRAINT",
            "CHECK CONSTRAINT", "TRIGGER", "POLICY", "RULE", "FUNCTION", "PROCEDURE", "AGGREGATE", "TYPE", "DOMAIN",
            "SCHEMA", "EXTENSION", "EVENT TRIGGER",
        ].contains(kind)
    }

    func has(_ object: ExpectedObject) -> Bool { entries[Self.key(of: object)] != nil }

    func owners(of object: ExpectedObject) -> Set<String> { entries[Self.key(of: object)]?.owners ?? [] }

    func hasPrivileges(_ object: ExpectedObject) -> Bool { entries[Self.key(of: object)]?.hasPrivileges ?? false }

    /// The restored object that an entry of kind `ACL` grants privileges on.
    /// - Returns: nil for one that was not restored, and for things whose privileges are not looked at, such as columns
    ///   and large objects.
    func grantee(of acl: ExpectedObject) -> ExpectedObject? {
        // To GRANT, whatever is selected from is a table.
        let relations = ["TABLE", "VIEW", "MATERIALIZED VIEW", "FOREIGN TABLE"]
        for word in ["TABLE", "SEQUENCE", "FUNCTION", "PROCEDURE", "SCHEMA", "TYPE", "DOMAIN"]
        where acl.name.hasPrefix(word + " ") {
            let name = Self.unquoted(String(acl.name.dropFirst(word.count + 1)))
            return (word == "TABLE" ? relations : [word])
                .map { ExpectedObject(kind: $0, schema: acl.schema, name: name, owner: acl.owner) }.first(where: has)
        }
        return nil
    }

    /// In the tag of an `ACL` entry, unlike anywhere else, pg_dump quotes a name that SQL would want quoted.
    private static func unquoted(_ name: String) -> String {
        let scalars = Array(name.unicodeScalars)
        guard scalars.count > 1, scalars.first == "\"", scalars.last == "\"" else { return name }
        return String(String.UnicodeScalarView(scalars.dropFirst().dropLast())).replacing("\"\"", with: "\"")
    }

    private static func key(of object: ExpectedObject) -> Key {
        let hasSchema = !["SCHEMA", "EXTENSION", "EVENT TRIGGER"].contains(object.kind)
        return Key(
            kind: object.kind, schema: hasSchema ? object.schema.map(onOneLine) : nil,
            name: onOneLine(nameOfRoutine(object) ?? object.name))
    }

    /// A routine is named with the types of its arguments, which the server quotes where it must and
    /// `pg_dump --quote-all-identifiers` always: `shout("text")` is `shout(text)`.
    private static func nameOfRoutine(_ object: ExpectedObject) -> String? {
        guard ["FUNCTION", "PROCEDURE", "AGGREGATE"].contains(object.kind),
            let arguments = object.name.utf8.firstIndex(of: UInt8(ascii: "("))
        else { return nil }
        let types = String(object.name[arguments...]).replacing(/"([a-z_][a-z0-9_$]*)"/) { String($0.1) }
        return object.name[..<arguments] + types
    }
}
