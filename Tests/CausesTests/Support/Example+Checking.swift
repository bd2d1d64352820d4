import Checks
import Foundation
import Postgres
import SystemPackage
import Testing

/// What a check meets when it asks.
extension Example {
    static let checking = [
        Example("stored-data-corrupt", "XX001", "a damaged page of a table") { lab in
            let target = try await lab.damaged("t") { $0 = [UInt8](repeating: 0xFF, count: 8192) }
            return try await lab.asking("SELECT count(*) FROM public.t", of: target)
        },
        Example("stored-data-corrupt", "XX002", "a page of an index that is gone") { lab in
            let target = try await lab.damaged("t_pkey", at: 1) { $0 = [UInt8](repeating: 0, count: 8192) }
            return try await lab.asking(
                "SELECT count(*) FROM public.t WHERE i = 7", of: target, first: "SET enable_seqscan = off")
        },
        Example("stored-value", "22P02", "stored JSON that is none") { lab in
            let target = try await lab.database(
                nil,
                """
                CREATE CAST (text AS json) WITHOUT FUNCTION;
                CREATE TABLE t AS SELECT '{"half": '::text::json AS j;
                """)
            return try await lab.asking("SELECT j -> 'half' FROM public.t", of: target)
        },
        asked("question-of-values", "22012", "division by zero", "SELECT 1 / (good - good) FROM public.sales"),
        asked("question-of-values", "2201B", "a pattern that is none", "SELECT name ~ '(' FROM public.goods"),
        asked(
            "question-of-values", "22023", "an argument that is none",
            "SELECT date_trunc('fortnight', sold) FROM public.sales"),
        asked("question", "42P01", "a table that is not there", "SELECT 1 FROM public.nothing"),
        asked("question", "42601", "half a question", "SELECT FROM WHERE"),
        asked("question", "42883", "a function that is not there", "SELECT public.nothing()"),
        Example("question", "25006", "a question that writes") {
            try await $0.asking(
                "DELETE FROM public.sales", first: "SET default_transaction_read_only = on")
        },
        Example("question", "08P01", "a question with a parameter that nobody gives") {
            try await $0.asking("SELECT $1::int + $2::int", ["1"])
        },
        Example("not-populated", "55000", "a materialized view without rows") { lab in
            let target = try await lab.database(
                nil, "CREATE MATERIALIZED VIEW \"Größe\" AS SELECT 1 AS i WITH NO DATA")
            return try await lab.asking("TABLE public.\"Größe\"", of: target)
        },
        Example("not-allowed", "42501", "a role that may not") {
            try await $0.asking("SELECT 1 FROM pg_authid", first: "SET ROLE pg_monitor")
        },
        asked("not-installed", "58P01", "a library", "LOAD 'library_of_nobody'"),
        Example("file-missing", "58P01", "a file of a table") { lab in
            let (target, file) = try await lab.copy(of: "t")
            try FileManager.default.removeItem(atPath: file.string)
            return try await lab.asking("SELECT count(*) FROM public.t", of: target)
        },
        Example("own-file-damaged", "58P01", "a file of a table that a dump brought") { lab in
            let dump = try lab.script("CREATE TABLE public.t AS SELECT 1 AS i;")
            return try await lab.drilling(dump) {
                $0.checks.sql = [
                    SQLExpectation(name: "gone", query: "SELECT pg_read_file('base/1/4711')", equals: .text("x"))
                ]
            }
        },
        Example("money-differs", "public.t", "amounts with a decimal comma") { lab in
            try await lab.drilling(
                try lab.script(
                    "-- Name: t; Type: TABLE; Schema: public; Owner: -\n\nCREATE TABLE public.t (m money);\nCOPY public.t (m) FROM stdin;\n12,50\n\\.\n\n"
                ))
        },
        Example("replay-failed", "42P01", "a script that erases rows of another schema") { lab in
            let files = lab.directory
            try Data("7\n".utf8).write(to: URL(filePath: files.appending("keys").string))
            try Data("DELETE FROM public.u WHERE i = 7;\n".utf8).write(
                to: URL(filePath: files.appending("replay").string))
            return try await lab.drilling(try lab.script("CREATE TABLE public.t AS SELECT 7 AS i;")) {
                $0.checks.erasure = ErasureExpectation(
                    columns: [
                        ColumnName(table: TableName(schema: "public", name: "t"), name: "i"): ErasedKeyList(
                            file: files.appending("keys"))
                    ], apply: files.appending("replay"))
            }
        },
        asked("disk-full", "53100", "a full disk", "COPY (SELECT generate_series(1, 99999)) TO '/dev/full'"),
        Example("cancelled", "57014", "a time limit") {
            try await $0.asking("SELECT pg_sleep(9)", first: "SET statement_timeout = 50")
        },
        Example("in-the-way", "55P03", "a lock that somebody holds") { lab in
            try await lab.whileLocked { try await lab.asking("TABLE \($0)", first: "SET lock_timeout = 50") }
        },
        Example("in-the-way", "40P01", "two that wait for each other") { try await $0.deadlock() },
        asked(
            "server-gone", "08006", "a server that this one cannot reach",
            "CREATE SUBSCRIPTION s CONNECTION 'host=/nowhere' PUBLICATION p"),
        asked("resources", "54000", "too long a text", "SELECT repeat('x', 1073741823)"),
        Example("own-code", "P0001", "a function of the backup's") { lab in
            let target = try await lab.database(
                nil,
                "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$")
            return try await lab.asking("SELECT public.f()", of: target)
        },
        asked("internal", "XX000", "a mistake within the server", "SELECT array_in('{1}', 0, -1)"),
        asked("unknown", "55000", "a sequence that was not asked before", "SELECT lastval()"),
        Example("cannot-connect", "Cannot connect", "no server") {
            try await $0.asking("SELECT 1", of: ConnectionTarget(parsing: "host=/nowhere"))
        },
        asked("connection-lost", "lost", "the session ends", "SELECT pg_terminate_backend(pg_backend_pid())"),
        Example("statement-deadline", "deadline", "it takes too long") {
            try await $0.asking("SELECT pg_sleep(9)", deadline: .milliseconds(200))
        },
        asked("odd-answer", "unexpected answer", "a COPY where rows should be", "COPY public.goods TO STDOUT"),
    ]

