import Backup
import Causes
import Findings
import Foundation
import Physical
import Postgres
import Restore
import SystemPackage
import TestSupport
import Testing

@testable import Checks

/// What a check meets in a copy of files.
extension Example {
    static let copies = [
        Example("transaction-unknown", "58P01", "a row of a transaction that nobody knows") { lab in
            let target = try await lab.damaged("t") { page in
                let row = Int(page[24]) | Int(page[25] & 0x7F) << 8
                // t_xmin, and t_infomask with neither of its hints on it.
                page.replaceSubrange(row..<(row + 4), with: [0, 0, 0, 0xF0])
                page[row + 21] &= ~0x03
            }
            return try await lab.asking("SELECT count(*) FROM public.t", of: target)
        },
        Example("stored-value-senseless", "XX000", "a document of no kind") { lab in
            let target = try await lab.database(
                nil,
                """
                CREATE CAST (bytea AS jsonb) WITHOUT FUNCTION; CREATE TABLE t (a jsonb);
                INSERT INTO t SELECT v::jsonb FROM (SELECT '\\x0000000000000000'::bytea OFFSET 0) AS x (v)
                """)
            var reading = Circumstances()
            reading.readsStoredValues = true
            return try await lab.asking("SELECT a::text FROM public.t", of: target, in: reading)
        },
        Example("ordered-elsewhere", "XX002", "an index whose order has changed") { lab in
            let target = try await lab.database(
                nil,
                """
                CREATE EXTENSION amcheck;
                CREATE FUNCTION order_of(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT btint4cmp($1, $2)';
                CREATE OPERATOR CLASS ordered FOR TYPE int USING btree AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =,
                    OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 order_of(int, int);
                CREATE TABLE t (i int); INSERT INTO t SELECT generate_series(1, 99); CREATE INDEX i ON t (i ordered);
                CREATE OR REPLACE FUNCTION order_of(int, int) RETURNS int LANGUAGE sql IMMUTABLE
                    AS 'SELECT btint4cmp($2, $1)'
                """)
            var elsewhere = Circumstances()
            elsewhere.collationDiffers = true
            return try await lab.asking("SELECT bt_index_check('i', true)", of: target, in: elsewhere)
        },
        Example("prepared-transaction", "prepared by", "one that nobody decides on") { lab in
            try await SourceCluster.with(major: lab.server.installation.version.major) { cluster in
                try await cluster.execute(
                    "CREATE TABLE t ()", "BEGIN; INSERT INTO t DEFAULT VALUES; PREPARE TRANSACTION 'p'")
                let decided = try await lab.checking(PreparedTransactionsCheck(), cluster.target())
                try await cluster.execute("ROLLBACK PREPARED 'p'")
                return decided
            }
        },
        Example("collation-differs", "version 0 then", "a library of another version") { lab in
            let sql = """
                CREATE COLLATION c (locale = 'C'); CREATE TABLE t (a text COLLATE c PRIMARY KEY);
                UPDATE pg_collation SET collversion = '0' WHERE collname = 'c'
                """
            return try await lab.checking(CollationsCheck(), try await lab.database(nil, sql))
        },
    ]
}

extension Lab {
    /// What a check says of a database as if its files had been copied.
    func checking(_ check: any Check, _ target: ConnectionTarget) async throws -> [Decided] {
        try await ConnectionPool.with(1, to: target, settings: [:]) { pool in
            let context = CheckContext(
                catalogue: try await pool.with { try await Catalogue.read(over: $0) },
                contents: BackupContents(isPhysicalCopy: true), serverVersion: server.installation.version,
                backupTime: nil, recoveryPoint: nil, connections: pool, deadline: .seconds(600))
            return try await check.findings(in: context, ScanAnswers()).compactMap { Decided($0) }
        }
    }

    /// A database of which a page was damaged on the disk, as a copy of files brings it: nothing of it is in memory.
    func damaged(
        _ relation: String, at page: Int = 0, _ change: (inout [UInt8]) -> Void
    ) async throws -> ConnectionTarget {
        let (target, file) = try await copy(of: relation)
        var bytes = [UInt8](try Data(contentsOf: URL(filePath: file.string)))
        var damaged = Array(bytes[(page * 8192)..<((page + 1) * 8192)])
        change(&damaged)
        bytes.replaceSubrange((page * 8192)..<((page + 1) * 8192), with: damaged)
        let descriptor = try FileDescriptor.open(file, .writeOnly)
        try descriptor.closeAfter { _ = try descriptor.writeAll(toAbsoluteOffset: 0, bytes) }
        return target
    }

    /// A new database with a table, copied file by file and not looked at yet, and the file of one of its relations.
    func copy(of relation: String) async throws -> (target: ConnectionTarget, file: FilePath) {
        let source = try await database(
            nil,
            "CREATE TABLE t (i int PRIMARY KEY, x text); INSERT INTO t SELECT i, 'x' FROM generate_series(1, 2000) i")
        let name = "damaged_" + String(UInt32.random(in: 0 ... .max), radix: 36)
        let path = try await withConnection(to: source) { connection in
            try await connection.query("SELECT pg_relation_filenode($1::regclass)::text", [relation])[0]
                .need(at: 0, as: String.self)
        }
        let directory = try await withConnection(to: server.target(database: "postgres")) { connection in
            _ = try await connection.query(
                "CREATE DATABASE \(name) TEMPLATE \(source.database ?? "") STRATEGY file_copy")
            return try await connection.query("SELECT oid::text FROM pg_database WHERE datname = $1", [name])[0]
                .need(at: 0, as: String.self)
        }
        return (
            server.target(database: name), server.directory.data.appending("base").appending(directory).appending(path)
        )
    }
}
