import Physical
import Postgres

/// A relation that has files of its own.
struct StoredRelation: Sendable {
    let name: TableName
    /// Of a copy's data directory, its first file.
    let path: String
    let kind: Kind
    /// As the server noted at its last VACUUM or ANALYZE; 0 where that says nothing.
    let notedPages: Int

    enum Kind: Sendable {
        /// - witnesses: indexes that lead to its rows.
        /// - knowAllRows: one of them leads to every row.
        case table(witnesses: [Witness], knowAllRows: Bool)
        /// With a check of PostgreSQL's own.
        case tree
        case index(IndexMethod)
        case sequence
        /// How an extension stores it is its own matter.
        case foreign
        /// An index that was never finished.
        case unfinished
    }

    struct Witness: Sendable {
        let name: String
        let path: String
        /// Nil for a B-tree.
        let method: IndexMethod?
    }

    /// - Parameter row: of `files.sql`.
    init(_ row: Row) throws {
        name = TableName(schema: try row.need("schema"), name: try row.need("name"))
        path = try row.need("path")
        notedPages = try row.need("pages")
        let isOwnMethod: Bool = try row.get("is_own_method") ?? false
        let method: String? = try row.get("method")
        kind =
            switch try row.need("kind", as: String.self) {
            case "S": .sequence
            case "i" where try !row.need("is_valid", as: Bool.self): .unfinished
            case "i" where isOwnMethod && method == "btree": .tree
            case "i":
                isOwnMethod ? method.flatMap(IndexMethod.init(rawValue:)).map(Kind.index) ?? .foreign : .foreign
            default:
                try row.need("is_heap", as: Bool.self)
                    ? .table(
                        witnesses: try Self.witnesses(row), knowAllRows: try row.need("has_full_index")) : .foreign
            }
    }

    private static func witnesses(_ row: Row) throws -> [Witness] {
        let names = try row.get("index_names", as: [String].self) ?? []
        let paths = try row.get("index_paths", as: [String].self) ?? []
        let methods = try row.get("index_methods", as: [String].self) ?? []
        return zip(names, zip(paths, methods)).map { name, index in
            Witness(name: name, path: index.0, method: IndexMethod(rawValue: index.1))
        }
    }
}
