import Findings
import Foundation
import SystemPackage
import TestSupport
import Testing

/// What only a copy of files brings: damage without checksums, and what the source was in the middle of.
@Suite struct PhysicalDamageTests {
    /// Copies the files of a stopped server whose pages have no checksums, changes one, drills the copy.
    private static func drill(
        _ desk: Desk, major: Int? = nil, _ statements: [String], file query: String,
        _ change: @escaping @Sendable (inout [UInt8]) throws -> Void
    ) async throws -> Drilled {
        try await SourceCluster.with(major: major, checksums: false) { cluster in
            for statement in statements { try await cluster.execute(statement) }
            let path = try await cluster.value(query)
            try await cluster.execute("CHECKPOINT")
            try await cluster.stop()
            let snapshot = cluster.directory.appending("snapshot")
            try await cluster.copyFiles(to: snapshot)
            let file = URL(filePath: snapshot.appending(path).string)
            var bytes = [UInt8](try Data(contentsOf: file))
            try change(&bytes)
            try Data(bytes).write(to: file)
            let drilled = try await desk.drill(snapshot)
            try await cluster.start()
            return drilled
        }
    }

    private static let rows = "CREATE TABLE t AS SELECT i, repeat('x', 300) AS note FROM generate_series(1, 1000) i"
    private static let largeValue = """
        CREATE TABLE docs AS SELECT 1 AS i, (SELECT string_agg(md5(i::text) || repeat('x', 32), '') FROM generate_series(1, 2000) i) AS body
        """

    /// Two bits for each page of the table, behind the header of the page: all-visible and all-frozen.
    @Test(arguments: [15, 17, 18])
    func aMarkThatTheRowsContradict(major: Int) async throws {
        try await withDesk { desk in
            let drilled = try await Self.drill(
                desk, major: major, [Self.rows, "VACUUM t", "DELETE FROM t WHERE i = 1"],
                file: "SELECT pg_relation_filepath('t') || '_vm'"
            ) { bytes in
                try #require(bytes[24] & 0b11 == 0, "the page of the deleted row is marked")
                bytes[24] |= 0b01
            }
            #expect(drilled.exitCode == 1, "\(drilled.complaints)")
            #expect(drilled.report.cause == .backup)
            let finding = try #require(drilled.findings("visibility-map").first { $0.subject == "public.t" })
            #expect(finding.status == .failed)
            #expect(finding.observed == "1 page of its own: block 0")
            #expect(drilled.rows["public.t"] == 999, "the rows are counted without the map")
        }
    }

    @Test(arguments: [15, 17])
    func aCompressedValueThatDoesNotDecompress(major: Int) async throws {
        try await withDesk { desk in
            let drilled = try await Self.drill(
                desk, major: major, [Self.largeValue],
                file: "SELECT pg_relation_filepath(reltoastrelid) FROM pg_class WHERE relname = 'docs'"
            ) { bytes in
                // The rows of a page lie at its end; what is there is compressed.
                for offset in 4000..<4400 { bytes[offset] = 0xFF }
            }
            #expect(drilled.exitCode == 1, "\(drilled.complaints)")
            let finding = try #require(drilled.findings("values").first { $0.subject == "public.docs.body" })
            #expect(finding.status == .failed && finding.cause == .backup, "\(finding)")
            #expect(finding.observed == "SQLSTATE XX001")
        }
    }

    /// One that is to come, whose rows nobody sees, and one that has long been forgotten.
    @Test(arguments: [0x10, 0xF0] as [UInt8])
    func aRowOfATransactionThatNobodyKnows(highByte: UInt8) async throws {
        try await withDesk { desk in
            let drilled = try await Self.drill(
                desk, [Self.rows, "VACUUM FREEZE t"], file: "SELECT pg_relation_filepath('t')"
            ) { bytes in
                let row = Int(bytes[24]) | Int(bytes[25] & 0x7F) << 8
                // PD_ALL_VISIBLE; t_xmin, and t_infomask with neither of its hints on it.
                bytes[10] &= ~0x04
                bytes.replaceSubrange(row..<(row + 4), with: [0, 0, 0, highByte])
                bytes[row + 21] &= ~0x03
            }
            #expect(drilled.exitCode == 1, "\(drilled.complaints)")
            #expect(drilled.report.cause == .backup)
            #expect(drilled.findings("indexes").contains { $0.subject == "public.t" && $0.status == .failed })
            #expect(drilled.findings("row-counts")[0].status == (highByte == 0x10 ? .passed : .failed))
            #expect(!drilled.report.checks.contains { $0.status == .inconclusive }, "\(drilled.complaints)")
        }
    }

