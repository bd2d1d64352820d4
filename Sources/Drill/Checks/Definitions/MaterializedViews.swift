import Findings
import Postgres

/// The materialized views of a restored database, where history is kept: no other check looks at their rows.
struct MaterializedViews: Sendable {
    struct View: Sendable {
        let name: TableName
        /// Counted; nil where it was never filled, or cannot be read.
        let rows: Int64?
    }

    let all: [View]

    /// Reads and counts them.
    static func read(in context: CheckContext) async throws -> MaterializedViews {
        var views: [View] = []
        for row in try await context.query(names) {
            let name = TableName(schema: try row.need("schema"), name: try row.need("name"))
            var rows: Int64?
            if try row.need("is_filled", as: Bool.self) {
                // One that a prepared transaction has locked is there, and cannot be counted.
                let counted = try? await context.query("SELECT pg_catalog.count(*) FROM \(name.sql)")
                rows = try counted?.first?.need(at: 0, as: Int64.self)
            }
            views.append(View(name: name, rows: rows))
        }
        return MaterializedViews(all: views)
    }

    /// Without those of extensions, which another version of the extension may have otherwise.
    private static let names = """
        SELECT n.nspname AS schema, c.relname AS name, c.relispopulated AS is_filled
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'm'
          AND NOT EXISTS (
              SELECT FROM pg_catalog.pg_depend d
              WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e')
        ORDER BY 1, 2
        """
}

/// What an earlier drill shows of a materialized view.
struct ViewExpectation: Sendable, Equatable {
    /// How many rows it has at least; nil compares none.
    var least: Int64?
    /// What that goes back to, in words.
    var origin: String
    /// Whether it may be gone.
    var mayBeGone: Bool

    /// - Returns: nothing where the view is as it should be.
    func findings(
        about name: TableName, _ views: MaterializedViews, _ basis: Basis, in context: CheckContext
    ) -> [Finding] {
        func wrong(_ expected: String, _ observed: String, _ reason: String) -> [Finding] {
            [
                Finding(
                    absent: name.description, id: .definitions, basis: basis, expected: expected, observed: observed,
                    reason: "\(basis.source) expects \(reason)", in: context)
            ]
        }
        guard let view = views.all.first(where: { $0.name.description == name.description }) else {
            return mayBeGone
                ? []
                : wrong(
                    "the materialized view exists", "no such materialized view",
                    "this materialized view, and the backup does not have it")
        }
        guard let least, (view.rows ?? 0) < least else { return [] }
        return wrong(
            "at least \(counted(least, "row")) (\(origin))", view.rows.map { counted($0, "row") } ?? "it is not filled",
            "more rows of this materialized view: look at its query, and whether it was refreshed at the source")
    }
}
