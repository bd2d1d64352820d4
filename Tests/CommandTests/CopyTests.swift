import Findings
import Foundation
import Postgres
import SystemPackage
import TestSupport
import Testing

/// What a copy of files brings along, and what it lost on the way, where no manifest tells the sizes of its files.
@Suite struct CopyTests {
    /// Copies the files of a stopped server whose pages have checksums, changes the copy, drills it.
    private static func drill(
        _ desk: Desk, major: Int? = nil, _ statements: [String],
        _ change: @escaping @Sendable (FilePath, SourceCluster) async throws -> Void
    ) async throws -> Drilled {
        try await SourceCluster.with(major: major) { cluster in
            for statement in statements { try await cluster.execute(statement) }
            try await cluster.execute("CHECKPOINT")
            let copy = cluster.directory.appending("copy")
            try await change(copy, cluster)
            return try await desk.drill(copy)
        }
    }

    private static func stopAndCopy(_ cluster: SourceCluster, to copy: FilePath) async throws {
        try await cluster.stop()
        try await cluster.copyFiles(to: copy)
        try await cluster.start()
    }

    private static let page = 8192

    /// Neither VACUUM nor ANALYZE has noted how large the table is.
    private static let rows = [
        "CREATE TABLE t (i int PRIMARY KEY, note text) WITH (autovacuum_enabled = off)",
        "INSERT INTO t SELECT i, repeat('x', 300) FROM generate_series(1, 2000) i",
    ]

    enum Loss: CaseIterable {
        case cutOff, zeros, empty, zerosInTheMiddle, missing
    }

    /// `what-people-copy.txt` has the same on 15.
    @Test(arguments: Loss.allCases)
    func pagesOfATable(_ loss: Loss) async throws {
        try await withDesk { desk in
            let drilled = try await Self.drill(desk, major: 17, Self.rows) { copy, cluster in
                let path = try await cluster.value("SELECT pg_relation_filepath('t')")
                try await Self.stopAndCopy(cluster, to: copy)
                let file = URL(filePath: copy.appending(path).string)
                let bytes = try Data(contentsOf: file)
                let changed: Data? =
                    switch loss {
                    case .cutOff: bytes.prefix(4 * Self.page)
                    case .zeros: bytes.prefix(4 * Self.page) + Data(count: bytes.count - 4 * Self.page)
                    case .empty: Data()
                    case .zerosInTheMiddle:
                        bytes.prefix(4 * Self.page) + Data(count: Self.page) + bytes.dropFirst(5 * Self.page)
                    case .missing: nil
                    }
                if let changed { try changed.write(to: file) } else { try FileManager.default.removeItem(at: file) }
            }
            #expect(drilled.exitCode == 1, "\(drilled.complaints)")
            #expect(drilled.report.cause == .backup)
            let finding = try #require(drilled.findings("files").first { $0.subject == "public.t" })
            #expect(finding.status == .failed && finding.cause == .backup, "\(finding)")
        }
    }

    /// Rows that were deleted, moved and vacuumed away leave no entry behind: a healthy copy passes, however it was used.
    @Test(arguments: [15, 16, 17, 18])
    func aTableThatWasUsedIsWhole(major: Int) async throws {
        try await withDesk { desk in
            let statements =
                Self.rows + [
                    "CREATE INDEX t_note ON t (note)", "UPDATE t SET note = 'same' WHERE i % 3 = 0",
                    "DELETE FROM t WHERE i > 1000", "VACUUM t", "UPDATE t SET note = 'again'",
                    "DELETE FROM t WHERE i % 2 = 0",
                    "TRUNCATE t", "INSERT INTO t SELECT i, 'new' FROM generate_series(1, 5000) i",
                    "DELETE FROM t WHERE i < 4000", "VACUUM t",
                ] + Self.kinds + [
                    "DELETE FROM k WHERE i % 5 > 0", "VACUUM k",
                    "INSERT INTO k SELECT k.* FROM k, generate_series(1, 5)",
                    "CREATE TABLE h (i int)", "CREATE INDEX ON h USING hash (i) WITH (fillfactor = 10)",
                    "INSERT INTO h SELECT generate_series(1, 60000)", "DELETE FROM h WHERE i % 2 = 0", "VACUUM h",
                ]
                + ["gin (pair)", "gist (place)", "spgist (word)"].enumerated().flatMap { number, index in
                    [
                        "CREATE TABLE k\(number) (LIKE k)", "CREATE INDEX ON k\(number) USING \(index)",
                        "INSERT INTO k\(number) SELECT * FROM k", "DELETE FROM k\(number) WHERE i % 5 > 0",
                        "VACUUM k\(number)",
                        "INSERT INTO k\(number) SELECT k.* FROM k LIMIT 2000",
                    ]
                }
            let drilled = try await Self.drill(desk, major: major, statements) { copy, cluster in
                try await Self.stopAndCopy(cluster, to: copy)
            }
            #expect(drilled.exitCode == 0, "\(drilled.complaints)")
            #expect(drilled.findings("files").allSatisfy { $0.status == .passed })
        }
    }

