import Findings

/// What a dump says that it holds: an archive in its table of contents, a plain dump in the comments above its statements. Both are
/// written by `pg_dump`, whatever its arguments left out.
///
/// Names are those of `pg_dump`'s tags, on one line: of a policy or a trigger `table name`, of privileges `TABLE name`.
package struct ListedObjects: Sendable {
    private var names: Set<ListedObject> = []

    /// - Parameters:
    ///   - dump: of any format. A plain one is read to its end.
    ///   - progress: called with the bytes read so far; may throw to stop.
    /// - Throws: ``ArchiveError``; what `progress` throws.
    package init(of dump: Dump, progress: (Int64) throws -> Void = { _ in }) throws {
        if let contents = dump.contents {
            for entry in contents.entries { insert(entry.kind, entry.namespace, entry.tag, entry.owner) }
            return
        }
        _ = try dump.readScript(progress) { _, parts in
            for part in parts {
                if case .event(.object(let kind, let schema, let name, let owner)) = part {
                    insert(kind, schema, name, owner)
                }
            }
        }
    }

    private mutating func insert(_ kind: String, _ schema: String?, _ name: String, _ owner: String?) {
        names.insert(ListedObject(kind, schema, name))
        if owner?.isEmpty == false { names.insert(ListedObject("owner of \(kind)", schema, name)) }
    }

    /// - Parameter kind: `TABLE`, `TABLE DATA`, `SEQUENCE SET`, …
    package func has(_ kind: String, schema: String?, name: String) -> Bool {
        names.contains(ListedObject(kind, schema, name))
    }

    /// Whether it names the owner of an object.
    package func hasOwner(of kind: String, schema: String?, name: String) -> Bool {
        names.contains(ListedObject("owner of \(kind)", schema, name))
    }

    /// Whether it has any object of a kind.
    package func hasAny(_ kind: String) -> Bool { names.contains { $0.kind == kind } }
}

private struct ListedObject: ExactlyNamed {
    let kind: String
    let schema: String?
    let name: String

    var nameParts: [String] { [kind, schema ?? "", name] }

    init(_ kind: String, _ schema: String?, _ name: String) {
        self.kind = kind
        self.schema = schema.map(Self.onOneLine)
        self.name = Self.onOneLine(name)
    }

    private static func onOneLine(_ name: String) -> String { String(name.map { $0.isNewline ? " " : $0 }) }
}