    /// A value that claims to be a gigabyte long ends the server process that reads it. It is known by then why.
    @Test func aValueThatEndsTheServer() async throws {
        try await withDesk { desk in
            let drilled = try await Self.drill(desk, [Self.rows], file: "SELECT pg_relation_filepath('t')") { bytes in
                let row = Int(bytes[24]) | Int(bytes[25] & 0x7F) << 8
                // Behind the header of the row and a number of four bytes.
                let length = Int(bytes[row + 28]) | Int(bytes[row + 29]) << 8
                try #require(length == 304 << 2)
                bytes.replaceSubrange((row + 28)..<(row + 32), with: [0xFC, 0xFF, 0xFF, 0xFF])
            }
            #expect(drilled.exitCode == 1, "\(drilled.complaints)")
            let finding = try #require(drilled.findings("indexes").first { $0.subject == "public.t" })
            #expect(finding.status == .failed && finding.cause == .backup)
            #expect(finding.reason?.contains("ends at offset") == true, "\(finding)")
        }
    }

    /// The order of an index of the system's own: a name in it that is another one.
    @Test func anIndexOfTheSystem() async throws {
        try await withDesk { desk in
            let drilled = try await Self.drill(
                desk,
                [
                    "CREATE TABLE t (i int PRIMARY KEY)",
                    "CREATE FUNCTION zebra() RETURNS int LANGUAGE sql AS 'SELECT 1'",
                ],
                file: "SELECT pg_relation_filepath('pg_proc_proname_args_nsp_index')"
            ) { bytes in
                let name = try #require(bytes.firstRange(of: Array("zebra".utf8)))
                bytes[name.lowerBound] = UInt8(ascii: "a")
            }
            #expect(drilled.exitCode == 1, "\(drilled.complaints)")
            let finding = try #require(drilled.findings("indexes").first { $0.subject == "system tables" })
            #expect(finding.status == .failed && finding.cause == .backup)
            #expect(finding.reason?.contains("pg_catalog.pg_proc_proname_args_nsp_index") == true, "\(finding)")
        }
    }

    /// A transaction that nobody decided on holds its locks in the copy as well: checks must not wait for it.
    @Test(arguments: [15, 17])
    func transactionsThatNobodyDecidedOn(major: Int) async throws {
        try await withDesk { desk in
            try await SourceCluster.with(major: major) { cluster in
                try await cluster.execute(
                    "CREATE TABLE t AS SELECT i FROM generate_series(1, 100) i", "ALTER TABLE t ADD PRIMARY KEY (i)",
                    "CREATE TABLE u AS SELECT i FROM generate_series(1, 100) i",
                    "ALTER TABLE u ALTER i SET DEFAULT 1, ADD CHECK (i > 0)", "CREATE TABLE v (i int PRIMARY KEY)")
                try await cluster.execute("BEGIN; INSERT INTO t VALUES (101); PREPARE TRANSACTION 'written'")
                let young = try await cluster.baseBackup("young")
                let told = try await desk.drill(young)
                #expect(told.exitCode == 0, "\(told.complaints)")
                #expect(told.rows["public.t"] == 100)
                let finding = try #require(told.findings("prepared-transactions").first)
                #expect(finding.subject == "transaction written" && finding.status == .passed, "\(finding)")
                #expect(finding.observed?.hasPrefix("prepared by postgres in postgres at 20") == true, "\(finding)")
                #expect(finding.reason?.contains("it has locked public.t") == true, "\(finding)")
                let index = try #require(told.findings("indexes").first { $0.subject == "public.t_pkey" })
                #expect(index.status == .passed && index.reason?.contains("levels") == true, "\(index)")

                try await cluster.execute("BEGIN; TRUNCATE u; PREPARE TRANSACTION 'exclusive'")
                let plan = try desk.file(
                    "plan.yaml",
                    """
                    name: held
                    backup: { path: '\(try await cluster.baseBackup("held"))' }
                    history: { definitions: fail }
                    """)
                let held = try await desk.drill(plan)
                // Nothing of u can be read, and that is not held against the backup.
                #expect(held.exitCode == 3, "\(held.complaints)")
                #expect(held.findings("row-counts").first { $0.subject == "public.u" }?.cause == .environment)
                #expect(held.findings("row-counts").first { $0.subject == "public.v" }?.status == .passed)
                #expect(held.complaints.contains("a prepared transaction holds a lock"), "\(held.complaints)")
                // Definitions are printed without waiting for that lock.
                let defined = Set(held.report.tables.filter { $0.definition != nil }.map(\.name))
                #expect(defined == ["t", "v"] && held.findings("definitions").allSatisfy { $0.status == .notRun })
                for name in ["written", "exclusive"] { try await cluster.execute("ROLLBACK PREPARED '\(name)'") }
            }
        }
    }

