import Evidence
import Findings
import Foundation
import Glibc
import Postgres
import SystemPackage
import TestSupport
import Testing

/// A disk that fills up while a drill runs: the machine's fault, whatever follows from it.
@Suite struct FullDiskTests {
    /// By the plan's word there is room enough. As it fills up: while a data directory is made; while rows are loaded, by
    /// one connection, which goes on in spite of it, and by several, which give back the room of what failed so that the
    /// rest is restored and refers to rows that are not there.
    @Test(arguments: [
        (15, 2, "custom", "start"), (90, 2, "custom", "check"), (90, 1, "custom", "check"), (80, 2, "plain", "check"),
    ])
    func whereTheServerIs(_ megabytes: Int, _ jobs: Int, _ kind: String, _ phase: String) async throws {
        try await withDesk { desk in
            let plan = try desk.plan(
                try await Dumps.named("wide.\(kind)"),
                """
                scratch: { diskSpace: 1MB, jobs: \(jobs) }
                checks: { row-counts: { wide: { exactly: 30000 } }, freshness: { refers.at: { within: 1h } } }
                """)
            let outcome = try await desk.run(desk.drilling(plan), withDiskOf: "\(megabytes)m", at: desk.scratch)
            let report = try desk.onlyReport()
            let drilled = Drilled(outcome: outcome, report: report)
            #expect(outcome.exitCode == 3, "\(drilled.complaints)")
            #expect(report.verdict == .inconclusive)
            #expect(report.cause == .environment)
            #expect(!report.checks.contains { $0.cause == .backup }, "\(drilled.complaints)")
            #expect(drilled.complaints.contains(phase == "start" ? "No space left on device" : "the disk is full"))
            #expect(report.phases.contains { $0.name == phase })
            #expect(report.cleanup.allSatisfy { $0.removed })
            #expect(outcome.output.hasPrefix("INCONCLUSIVE"))
        }
    }

