import Findings
import Foundation
import Postgres

/// What a first plan is made from: what a database has.
package struct DatabaseShape: Sendable {
    package struct Table: Sendable {
        package let name: TableName
        package let isPartitioned: Bool
        /// Exact if the caller knows it, else the planner's estimate.
        package var rows: Int64
        let documents: [String]
        let rowSecurity: String?
        let policies: [String]
        /// The newest value of its most telling time column, and how old it was when it was looked at, in seconds.
        var newest: (column: String, age: Double)?
        /// The JSON type of all values that were looked at, by column.
        var documentTypes: [String: String] = [:]
        /// An integer column of a table of migrations, and its greatest value.
        var version: (column: String, value: Int64)?
    }

    package private(set) var database: String
    package let serverVersion: String
    /// On the disk of the source.
    package let bytes: Int64
    package var tables: [Table]
    let extensions: [String]
    let indexes: [TableName]

    /// How long each look into a table may take.
    private static let patience = "10s"
    /// How many tables are looked into, the largest first.
    private static let mostTables = 50

    /// Reads the catalogue, and looks into the largest tables; reads only.
    /// - Throws: ``Postgres/PostgresError``.
    package init(of target: ConnectionTarget) async throws {
        self = try await withConnection(
            to: target, settings: ["default_transaction_read_only": "on", "statement_timeout": Self.patience]
        ) { try await DatabaseShape($0) }
    }

    private init(_ connection: Connection) async throws {
        let about = try await connection.query(
            """
            SELECT current_database()::text, current_setting('server_version'), pg_database_size(current_database())
            """)[0]
        (database, serverVersion, bytes) = (try about.need(at: 0), try about.need(at: 1), try about.need(at: 2))
        // plpgsql is in every new database, so a dump does not name it.
        extensions = try await connection.query(
            "SELECT extname::text FROM pg_catalog.pg_extension WHERE extname <> 'plpgsql' ORDER BY 1"
        )
        .map { try $0.need(at: 0) }
        indexes = try await connection.query(SQLFile.firstIndexes.text).map {
            TableName(schema: try $0.need("schema"), name: try $0.need("name"))
        }
        tables = []
        let rows = try await connection.query(SQLFile.firstTables.text)
        let largest = Set(
            try rows.enumerated().sorted { try $0.element.need("rows", as: Int64.self) > $1.element.need("rows") }
                .prefix(Self.mostTables).map(\.offset))
        for (number, row) in rows.enumerated() {
            var table = Table(
                name: TableName(schema: try row.need("schema"), name: try row.need("name")),
                isPartitioned: try row.need("is_partitioned"), rows: try row.need("rows"),
                documents: try row.need("documents"), rowSecurity: try row.get("row_security"),
                policies: try row.need("policies"))
            if largest.contains(number) {
                try await table.look(times: row.need("times"), version: row.get("version"), connection)
            }
            tables.append(table)
        }
    }
}

extension SQLFile {
    fileprivate static var firstTables: SQLFile { SQLFile(PackageResources.first_tables_sql) }
    fileprivate static var firstIndexes: SQLFile { SQLFile(PackageResources.first_indexes_sql) }
}

extension DatabaseShape {
    /// Takes what was counted in the place of the planner's estimates, and the name that the database had at its source.
    package mutating func know(rows: [TableName: Int64], database: String?) {
        for index in tables.indices { tables[index].rows = rows[tables[index].name] ?? tables[index].rows }
        if let database { self.database = database }
    }
}

extension DatabaseShape.Table {
    /// How many values of a column of documents are looked at.
    private static let someDocuments = 10_000

    /// Looks into the table. What may not be read, or takes too long, is left out.
    fileprivate mutating func look(times: [String], version column: String?, _ connection: Connection) async throws {
        for time in times.sorted(by: { Self.weight($0) > Self.weight($1) }).prefix(1) {
            let query = "SELECT extract(epoch FROM now() - max(\(quoteIdentifier(time))))::float8 FROM \(name.sql)"
            if let age: Double = try await connection.only(query) { newest = (time, age) }
        }
        for document in documents {
            let query = """
                SELECT CASE WHEN count(DISTINCT kind) = 1 THEN min(kind) END FROM (
                    SELECT jsonb_typeof(\(quoteIdentifier(document))) AS kind FROM \(name.sql)
                    WHERE \(quoteIdentifier(document)) IS NOT NULL LIMIT \(Self.someDocuments)) AS looked_at
                """
            documentTypes[document] = try await connection.only(query)
        }
        if let column,
            let value: Int64 = try await connection.only(
                "SELECT max(\(quoteIdentifier(column)))::bigint FROM \(name.sql)")
        {
            version = (column, value)
        }
    }

    /// How much the name of a column says that it holds the time at which a row was written.
    private static func weight(_ name: String) -> Int {
        let words = ["timestamp": 5, "created": 4, "inserted": 4, "logged": 4, "received": 3, "sent": 3, "updated": 2]
        return words.filter { name.lowercased().contains($0.key) }.map(\.value).max() ?? 0
    }
}

extension Connection {
    /// The only value of the only row; nil if it is NULL, and where the server refuses the query or stops it.
    fileprivate func only<Value: PostgresDecodable>(_ query: String) throws -> Value? {
        do {
            return try self.query(query).first?.get(at: 0)
        } catch let error as PostgresError {
            // insufficient_privilege; query_canceled, by the time that a statement may take.
            guard let state = error.sqlState, ["42501", "57014"].contains(state.description) else { throw error }
            return nil
        }
    }
}
