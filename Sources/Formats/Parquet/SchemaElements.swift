extension ThriftWriter {
    /// Writes the schema of a file: its root, and the elements of each column.
    mutating func field(_ id: Int, schema columns: [ColumnSchema]) {
        let elements = [SchemaElement.root(children: columns.count)] + columns.flatMap(SchemaElement.elements)
        field(id, .structure, each: elements) { writer, element in
            writer.structure { element.write(to: &$0) }
        }
    }
}

/// One element of a schema (`SchemaElement` in parquet.thrift): a column, or a group of elements.
private struct SchemaElement {
    var name: String
    var type: ColumnSchema.ValueType?
    var repetition: Repetition?
    var children: Int?
    var isList = false

    enum Repetition: Int32 {
        case optional = 1
        case repeated = 2
    }

    static func root(children: Int) -> SchemaElement {
        SchemaElement(name: "schema", type: nil, repetition: nil, children: children)
    }

    /// A list is a group of a repeated group of the value, so that an absent list, an empty one and an absent value differ.
    static func elements(of column: ColumnSchema) -> [SchemaElement] {
        guard column.isList else {
            return [SchemaElement(name: column.name, type: column.type, repetition: .optional, children: nil)]
        }
        return [
            SchemaElement(name: column.name, type: nil, repetition: .optional, children: 1, isList: true),
            SchemaElement(name: "list", type: nil, repetition: .repeated, children: 1),
            SchemaElement(name: "element", type: column.type, repetition: .optional, children: nil),
        ]
    }

    func write(to writer: inout ThriftWriter) {
        if let type {
            writer.field(1, i32: type.storage.rawValue)
            if type.storage == .fixedBytes, let width = type.width { writer.field(2, i32: Int32(width)) }
        }
        if let repetition { writer.field(3, i32: repetition.rawValue) }
        writer.field(4, binary: Array(name.utf8))
        if let children { writer.field(5, i32: Int32(children)) }
        if let converted = isList ? 3 : type?.convertedType { writer.field(6, i32: converted) }
        if case .decimal(let precision, let scale)? = type {
            writer.field(7, i32: Int32(scale))
            writer.field(8, i32: Int32(precision))
        }
        if isList {
            writer.field(10) { $0.field(3) { _ in } }
        } else if let type {
            type.writeLogicalType(to: &writer)
        }
    }
}

extension ColumnSchema.ValueType {
    /// The annotation that readers from before 2018 know (`ConvertedType`). There is none for a time without time zone:
    /// theirs is in UTC.
    fileprivate var convertedType: Int32? {
        switch self {
        case .text: 0
        case .decimal: 5
        case .date: 6
        case .timestamp(inUTC: true): 10
        case .int16: 16
        case .json: 19
        default: nil
        }
    }

    /// The annotation (`LogicalType`, a union). A type without one is what its storage is.
    fileprivate func writeLogicalType(to writer: inout ThriftWriter) {
        switch self {
        case .boolean, .int32, .int64, .float, .double, .binary: break
        case .text: writer.field(10) { $0.field(1) { _ in } }
        case .decimal(let precision, let scale):
            writer.field(10) {
                $0.field(5) {
                    $0.field(1, i32: Int32(scale))
                    $0.field(2, i32: Int32(precision))
                }
            }
        case .date: writer.field(10) { $0.field(6) { _ in } }
        case .timestamp(let inUTC):
            writer.field(10) {
                $0.field(8) {
                    $0.field(1, is: inUTC)
                    $0.field(2) { $0.field(2) { _ in } }
                }
            }
        case .int16:
            writer.field(10) {
                $0.field(10) {
                    $0.field(1, byte: 16)
                    $0.field(2, is: true)
                }
            }
        case .json: writer.field(10) { $0.field(12) { _ in } }
        case .uuid: writer.field(10) { $0.field(14) { _ in } }
        }
    }
}
