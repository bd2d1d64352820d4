/// The objects of a structure, to be looked up in the words of another.
package struct StructureIndex: Sendable {
    /// Byte by byte: two names that look alike are two names.
    private struct Key: Hashable {
        let parts: [[UInt8]]

        /// A comment in a script has spaces for line ends. `pg_dump` quotes names within some names where SQL would, and with
        /// `--quote-all-identifiers` everywhere.
        init(_ object: DefinedObject) {
            let line = SimpleName.unquoted(in: object.name).utf8.map {
                [0x0A, 0x0D].contains($0) ? UInt8(ascii: " ") : $0
            }
            parts = [Array(object.kind.utf8), Array((object.schema ?? "").utf8), line]
        }
    }

    /// Objects of one name, such as operators with other operands, are compared together.
    private var groups: [Key: [Int]] = [:]
    private var order: [Key] = []
    private let objects: [DefinedObject]

    package init(_ structure: DumpStructure) {
        objects = structure.objects
        for (place, object) in objects.enumerated() {
            let key = Key(object)
            if groups[key] == nil { order.append(key) }
            groups[key, default: []].append(place)
        }
    }

    /// One of each name, in the order of the dump, that has something to compare.
    package var all: [ObjectDefinition] {
        order.compactMap(definition)
    }

    /// - Returns: nil where it is not there.
    package subscript(_ object: ObjectDefinition) -> ObjectDefinition? { definition(Key(object.object)) }

    private func definition(_ key: Key) -> ObjectDefinition? {
        guard let group = groups[key] else { return nil }
        let some = group.map { objects[$0] }
        return ObjectDefinition(object: some[0], owners: Set(some.compactMap(\.owner)), all: some)
    }
}

/// An object, or all of one name, with what defines it.
package struct ObjectDefinition: Sendable {
    package let object: DefinedObject
    package let owners: Set<String>
    private let all: [DefinedObject]

    fileprivate init(object: DefinedObject, owners: Set<String>, all: [DefinedObject]) {
        self.object = object
        self.owners = owners
        self.all = all
    }

    /// Whether a dump says how it is defined. A table that belongs to an extension may have an entry and no statement.
    package var isDefined: Bool { all.contains { !$0.definitions.isEmpty } }

    fileprivate var forms: [StatementForm] { all.flatMap(\.forms).map(\.form) }

    /// What is not alike in two definitions of it; nil if they are alike. The order of statements says nothing.
    package func difference(from expected: ObjectDefinition) -> StructureDifference? {
        let (missing, added) = (expected.forms.without(forms), forms.without(expected.forms))
        guard !missing.isEmpty || !added.isEmpty else { return nil }
        return StructureDifference(missing: missing, added: added)
    }
}

extension StructureDifference {
    /// All of a definition is lost.
    /// - Returns: nil where it has no statement.
    package init?(lost definition: ObjectDefinition) {
        let forms = definition.forms
        guard !forms.isEmpty else { return nil }
        self.init(missing: forms, added: [])
    }

    /// All of a definition is new.
    /// - Returns: nil where it has no statement.
    package init?(added definition: ObjectDefinition) {
        let forms = definition.forms
        guard !forms.isEmpty else { return nil }
        self.init(missing: [], added: forms)
    }
}

extension [StatementForm] {
    /// Those that are not among others; each counts as often as it is there.
    fileprivate func without(_ others: [StatementForm]) -> [StatementForm] {
        var counts = others.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        return filter { form in
            guard let count = counts[form], count > 0 else { return true }
            counts[form] = count - 1
            return false
        }
    }
}
