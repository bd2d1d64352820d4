import Parquet

/// How a column of a table is stored in a Parquet file.
struct ParquetColumn: Sendable {
    let schema: ColumnSchema

    /// - Parameter isText: true in a slice in which its type cannot hold each value: it is then PostgreSQL's text.
    init(_ column: ExportColumn, isText: Bool = false) {
        let (type, isList) = Self.type(of: column)
        schema =
            isText || type == nil
            ? ColumnSchema(name: column.name, type: .text)
            : ColumnSchema(name: column.name, type: type ?? .text, isList: isList)
    }

    static func columns(_ columns: [ExportColumn], _ fallbacks: [ExportManifest.Fallback]) -> [ParquetColumn] {
        columns.map { column in
            ParquetColumn(column, isText: fallbacks.contains { $0.column.utf8.elementsEqual(column.name.utf8) })
        }
    }

    /// The type of its values, and whether they are lists.
    /// - Returns: nil as type for a `numeric` that no DECIMAL holds in every slice: one without a precision, with more than
    ///   38 digits, or with a scale outside of them.
    static func type(of column: ExportColumn) -> (type: ColumnSchema.ValueType?, isList: Bool) {
        let text = column.base ?? column.type
        guard text.hasSuffix("[]") else { return (scalar(text), false) }
        let element = text.dropLast(2)
        // An array of a domain over arrays.
        return element.hasSuffix("]") ? (.text, false) : (scalar(String(element)), true)
    }

    private static func scalar(_ text: String) -> ColumnSchema.ValueType? {
        if text == "numeric" || text.hasPrefix("numeric(") { return decimal(text) }
        if text.wholeMatch(of: /timestamp(\([0-6]\))? with time zone/) != nil { return .timestamp(inUTC: true) }
        if text.wholeMatch(of: /timestamp(\([0-6]\))? without time zone/) != nil { return .timestamp(inUTC: false) }
        return types[text] ?? .text
    }

    private static let types: [String: ColumnSchema.ValueType] = [
        "boolean": .boolean, "smallint": .int16, "integer": .int32, "bigint": .int64, "real": .float,
        "double precision": .double, "date": .date, "uuid": .uuid, "json": .json, "jsonb": .json, "bytea": .binary,
    ]

    /// `numeric(10,2)`.
    private static func decimal(_ text: String) -> ColumnSchema.ValueType? {
        guard let match = text.wholeMatch(of: /numeric\((\d+),(-?\d+)\)/), let precision = Int(match.1),
            let scale = Int(match.2), (1...38).contains(precision), (0...precision).contains(scale)
        else { return nil }
        return .decimal(precision: precision, scale: scale)
    }
}
