import Findings
import TestSupport
import Testing

/// Databases that are odd and good pass: a false alarm costs as much trust as a false pass.
@Suite struct HealthyTests {
    @Test(arguments: HealthyDatabase.all, ["custom", "plain"])
    func passes(_ database: HealthyDatabase, _ kind: String) async throws {
        try await withDesk { desk in
            let drilled = try await desk.drill(try await Dumps.named("\(database.name).\(kind)"))
            #expect(drilled.complaints == "")
            #expect(drilled.exitCode == 0)
            #expect(drilled.report.verdict == .passed)
            for (table, rows) in database.rows { #expect(drilled.rows[table] == rows, "\(table)") }
            Tally.add("healthy dumps passed")
        }
    }

    /// Passed, and yet told: what the source never validated.
    @Test(arguments: ["custom", "plain"])
    func orphansThatTheSourceKnowsAreTold(_ kind: String) async throws {
        try await withDesk { desk in
            let drilled = try await desk.drill(try await Dumps.named("keys.\(kind)"))
            let finding = try #require(
                drilled.findings("foreign-keys").first { $0.subject == "public.unproven.unproven_node_fkey" })
            #expect(finding.status == .passed)
            #expect(finding.observed == "10 orphans")
            #expect(finding.reason == "known at the source: the constraint is NOT VALID or NOT ENFORCED there")
            let keys = Set(drilled.findings("foreign-keys").map(\.subject))
            #expect(keys.isSuperset(of: ["public.visits.visits_region_place_fkey", "public.nodes.nodes_parent_fkey"]))
            #expect(keys.count == 11, "each key once, those of partitions with their root's: \(keys)")
        }
    }

    @Test(arguments: DumpOptions.all)
    func howItWasDumpedDoesNotMatter(_ options: DumpOptions) async throws {
        try await withDesk { desk in
            let drilled = try await desk.drill(try await Dumps.named("orchard.\(options.kind.name)"))
            #expect(drilled.complaints == "")
            #expect(drilled.exitCode == 0)
            #expect(drilled.rows == ["public.growers": 50, "public.plots": 200, "public.readings": 3000])
        }
    }
}