    private static func asked(_ rule: String, _ says: String, _ reason: String, _ sql: String) -> Example {
        Example(rule, says, reason) { try await $0.asking(sql) }
    }
}

extension Lab {
    /// A table that another session has locked.
    func whileLocked<Result: Sendable>(_ body: @Sendable (String) async throws -> Result) async throws -> Result {
        let table = "public.locked_" + String(UInt32.random(in: 0 ... .max), radix: 36)
        return try await withConnection(to: server.target(database: "shop")) { holder in
            try await holder.execute("CREATE TABLE \(table) (i int)")
            _ = try await holder.query("BEGIN")
            _ = try await holder.query("LOCK TABLE \(table)")
            let result = try await body(table)
            _ = try await holder.query("ROLLBACK")
            return result
        }
    }

    /// Two sessions that lock what the other one has.
    func deadlock() async throws -> [Decided] {
        let target = try await database(nil, "CREATE TABLE a (); CREATE TABLE b ()")
        return try await withConnection(to: target) { first in
            try await withConnection(to: target) { second in
                for (connection, table) in [(first, "a"), (second, "b")] {
                    _ = try await connection.query("SET deadlock_timeout = '50ms'")
                    _ = try await connection.query("BEGIN")
                    _ = try await connection.query("LOCK TABLE public.\(table)")
                }
                async let one = met { _ = try await first.query("LOCK TABLE public.b") }
                async let other = met {
                    _ = try await second.query("LOCK TABLE public.a")
                    _ = try await second.query("ROLLBACK")
                }
                return try await one + other
            }
        }
    }
}