    /// With an index of each kind that amcheck cannot look at.
    private static let kinds = [
        """
        CREATE TABLE k WITH (autovacuum_enabled = off)
        AS SELECT i, ARRAY[i, i + 1] AS pair, point(i, i) AS place, md5(i::text) AS word FROM generate_series(1, 5000) i
        """, "CREATE INDEX k_gin ON k USING gin (pair)", "CREATE INDEX k_gist ON k USING gist (place)",
        "CREATE INDEX k_hash ON k USING hash (word)", "CREATE INDEX k_spgist ON k USING spgist (place)",
        "CREATE INDEX k_brin ON k USING brin (i) WITH (pages_per_range = 1)",
    ]

    /// Each file of another relation, and each with another loss.
    @Test(arguments: [15, 18])
    func pagesOfEveryKind(major: Int) async throws {
        let losses: [(relation: String, loss: @Sendable (Data) -> Data, reason: String)] = [
            ("k_gin", { $0.prefix($0.count / 2 / Self.page * Self.page) }, "it leads to page"),
            ("k_gist", { $0.prefix(Self.page) }, "its file has 1, and it leads to page"),
            ("k_hash", { $0.prefix(5 * Self.page) }, "its file has 5, and it leads to page"),
            ("k_spgist", { $0.prefix(4 * Self.page) + Data(count: $0.count - 4 * Self.page) }, "zeros in their place"),
            ("k_brin", { Data(count: Self.page) + $0.dropFirst(Self.page) }, "something else is in their place"),
            ("few_gist", { _ in Data() }, "is empty"),
            ("s", { _ in Data() }, "is empty"),
            ("s_zeros", { Data(count: $0.count) }, "the sequence is lost"),
            ("half", { $0.prefix(20000) }, "a part of the copy is missing"),
            ("partly", { $0.prefix(2 * Self.page) }, "the index leads to page"),
            ("only_gin", { $0.prefix(2 * Self.page) }, "the index leads to page"),
            ("only_gist", { $0.prefix(2 * Self.page) }, "the index leads to page"),
            ("only_hash", { $0.prefix(2 * Self.page) }, "the index leads to page"),
            ("only_spgist", { $0.prefix(Self.page) + Data(count: $0.count - Self.page) }, "zeros or other rows"),
            ("unlogged", { _ in Data() }, "the index leads to page"),
        ]
        try await withDesk { desk in
            let statements =
                Self.kinds + [
                    "CREATE SEQUENCE s", "CREATE SEQUENCE s_zeros",
                    "CREATE TABLE few (p point)", "CREATE INDEX few_gist ON few USING gist (p)",
                    "CREATE TABLE half AS SELECT i, repeat('x', 300) FROM generate_series(1, 500) i",
                    "CREATE TABLE partly AS SELECT i, repeat('x', 300) FROM generate_series(1, 500) i",
                    "CREATE INDEX partly_i ON partly (i) WHERE i > 250",
                    "CREATE UNLOGGED TABLE unlogged (i int PRIMARY KEY)",
                    "INSERT INTO unlogged SELECT generate_series(1, 100)",
                ]
                + ["gin (pair)", "gist (place)", "hash (word)", "spgist (word)"].flatMap { index in
                    let name = "only_\(index.prefix { $0 != " " })"
                    return [
                        "CREATE TABLE \(name) (LIKE k) WITH (autovacuum_enabled = off)",
                        "CREATE INDEX ON \(name) USING \(index)",
                        "INSERT INTO \(name) SELECT * FROM k LIMIT 1000",
                    ]
                }
            let drilled = try await Self.drill(desk, major: major, statements) { copy, cluster in
                var paths: [String] = []
                for (relation, _, _) in losses {
                    paths.append(try await cluster.value("SELECT pg_relation_filepath('\(relation)')"))
                }
                try await Self.stopAndCopy(cluster, to: copy)
                for (path, (_, loss, _)) in zip(paths, losses) {
                    let file = URL(filePath: copy.appending(path).string)
                    try loss(Data(contentsOf: file)).write(to: file)
                }
            }
            #expect(drilled.exitCode == 1, "\(drilled.complaints)")
            for (relation, _, reason) in losses {
                let finding = try #require(
                    drilled.findings("files").first { $0.subject == "public.\(relation)" }, "\(relation)")
                #expect(finding.status == .failed && finding.cause == .backup, "\(finding)")
                #expect(finding.reason?.contains(reason) == true, "\(finding)")
            }
        }
    }

    /// They would make damaged rows vanish, end checks early, or lead them elsewhere.
    @Test func settingsOfTheCopySteerNoCheck() async throws {
        try await withDesk { desk in
            let drilled = try await SourceCluster.with(checksums: false) { cluster in
                for statement in Self.rows { try await cluster.execute(statement) }
                let path = try await cluster.value("SELECT pg_relation_filepath('t')")
                // All at once: none of its sessions would work afterwards.
                try await cluster.execute(
                    """
                    CREATE ROLE nobody;
                    ALTER DATABASE postgres SET zero_damaged_pages = on;
                    ALTER DATABASE postgres SET statement_timeout = 1;
                    ALTER DATABASE postgres SET app.tenant = 'seven';
                    ALTER ROLE postgres SET role = 'nobody';
                    ALTER ROLE postgres SET session_preload_libraries = 'gone';
                    ALTER ROLE ALL SET idle_in_transaction_session_timeout = 1;
                    CHECKPOINT
                    """)
                let copy = cluster.directory.appending("copy")
                try await Self.stopAndCopy(cluster, to: copy)
                let file = URL(filePath: copy.appending(path).string)
                var bytes = [UInt8](try Data(contentsOf: file))
                // The header of a page in the middle: a server with zero_damaged_pages takes it for empty.
                for offset in 10..<20 { bytes[5 * Self.page + offset] = 0xEE }
                try Data(bytes).write(to: file)
                return try await desk.drill(copy)
            }
            #expect(drilled.exitCode == 1, "\(drilled.complaints)")
            #expect(drilled.report.cause == .backup)
            let told = try #require(
                drilled.findings("restore").first { $0.subject == "settings of databases and roles" })
            #expect(told.observed?.contains("zero_damaged_pages") == true, "\(told)")
            #expect(told.observed?.contains("app.tenant") == false, "\(told)")
        }
    }

    /// The server refuses everybody, for good: the drill says so at once.
    @Test func aMapOfFilesThatIsDamaged() async throws {
        try await withDesk { desk in
            let drilled = try await Self.drill(desk, Self.rows) { copy, cluster in
                try await Self.stopAndCopy(cluster, to: copy)
                let file = URL(filePath: copy.appending("global/pg_filenode.map").string)
                var bytes = try Data(contentsOf: file)
                bytes[12] ^= 1
                try bytes.write(to: file)
            }
            #expect(drilled.exitCode == 1, "\(drilled.complaints)")
            #expect(drilled.report.cause == .backup)
            #expect(drilled.outcome.output.contains("SQLSTATE XX000"))
        }
    }
}
