/// The name of a table or a type, byte by byte: two names that look alike are two names.
struct ExactName: Hashable, Sendable {
    /// Nil where a statement names none, and the search path decides, as in dumps from before 2018.
    let schema: [UInt8]?
    let name: [UInt8]

    init(schema: String?, name: String) {
        self.schema = schema.map { Array($0.utf8) }
        self.name = Array(name.utf8)
    }

    var label: String {
        let name = String(decoding: self.name, as: UTF8.self)
        return schema.map { "\(String(decoding: $0, as: UTF8.self)).\(name)" } ?? name
    }

    init(_ table: CopiedTable) { self.init(schema: table.schema, name: table.name) }
}
