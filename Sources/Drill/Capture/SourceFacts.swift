import Archive
import Findings
import Manifest
import Postgres
import Rows
import SourceSnapshot

/// What a source has besides the rows of its tables.
struct SourceFacts: Sendable {
    var tables: [SurveyedTable]
    let settings: [String: String]
    let roles: [SourceManifest.Role]
    let extensions: [(name: String, version: String)]
    let source: SourceManifest.Source
    /// The server's version as a number, such as 150008.
    let version: Int

    /// - Throws: ``PostgresError``, ``CaptureError/tooOldServer(_:)``.
    init(in snapshot: SourceSnapshot) async throws {
        let connection = snapshot.leader
        version = try await connection.serverVersion
        guard version >= 120_000 else { throw CaptureError.tooOldServer(snapshot.identity.serverVersion) }
        settings = Dictionary(
            try await connection.query(SQLFile.capturedSettings.text).map {
                (try $0.need("name"), try $0.get("value") ?? "")
            }
        ) { $1 }
        let blockSize = settings["block_size"].flatMap { Int64($0) } ?? 8192
        tables = try await connection.query(SQLFile.capturedTables.text).map {
            try SurveyedTable($0, blockSize: blockSize)
        }
        roles = try await connection.query(SQLFile.capturedRoles.text).map {
            SourceManifest.Role(
                name: try $0.need("name"), canLogIn: try $0.need("can_log_in"),
                isSuperuser: try $0.need("is_superuser"), bypassesRowSecurity: try $0.need("bypasses"),
                memberOf: try $0.need("member_of"))
        }
        extensions = try await connection.query(
            "SELECT extname::text, extversion FROM pg_catalog.pg_extension ORDER BY 1"
        ).map { (try $0.need(at: 0), try $0.need(at: 1)) }
        let position = try await connection.query(SQLFile.capturedPosition.text)[0]
        let identity = snapshot.identity
        source = SourceManifest.Source(
            database: identity.database, serverVersion: identity.serverVersion, encoding: identity.encoding,
            systemIdentifier: identity.systemIdentifier, snapshot: identity.snapshot,
            position: try position.get("position"), isReplica: try position.need("is_replica"),
            taken: identity.taken, role: try position.need("role"))
    }

    /// Extensions, with whether a dump names them.
    /// - Parameter dump: nil where there is none.
    func extensions(in dump: ListedObjects?) -> [SourceManifest.Extension] {
        extensions.map { name, version in
            SourceManifest.Extension(
                name: name, version: version, isHeld: dump?.has("EXTENSION", schema: nil, name: name) ?? false)
        }
    }
}

/// Where the sequences of a source stand, at one moment.
struct SequenceStates: Sendable {
    /// In the order of names; nil for one that cannot be read.
    private let states: [(name: TableName, state: SourceManifest.Sequence.State?)]

    /// - Throws: ``PostgresError``.
    init(over connection: Connection) async throws {
        let all = try await connection.query(SQLFile.capturedSequences.text).map { row in
            (
                name: TableName(schema: try row.need("schema"), name: try row.need("name")),
                isReadable: try row.need("is_readable", as: Bool.self)
            )
        }
        var states: [(name: TableName, state: SourceManifest.Sequence.State?)] = all.map { ($0.name, nil) }
        let readable = all.indices.filter { all[$0].isReadable }
        // Each takes a lock, and a server has room for some thousand.
        for start in stride(from: 0, to: readable.count, by: 200) {
            let some = readable[start..<min(start + 200, readable.count)]
            let queries = some.map { "SELECT \($0) AS number, last_value, is_called FROM \(all[$0].name.sql)" }
            for row in try await connection.query(queries.joined(separator: " UNION ALL ")) {
                states[try row.need("number")].state = SourceManifest.Sequence.State(
                    last: try row.need("last_value"), isCalled: try row.need("is_called"))
            }
        }
        self.states = states
    }

    /// Sequences with where they stood before and after something.
    /// - Parameter dump: nil where there is none.
    func sequences(until after: SequenceStates, in dump: ListedObjects?) -> [SourceManifest.Sequence] {
        let later = Dictionary(after.states.map { ($0.name, $0.state) }) { $1 }
        return states.map { name, state in
            SourceManifest.Sequence(
                schema: name.schema, name: name.name,
                isHeld: dump?.has("SEQUENCE SET", schema: name.schema, name: name.name) ?? false, before: state,
                after: later[name] ?? nil)
        }
    }
}

/// The large objects of a source.
enum SourceLargeObjects {
    /// - Returns: nil if the role may not read them.
    /// - Throws: ``PostgresError``.
    static func read(over connection: Connection, limit: RateLimit?) async throws -> TableDigest? {
        let may = try await connection.query(
            "SELECT pg_catalog.has_table_privilege('pg_catalog.pg_largeobject', 'SELECT')")[0]
        guard try may.need(at: 0, as: Bool.self) else { return nil }
        let size = try await connection.query("SELECT pg_catalog.current_setting('block_size')::int8 / 4")[0]
        let objects = try await connection.query("SELECT oid::int8 FROM pg_catalog.pg_largeobject_metadata")
            .map { UInt32(truncatingIfNeeded: try $0.need(at: 0, as: Int64.self)) }
        var pages = LargeObjectPages(pageSize: try size.need(at: 0))
        var rows = CopyRows()
        do {
            try await connection.startCopyOut(LargeObjectPages.copy)
            while let bytes = try await connection.readCopy() {
                try bytes.withUnsafeBytes { bytes in
                    try rows.read(bytes) { row in
                        guard pages.add(row) else { throw PostgresError.unexpectedAnswer("a page of a large object") }
                    }
                }
                try await limit?.pass(bytes.count)
            }
        } catch {
            await connection.abandon()
            throw error
        }
        pages.finish()
        return LargeObjectPages.digest(of: objects, pages.byOID)
    }
}

extension SQLFile {
    static var capturedTables: SQLFile { SQLFile(PackageResources.captured_tables_sql) }
    static var capturedSequences: SQLFile { SQLFile(PackageResources.captured_sequences_sql) }
    static var capturedRoles: SQLFile { SQLFile(PackageResources.captured_roles_sql) }
    static var capturedSettings: SQLFile { SQLFile(PackageResources.captured_settings_sql) }
    static var capturedPosition: SQLFile { SQLFile(PackageResources.captured_position_sql) }
}
