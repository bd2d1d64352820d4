import Findings
import SystemPackage
import TestSupport
import Testing

/// Where the machine gives little, the machine is blamed, and nothing is left there.
@Suite struct HarshPlacesTests {
    private static let rows = "CREATE TABLE public.t AS SELECT i FROM generate_series(1, 7) i;"

    /// Limits of setrlimit(2), as `ulimit` and container runtimes set them.
    @Test(arguments: ["--nofile=40:40", "--fsize=100000:100000", "--stack=200000:200000"])
    func limits(_ limit: String) async throws {
        try await withDesk { desk in
            let dump = try desk.script(Self.rows)
            let program = try Program.ofThisPackage("pgassay").executable
            let outcome = try await Program("/usr/bin/prlimit").run(
                [limit, program.string] + desk.drilling(dump), in: desk.root, environment: desk.environment())
            #expect(outcome.exitCode == 3, "\(limit): \(outcome.output) \(outcome.errors)")
            let report = try desk.onlyReport()
            #expect(report.verdict == .inconclusive)
            #expect(report.cause == .environment)
        }
    }

    /// A server has no more shared memory than its data needs.
    @Test func twoGigabytesOfAddressesAreEnough() async throws {
        try await withDesk { desk in
            let dump = try desk.script(Self.rows)
            let program = try Program.ofThisPackage("pgassay").executable
            let outcome = try await Program("/usr/bin/prlimit").run(
                ["--as=2000000000:2000000000", program.string] + desk.drilling(dump), in: desk.root,
                environment: desk.environment())
            #expect(outcome.exitCode == 0, "\(outcome.output) \(outcome.errors)")
        }
    }

    @Test func anEmptyEnvironment() async throws {
        try await withDesk { desk in
            let dump = try desk.script(Self.rows)
            let program = try Program.ofThisPackage("pgassay").executable
            let outcome = try await Program("/usr/bin/env").run(
                ["-i", "PGASSAY_SCRATCH=\(desk.scratch)", "PGASSAY_CACHE=", program.string] + desk.drilling(dump),
                in: desk.root, environment: desk.environment())
            #expect(outcome.exitCode == 0, "\(outcome.output) \(outcome.errors)")
            #expect(try desk.onlyReport().verdict == .passed)
        }
    }

    @Test func twentyDrillsAtOnce() async throws {
        try await withDesk { desk in
            let dump = try desk.script(Self.rows)
            let drills = try (0..<20).map { _ in try desk.start(desk.drilling(dump)) }
            for drill in drills {
                let outcome = try await drill.outcome()
                #expect(outcome.exitCode == 0, "\(outcome.output) \(outcome.errors)")
            }
            #expect(try desk.names(in: desk.reports).count == 20)
        }
    }
}