    /// While a base backup is copied, or written to where it is overlaid, and while one is unpacked.
    @Test(arguments: [[], ["-Ft"]])
    func whereABaseBackupGoes(_ options: [String]) async throws {
        try await withDesk { desk in
            try await withChain(options) { _, chain in
                let plan = try desk.plan(chain.backup, "scratch: { diskSpace: 1MB }")
                let outcome = try await desk.run(desk.drilling(plan), withDiskOf: "20m", at: desk.scratch)
                let drilled = Drilled(outcome: outcome, report: try desk.onlyReport())
                #expect(outcome.exitCode == 3, "\(drilled.complaints)")
                #expect(drilled.report.cause == .environment)
                #expect(
                    drilled.complaints.contains("is full"), "\(drilled.complaints)")
                #expect(drilled.report.cleanup.allSatisfy { $0.removed })
                #expect(outcome.errors.hasSuffix("left there: nothing\n"), "\(outcome.errors)")
            }
        }
    }

    /// Enough for the probe before the drill, too little for the report after it: what was found is told all the same.
    @Test(arguments: ["text", "json"])
    func whereTheReportGoes(_ format: String) async throws {
        try await withDesk { desk in
            let arguments = desk.drilling(try await Dumps.named("orphan.custom"), ["--format", format])
            let outcome = try await desk.run(arguments, withDiskOf: "4k", at: desk.reports)
            #expect(outcome.exitCode == 3, "\(outcome.errors)")
            #expect(outcome.errors.contains("cannot write \(desk.reports)"))
            #expect(outcome.errors.contains("No space left on device"))
            #expect(outcome.errors.contains("--reports"))
            #expect(outcome.errors.hasSuffix("left there: nothing\n"), "\(outcome.errors)")
            #expect(outcome.output.contains("public.plots.plots_grower_fkey"), "what was found")
            #expect(outcome.output.hasPrefix(format == "json" ? "{" : "FAILED: the backup is bad."))
        }
    }

    /// Of a dump with its manifest, neither the one nor the other is left: where pg_dump writes a table of 3 MB, and where only the manifest
    /// of 60 tables has no room.
    @Test func whereACaptureGoes() async throws {
        try await TestServer.with { server in
            let large = "CREATE TABLE large AS SELECT i, repeat('x', 1000) AS x FROM generate_series(1, 3000) i"
            let many = (1...60).map { "CREATE TABLE t\($0) (id int PRIMARY KEY); INSERT INTO t\($0) VALUES (1)" }
            try await withDesk { desk in
                for (name, statements, size) in [("large", [large], "1m"), ("many", many, "128k")] {
                    let output = desk.root.appending(name)
                    try await withNewDatabase(on: server) { target in
                        try await withConnection(to: target) { connection in
                            for statement in statements { try await connection.execute(statement) }
                        }
                        let outcome = try await desk.run(
                            [
                                "capture", "--database", target.connectionString, "--output",
                                output.appending("my.dump").string, "--unsigned", "--", "--format=plain",
                            ], withDiskOf: size, at: output)
                        #expect(outcome.exitCode == 3, "\(outcome.errors)")
                        #expect(outcome.errors.contains("No space left on device"), "\(outcome.errors)")
                        #expect(outcome.errors.contains("Make room there, or name another disk"), "\(outcome.errors)")
                        #expect(
                            outcome.errors.contains("manifest.json cannot be written") == (name == "many"),
                            "\(outcome.errors)")
                        #expect(outcome.errors.hasSuffix("left there: nothing\n"), "\(outcome.errors)")
                    }
                }
            }
        }
    }

    /// The drill runs, its report is stored and says what was found; the ledger has no entry, and that is told.
    @Test(arguments: [("size=4k", "there is no room left in"), ("ro", "Read-only file system")])
    func whereTheLedgerGoes(_ options: String, _ words: String) async throws {
        try await withDesk { desk in
            let keys = try KeyFiles.write(to: desk.root.appending("keys"))
            let ledger = desk.root.appending("l")
            let arguments = [
                "drill", try await Dumps.named("orchard.custom").string, "--signing-key", keys.private.string,
                "--reports",
                desk.reports.string, "--ledger", ledger.string,
            ]
            let outcome = try await desk.run(arguments, withDisk: options, at: ledger, isFull: true)
            #expect(outcome.exitCode == 3, "\(outcome.errors)")
            #expect(outcome.errors.contains(words), "\(outcome.errors)")
            #expect(outcome.errors.contains("the result is passed and stays passed"))
            #expect(outcome.output.hasPrefix("PASSED"))
            #expect(outcome.output.contains("Ledger   NOT COMPLETE, an entry or its proof is missing: "))
            #expect(try desk.onlyReport().verdict == .passed)
        }
    }

    /// None at all, and a disk that can only be read.
    @Test(arguments: [("size=4k", "No space left on device"), ("ro", "Read-only file system")])
    func whereNoReportCanGo(_ options: String, _ words: String) async throws {
        try await withDesk { desk in
            let arguments = desk.drilling(try await Dumps.named("orchard.custom"))
            let outcome = try await desk.run(arguments, withDisk: options, at: desk.reports, isFull: true)
            #expect(outcome.exitCode == 3, "\(outcome.errors)")
            #expect(outcome.errors.contains(words), "\(outcome.errors)")
            #expect(!outcome.errors.contains("find\n"), "before the drill begins")
            #expect(outcome.output == "")
        }
    }
}

extension Desk {
    fileprivate func run(
        _ arguments: [String], withDiskOf size: String, at place: FilePath
    ) async throws -> Program.Outcome { try await run(arguments, withDisk: "size=\(size)", at: place) }

    /// Runs pgassay with a disk of its own at a place, which nobody else sees and which goes with it.
    ///
    /// Last on standard error, it says what was left there, when that is not where reports were kept.
    fileprivate func run(
        _ arguments: [String], withDisk options: String, at place: FilePath, isFull: Bool = false
    ) async throws -> Program.Outcome {
        let pgassay = try Program.ofThisPackage("pgassay").executable
        try FileManager.default.createDirectory(atPath: place.string, withIntermediateDirectories: true)
        let script = """
            mount -t tmpfs -o \(options),mode=755 none \(place) || exit 99
            \(isFull ? "head -c 1M /dev/zero 2>/dev/null >\(place)/filler" : "")
            "$@"
            code=$?
            left=$(ls -A \(place))
            echo "left there: ${left:-nothing}" >&2
            exit $code
            """
        return try await Program("/usr/bin/unshare").run(
            ["--mount", "sh", "-c", script, "sh", pgassay.string] + arguments, in: root, environment: environment())
    }
}
