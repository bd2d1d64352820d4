/// How a dump defines the objects that are in it.
package struct DumpStructure: Sendable {
    /// In the order of the dump. Only those that have a definition to be compared.
    package private(set) var objects: [DefinedObject] = []
    /// PostgreSQL's name of the encoding of its text.
    package let encoding: String
    /// Whether it lists every object that a restore makes, as a table of contents does. A script may have others.
    package let isComplete: Bool
    /// Whether it holds more than is kept here: then it is not compared.
    package private(set) var isTooLarge = false

    /// Bytes of statements that were kept.
    private var bytes: Int64 = 0
    private var isWithinObject = false

    init(encoding: String, isComplete: Bool = false) {
        self.encoding = encoding
        self.isComplete = isComplete
    }

    // MARK: A script

    /// Takes the next part of a script.
    mutating func take(_ part: PlainPart) {
        switch part {
        case .event(.object(let kind, let schema, let name, let owner)):
            begin(DefinedObject(kind: kind, schema: schema, name: name, owner: owner))
        case .statement(let statement): take(statement)
        default: break
        }
    }

    private mutating func begin(_ object: DefinedObject) {
        isWithinObject = object.isCompared && hasRoom
        if isWithinObject { objects.append(object) }
    }

    private mutating func take(_ statement: ScriptStatement) {
        guard isWithinObject, statement.isDefinition, !statement.isAfterFooter else { return }
        bytes += Int64(statement.text.count)
        guard hasRoom else { return }
        objects[objects.count - 1].add(statement)
    }

    /// As much is taken as of a table of contents. What has more is forgotten.
    private var hasRoom: Bool {
        mutating get {
            let largest = TableOfContents.largest
            if bytes > largest.bytes || objects.count >= largest.entries { isTooLarge = true }
            if isTooLarge {
                objects = []
                isWithinObject = false
            }
            return !isTooLarge
        }
    }
}

extension DumpStructure {
    /// How an archive defines its objects. Its definitions are taken apart as a script is.
    package init(_ archive: TableOfContents) {
        // A table of contents is read as UTF-8, in whatever encoding it is.
        self.init(encoding: "UTF8", isComplete: true)
        for entry in archive.entries {
            begin(
                DefinedObject(
                    kind: entry.kind, schema: entry.namespace, name: entry.tag, owner: entry.owner))
            guard isWithinObject, !entry.definition.isEmpty else { continue }
            var script = PlainScript()
            script.standardConformingStrings = archive.standardConformingStrings
            script.isAnnounced = true
            var parts: [PlainPart] = []
            script.consume(Array(entry.definition.utf8) + Array("\n;\n".utf8), parts: &parts)
            for case .statement(let statement) in parts { take(statement) }
        }
    }
}

/// Reads the definitions out of a script as it comes, such as from `pg_dump --schema-only`.
package struct StructureReader: Sendable {
    private var script = PlainScript()
    private var structure: DumpStructure

    /// - Parameter encoding: that the script is in; it says so itself too.
    package init(encoding: String) { structure = DumpStructure(encoding: encoding) }

    package mutating func take(_ chunk: [UInt8]) {
        var parts: [PlainPart] = []
        script.consume(chunk, parts: &parts)
        for part in parts { structure.take(part) }
    }

    /// - Returns: nil where the script has not come to its end.
    package mutating func finish() -> DumpStructure? { script.finish().isComplete ? structure : nil }
}
