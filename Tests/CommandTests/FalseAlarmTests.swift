import Findings
import Foundation
import Testing

/// What looks like damage and is none: a machine's, a clock's or a plan's fault is never held against the backup.
@Suite struct FalseAlarmTests {
    /// PostgreSQL 14 gave `array_cat` other types: such an aggregate restores on 13 alone.
    @Test func aFunctionThatTheNewerServerHasNoMore() async throws {
        try await withDesk { desk in
            let drilled = try await desk.drill(
                try desk.script(
                    """
                    CREATE AGGREGATE public.array_accum(anyarray) (
                        SFUNC = array_cat, STYPE = anyarray, INITCOND = '{}');
                    CREATE TABLE public.t (id integer);
                    INSERT INTO public.t VALUES (1);
                    """, version: "13.4"))
            #expect(drilled.exitCode == 3, "\(drilled.complaints)")
            #expect(drilled.report.cause == .environment)
            #expect(!drilled.report.checks.contains { $0.status == .failed }, "\(drilled.complaints)")
            #expect(drilled.complaints.contains("array_cat"))
        }
    }

    /// Tablespaces belong to a server: the table lands in the default one, with its rows.
    @Test func aTablespaceThatIsNotHere() async throws {
        try await withDesk { desk in
            let drilled = try await desk.drill(
                try desk.script(
                    """
                    SET default_tablespace = fast;
                    CREATE TABLE public.t (id integer);
                    SET default_tablespace = '';
                    INSERT INTO public.t VALUES (1);
                    """))
            #expect(drilled.exitCode == 0, "\(drilled.complaints)")
            #expect(drilled.rows["public.t"] == 1)
            #expect(drilled.findings("restore").contains { $0.reason?.contains("tablespaces belong") == true })
        }
    }

    @Test func aQuestionOfThePlanThatCannotBeAsked() async throws {
        try await withDesk { desk in
            let plan = try desk.plan(
                try await Dumps.named("orchard.custom"),
                #"checks: { jsonb: { plots.shape: { every: ['$.a like_regex "("'] } } }"#)
            let drilled = try await desk.drill(plan)
            #expect(drilled.exitCode == 3)
            #expect(!drilled.report.checks.contains { $0.status == .failed }, "\(drilled.complaints)")
            #expect(drilled.complaints.contains("jsonpath"))
        }
    }

    /// To json it is a text like any other; jsonb has no room for it.
    @Test func aNullCharacterWithinJSON() async throws {
        try await withDesk { desk in
            let dump = try desk.script(
                #"""
                CREATE TABLE public.t (value json);
                COPY public.t (value) FROM stdin;
                {"a": "\\u0000"}
                \.
                """#)
            let plan = try desk.plan(dump, "checks: { jsonb: { t.value: { type: object } } }")
            let drilled = try await desk.drill(plan)
            #expect(drilled.complaints == "")
            #expect(drilled.exitCode == 0)
            #expect(drilled.findings("jsonb").count { $0.status == .passed } == 2)
        }
    }

    /// A clock is wrong, and nobody knows how old the backup is.
    @Test func aBackupFromTheFuture() async throws {
        try await withDesk { desk in
            let dump = desk.root.appending("dump.sql")
            try FileManager.default.copyItem(
                atPath: try await Dumps.named("orchard.plain").string, toPath: dump.string)
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: 3 * 86_400)], ofItemAtPath: dump.string)
            let drilled = try await desk.drill(try desk.plan(dump, "objectives: { backupAge: 1h }"))
            #expect(drilled.exitCode == 3)
            #expect(drilled.report.verdict == .inconclusive)
            #expect(drilled.report.objectives.backupAge?.met == nil)
            let finding = drilled.findings("objectives").first { $0.subject == "backupAge" }
            #expect(finding?.status == .inconclusive, "\(drilled.complaints)")
        }
    }
}
