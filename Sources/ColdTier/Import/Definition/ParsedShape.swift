import Postgres

/// What a manifest says of a table's structure, in parts.
struct ParsedShape: Sendable {
    let types: [ImportedType]
    let table: ImportedTable

    /// - Throws: ``ImportError/definition(_:flaw:)`` for a definition that no export writes.
    init(_ shape: ExportManifest.Shape, of name: TableName) throws(ImportError) {
        var types: [ImportedType] = []
        for type in shape.types {
            do {
                types.append(try ImportedType(type))
            } catch {
                throw .definition("of the type \(type.name)", flaw: error.description)
            }
        }
        self.types = types
        do {
            table = try ImportedTable(shape, of: name)
        } catch {
            throw .definition("of the table \(name)", flaw: error.description)
        }
    }

    /// The columns that are in the files.
    var stored: [ImportedTable.Column] { table.columns.filter { $0.generation?.isFromOthers != true } }
}