    /// As old as a copy says that it is: its control file is what tells when a snapshot was made.
    @Test func aTransactionThatWasForgotten() async throws {
        try await withDesk { desk in
            try await SourceCluster.with { cluster in
                try await cluster.execute("CREATE TABLE t (i int)")
                try await cluster.execute("BEGIN; INSERT INTO t VALUES (1); PREPARE TRANSACTION 'forgotten'")
                try await cluster.stop()
                let control = cluster.data.appending("global/pg_control").string
                let snapshot = cluster.directory.appending("snapshot")
                try await cluster.copyFiles(to: snapshot)
                try FileManager.default.setAttributes(
                    [.modificationDate: Date(timeIntervalSinceNow: 7 * 3600)],
                    ofItemAtPath: control.replacing(cluster.data.string, with: snapshot.string))
                let drilled = try await desk.drill(snapshot)
                #expect(drilled.exitCode == 3, "\(drilled.complaints)")
                #expect(!drilled.report.checks.contains { $0.status == .failed }, "\(drilled.complaints)")
                let finding = try #require(drilled.findings("prepared-transactions").first)
                #expect(finding.status == .inconclusive && finding.cause == .environment)
                #expect(finding.observed?.contains("before the end of the copy") == true, "\(finding)")
                try await cluster.start()
                try await cluster.execute("ROLLBACK PREPARED 'forgotten'")
            }
        }
    }

    @Test(arguments: [15, 18])
    func slotsOfASnapshotAreTold(major: Int) async throws {
        try await withDesk { desk in
            try await SourceCluster.with(major: major) { cluster in
                try await cluster.execute(
                    "SELECT pg_create_physical_replication_slot('standby', true)",
                    "SELECT pg_create_logical_replication_slot('warehouse', 'test_decoding')",
                    "SELECT pg_create_physical_replication_slot('idle')")
                let copied = try await desk.drill(try await cluster.baseBackup("b"))
                #expect(copied.exitCode == 0, "\(copied.complaints)")
                #expect(copied.findings("replication-slots").map(\.observed) == ["none"])
                try await cluster.stop()
                let drilled = try await desk.drill(cluster.data)
                #expect(drilled.exitCode == 0, "\(drilled.complaints)")
                let slots = drilled.findings("replication-slots")
                #expect(slots.map(\.subject) == ["slot idle", "slot standby", "slot warehouse"])
                #expect(slots[0].observed == "physical, keeps no log")
                #expect(slots[1].observed?.hasPrefix("physical, keeps the log from 0/") == true, "\(slots)")
                #expect(slots[2].observed?.hasPrefix("logical, keeps the log from 0/") == true, "\(slots)")
                #expect(slots.allSatisfy { $0.status == .passed && $0.reason != nil })
                try await cluster.start()
                for name in ["standby", "warehouse", "idle"] {
                    try await cluster.execute("SELECT pg_drop_replication_slot('\(name)')")
                }
            }
        }
    }
}
