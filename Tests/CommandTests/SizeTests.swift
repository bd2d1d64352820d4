import Findings
import TestSupport
import Testing

/// Many things and large ones: pgassay itself stays small, whatever it drills.
@Suite struct SizeTests {
    /// Of pgassay alone, in bytes.
    private static let memory = 150 << 20

    @Test(arguments: [DumpKind.custom, .plain])
    func twoThousandTables(_ kind: DumpKind) async throws {
        try await TestServer.with { server in
            try await withDesk { desk in
                let dump = try await desk.dump(
                    """
                    DO $$ BEGIN
                        FOR i IN 1..2000 LOOP
                            EXECUTE format('CREATE TABLE t%s (id int PRIMARY KEY, at timestamptz, doc jsonb)', i);
                            EXECUTE format('INSERT INTO t%s VALUES (%s, now(), ''{}'')', i, i);
                        END LOOP;
                    END $$
                    """, database: "many", on: server, as: kind)
                let drilled = try await desk.drill(dump)
                #expect(drilled.exitCode == 0, "\(drilled.complaints)")
                #expect(drilled.report.tables.count == 2000)
                #expect(drilled.report.tables.allSatisfy { $0.rows == 1 })
                #expect(drilled.findings("jsonb").count { $0.status == .passed } == 2000)
                #expect(drilled.outcome.peakMemory > 0)
                #expect(drilled.outcome.peakMemory < Self.memory, "\(drilled.outcome.peakMemory >> 20) MiB")
            }
        }
    }

    private static let text = "INSERT INTO large (id, text) VALUES (1, repeat('0123456789', 10000000));"
    private static let document = """
        INSERT INTO large (id, document) SELECT 2, jsonb_build_object('list', jsonb_agg(repeat('x', 1000)))
        FROM generate_series(1, 40000);
        """

    /// A text of 100 MB, which is a line of a plain dump, and a document of 40 MB.
    @Test(arguments: [(DumpKind.custom, text + document, Int64(2)), (.plain, text, 1)])
    func aValueOfAHundredMegabytes(_ kind: DumpKind, _ rows: String, _ count: Int64) async throws {
        try await TestServer.with { server in
            try await withDesk { desk in
                let dump = try await desk.dump(
                    "CREATE TABLE large (id int PRIMARY KEY, text text, document jsonb);" + rows, database: "large",
                    on: server, as: kind)
                let drilled = try await desk.drill(dump)
                #expect(drilled.exitCode == 0, "\(drilled.complaints)")
                #expect(drilled.complaints == "")
                #expect(drilled.rows == ["public.large": count])
                #expect(drilled.outcome.peakMemory > 0)
                #expect(drilled.outcome.peakMemory < Self.memory, "\(drilled.outcome.peakMemory >> 20) MiB")
            }
        }
    }
}
