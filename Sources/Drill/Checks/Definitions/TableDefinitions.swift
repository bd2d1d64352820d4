import Postgres
import Scratch

/// How a table was defined when a drill passed.
struct DefinitionExpectation: Sendable, Equatable {
    /// As a report keeps it: see ``TableDefinitions``.
    let digest: String
    let rule: HazardRule
    /// The drill, in words.
    let since: String
    /// Set for a materialized view; whether a table is there, and how many rows it has, is a matter of row-counts.
    var view: ViewExpectation?

    /// Two major versions print one definition differently.
    func isComparable(on version: ServerVersion) -> Bool { digest.hasPrefix("\(version.major):") }
}

/// A digest of the definition of each table and materialized view: the major version of the server that printed it, a colon, and a SHA-256 in lowercase hex.
struct TableDefinitions: Sendable {
    private let digests: [TableName: String]
    let views: MaterializedViews

    subscript(name: TableName) -> String? { digests[name] }

    /// Reads them from the restored database, for whoever asks for them.
    static func result(in context: CheckContext) async -> Result<TableDefinitions, any Error> {
        do {
            return .success(try await TableDefinitions(in: context))
        } catch {
            return .failure(error)
        }
    }

    private init(in context: CheckContext) async throws {
        views = try await MaterializedViews.read(in: context)
        let major = context.serverVersion.major
        digests = Dictionary(
            try await context.query(SQLFile.definitions.text).map { row in
                let digest: String = try row.need("digest")
                return (TableName(schema: try row.need("schema"), name: try row.need("table")), "\(major):\(digest)")
            }
        ) { $1 }
    }
}
