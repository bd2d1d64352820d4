import ColdTier
import Evidence
import Findings
import Foundation
import Postgres
import Scratch
import Storage
import SystemPackage
import TestSupport
import Testing

/// Where one test exports: a server, a directory, a key.
struct ColdDesk: Sendable {
    let server: ScratchServer
    let root: FilePath
    let key = SigningKey.generate()

    var output: FilePath { root.appending("cold") }

    /// - Parameter sql: makes the database; statements as psql would take them, but for its own commands.
    static func with<Result: Sendable>(
        major: Int? = nil, _ sql: String, _ body: @Sendable (ColdDesk) async throws -> Result
    ) async throws -> Result {
        try await TestServer.lent(major: major) { server in
            try await withTemporaryDirectory { root in
                let desk = ColdDesk(server: server, root: root)
                try await desk.create("source", sql)
                return try await body(desk)
            }
        }
    }

    func create(_ database: String, _ sql: String = "") async throws {
        try await withConnection(to: server.target(database: "postgres")) {
            try await $0.execute("CREATE DATABASE \(database) TEMPLATE template0")
        }
        if !sql.isEmpty { try await execute(sql, in: database) }
    }

    func execute(_ sql: String, in database: String = "source") async throws {
        try await withConnection(to: server.target(database: database)) { try await $0.execute(sql) }
    }

    func value(_ sql: String, in database: String = "source") async throws -> String? {
        try await withConnection(to: server.target(database: database)) { try await $0.query(sql)[0].get(at: 0) }
    }

    func request(
        _ tables: [(name: String, column: String)], before: String = "2024-01-01",
        _ change: (inout ExportRequest) -> Void = { _ in }
    ) -> ExportRequest {
        var request = ExportRequest(
            plan: "test",
            tables: tables.map {
                .init(name: TableName(parsing: $0.name)!, timeColumn: $0.column, cutoff: .before(before))
            },
            jobs: 3, output: output.string, signer: key, toolVersion: "test")
        change(&request)
        return request
    }

    /// Exports and publishes.
    @discardableResult
    func export(
        _ tables: (name: String, column: String)..., before: String = "2024-01-01",
        _ change: (inout ExportRequest) -> Void = { _ in }
    ) async throws -> ExportResult {
        let draft = try await exportRows(
            request(tables, before: before, change), from: server.target(database: "source")
        ) { _ in }
        return try await publish(draft) { _ in }
    }

    func verify(_ change: (inout VerifyRequest) -> Void = { _ in }) async throws -> VerifyResult {
        var request = VerifyRequest(location: output.string, publicKey: key.publicKey, jobs: 2)
        change(&request)
        return try await verifyExport(request) { _ in }
    }

    func load(into database: String, slices: [String] = []) async throws -> ImportResult {
        try await importSlices(
            ImportRequest(
                location: output.string, publicKey: key.publicKey, slices: slices,
                target: server.target(database: database), jobs: 2)
        ) { _ in }
    }

    /// Both databases have the same rows.
    func expectSame(
        _ query: String, in database: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let expected = try await rows(query, in: "source")
        let found = try await rows(query, in: database)
        #expect(found == expected, sourceLocation: sourceLocation)
    }

    /// The rows of a query as COPY writes them, sorted.
    func rows(_ query: String, in database: String = "source") async throws -> [String] {
        try await withConnection(to: server.target(database: database), settings: ["TimeZone": "UTC"]) { connection in
            var bytes: [UInt8] = []
            try await connection.startCopyOut("COPY (\(query)) TO STDOUT")
            while let piece = try await connection.readCopy() { bytes += piece }
            return String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
                .map(String.init).sorted()
        }
    }

    /// What did not pass, in words, for the message of a test that fails.
    static func complaints(_ findings: [Finding]) -> String {
        findings.filter { $0.status != .passed }.map {
            "\($0.subject) \($0.status): \($0.expected ?? "") / \($0.observed ?? ""): \($0.reason ?? "")"
        }.joined(separator: "\n")
    }

    /// What lies in the export's staging directory.
    var staged: [String] {
        FileManager.default.subpaths(atPath: output.appending("\(DirectoryStore.ownDirectory)/staging").string) ?? []
    }

    /// Names of the files of the export, its manifest and purge.sql left out.
    var files: [String] {
        (FileManager.default.subpaths(atPath: output.string) ?? []).filter {
            ($0.hasSuffix(".zst") || $0.hasSuffix(".parquet")) && !$0.hasPrefix(DirectoryStore.ownDirectory)
        }.sorted()
    }

    /// Changes a file of the export.
    func damage(_ file: String, _ change: (inout [UInt8]) -> Void) throws {
        let url = URL(filePath: output.appending(file).string)
        var bytes = Array(try Data(contentsOf: url))
        change(&bytes)
        try Data(bytes).write(to: url)
    }
}

/// A file of SQL beside the tests.
func sql(_ name: String) throws -> String {
    let directory = FilePath(#filePath).removingLastComponent().removingLastComponent().appending("SQL")
    return try String(contentsOfFile: directory.appending("\(name).sql").string, encoding: .utf8)
}

/// Messages of three months and of later, one a day, in a table without partitions.
let messages = """
    CREATE TABLE messages (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text text, at timestamptz);
    INSERT INTO messages (text, at)
    SELECT 'message ' || i, timestamptz '2023-10-01 06:00:00+00' + i * interval '1 day' FROM generate_series(0, 119) i;
    """
