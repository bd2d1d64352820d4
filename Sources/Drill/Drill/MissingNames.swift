import Archive
import Checks
import Findings
import Postgres

/// What a plan names and the table of contents of a dump does not have: a slip in the plan, or a backup of another database.
struct MissingNames {
    /// A sentence for each.
    let words: [String]
    /// False if an extension may bring what seems to be missing: a dump does not list what an extension makes.
    let isCertain: Bool

    init(_ objects: [NamedObject], in contents: TableOfContents) {
        let names = ArchiveNames(contents)
        words = objects.compactMap(names.absence)
        isCertain = names.extensions.isSubset(of: ["plpgsql"])
    }
}

/// The names in a table of contents. Tags hold them as they are, without quotes.
private struct ArchiveNames {
    private var relations: [TableName: ArchiveEntry] = [:]
    private var indexes: Set<TableName> = []
    private(set) var extensions: Set<String> = []
    /// Rows alone, without the tables that they belong to.
    private let isDataOnly: Bool

    init(_ contents: TableOfContents) {
        let kinds = Set(contents.entries.map(\.kind))
        isDataOnly = kinds.contains("TABLE DATA") && !kinds.contains("TABLE")
        for entry in contents.entries {
            let schema = entry.namespace ?? "public"
            switch entry.kind {
            case "TABLE", "FOREIGN TABLE", "VIEW", "MATERIALIZED VIEW":
                relations[TableName(schema: schema, name: entry.tag)] = entry
            case "TABLE DATA":
                let name = TableName(schema: schema, name: entry.tag)
                relations[name] = relations[name] ?? entry
            case "INDEX": indexes.insert(TableName(schema: schema, name: entry.tag))
            case "CONSTRAINT":
                // `table constraint`, whose index has the name of the constraint; either name may have blanks.
                let words = entry.tag.split(separator: " ", omittingEmptySubsequences: false)
                for begin in words.indices.dropFirst() {
                    indexes.insert(TableName(schema: schema, name: words[begin...].joined(separator: " ")))
                }
            case "EXTENSION": extensions.insert(entry.tag)
            default: break
            }
        }
    }

    /// - Returns: nil if the dump has it, or if that cannot be told.
    func absence(of object: NamedObject) -> String? {
        switch object {
        case .table(let name): return relations[name] == nil ? absence(ofTable: name) : nil
        case .column(let column):
            guard let entry = relations[column.table] else { return absence(ofTable: column.table) }
            guard entry.kind == "TABLE", !entry.hasColumnsOfAnother, !entry.definitionNames.contains(column.name) else {
                return nil
            }
            return """
                the table \(column.table) of the dump has no column \(column.name).\
                \(didYouMean(column.name, among: entry.definitionNames))
                """
        case .index(let name):
            if isDataOnly || indexes.contains(name) { return nil }
            return "the dump has no index \(name).\(didYouMean("\(name)", among: indexes.map(\.description)))"
        case .extension(let name):
            if isDataOnly || extensions.contains(name.description) { return nil }
            return "the dump has no extension \(name).\(didYouMean(name.description, among: extensions))"
        }
    }

    private func absence(ofTable name: TableName) -> String {
        "the dump has no table \(name).\(didYouMean("\(name)", among: relations.keys.map(\.description)))"
    }
}

extension ArchiveEntry {
    /// True if columns come from a parent table or a type, and are not in the definition.
    fileprivate var hasColumnsOfAnother: Bool { definition.contains("\nINHERITS (") || definition.contains(" OF ") }
}

extension Plan {
    /// What the plan names of the database, apart from what stands in its queries.
    var namedObjects: [NamedObject] {
        let exported = (export?.tables ?? []).map {
            NamedObject.column(ColumnName(table: $0.name, name: $0.timeColumn))
        }
        return checks.namedObjects + exported.filter { !checks.namedObjects.contains($0) }
    }
}
