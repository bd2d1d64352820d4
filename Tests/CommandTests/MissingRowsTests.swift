import Findings
import Testing

/// A schema is no backup; a table whose rows were left out on purpose is no alarm, unless the plan wants them.
@Suite struct MissingRowsTests {
    @Test(arguments: ["schema", "schema-plain"])
    func theSchemaAloneFails(_ kind: String) async throws {
        try await withDesk { desk in
            let drilled = try await desk.drill(try await Dumps.named("orchard.\(kind)"))
            #expect(drilled.exitCode == 1)
            #expect(drilled.report.cause == .backup)
            let finding = drilled.findings("row-counts").first { $0.subject == "database" }
            #expect(finding?.status == .failed, "\(drilled.complaints)")
        }
    }

    @Test(arguments: ["without-rows", "without-rows-plain"])
    func aTableWithoutItsRows(_ kind: String) async throws {
        try await withDesk { desk in
            let dump = try await Dumps.named("orchard.\(kind)")
            let alone = try await desk.drill(dump)
            #expect(alone.exitCode == 0, "\(alone.complaints)")
            let finding = alone.findings("row-counts").first { $0.subject == "public.readings" }
            #expect(finding?.status == .notRun)
            #expect(finding?.reason?.contains("leaves out this table's rows") == true)
            #expect(alone.rows["public.plots"] == 200)

            let plan = try desk.plan(dump, "checks: { row-counts: { readings: { minimum: 1 } } }")
            let planned = try await desk.drill(plan)
            #expect(planned.exitCode == 1)
            let missed = planned.findings("row-counts").first { $0.subject == "public.readings" }
            #expect(missed?.status == .failed, "\(planned.complaints)")
            #expect(missed?.basis == .plan)
        }
    }
}
