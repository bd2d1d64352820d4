import Evidence
import Findings
import Foundation
import Report

extension Report {
    /// A report in which every field has a value. Its two checks passed unless others are given.
    static func sample(
        plan: String = "avaolo-weekly", verdict: Verdict = .passed, cause: Cause? = nil, signed: Bool = true,
        checks: [Finding] = [
            Finding(
                id: CheckID("row-counts"), subject: "public.farmers", status: .passed, basis: .manifest,
                expected: "10000",
                observed: "10000", seconds: 0.25),
            Finding(id: CheckID("foreign-keys"), subject: "fields_farmer_id_fkey", status: .passed, basis: .rule),
        ]
    ) -> Report {
        Report(
            id: "3fa85f64-5717-4562-b3fc-2c963f66afa6", plan: plan,
            trigger: Trigger(kind: "scheduled", user: "backup", host: "db1"),
            options: ["--pick newest"], verdict: verdict, cause: cause,
            started: time(0), finished: time(252), signed: signed, backup: .sample,
            objectives: Objectives(
                recoveryTime: Objective(target: 1800, measured: 252, met: true, note: "measured with fsync = off"),
                recoveryPoint: Objective(target: 3600, measured: 300.5, met: true),
                newestRow: Objective(measured: 120),
                backupAge: Objective(reason: "the plan sets no target")),
            phases: [
                Phase(.restore, started: time(1), seconds: 200.125),
                Phase(.check, started: time(202), seconds: 50),
            ],
            environment: Environment(
                postgres: "16.4 (Debian packages)", extensions: ["plpgsql": "1.0"], files: "copy",
                isolation: ["no network"],
                weakenedSettings: ["fsync": "off"], tool: "pgassay 1.0.0", os: "Debian 12", account: "pgassay"),
            checks: checks,
            tables: [
                Table(
                    schema: "public", name: "farmers", rows: 10_000, digest: "00112233445566778899aabbccddeeff",
                    newest: "2026-11-23 01:59:58+00")
            ],
            cleanup: [Cleanup(what: "/tmp/scratch", removed: true, verified: "directory is gone")])
    }

    /// Seconds into the sample's drill.
    private static func time(_ seconds: Double) -> Date {
        Date(timeIntervalSince1970: 1_795_407_127.25 + seconds)
    }
}

extension Report.Backup {
    static let sample = Report.Backup(
        kind: "dump", format: "custom", compression: "zstd", location: "/backups/avaolo.dump", bytes: 1_234_567_890,
        created: Date(timeIntervalSince1970: 1_795_399_200), createdBasis: "modification time",
        serverVersion: "16.4", dumpVersion: "16.4", database: "avaolo", whyThisOne: "the newest of 3",
        digest: ["sha256": String(repeating: "ab", count: 32)])
}

extension Finding {
    /// A finding that says why, as all but passed ones do.
    static func sample(_ status: CheckStatus, subject: String = "public.farmers", cause: Cause? = nil) -> Finding {
        Finding(
            id: CheckID("row-counts"), subject: subject, status: status, basis: .manifest, expected: "10000",
            observed: status == .notRun ? nil : "9998", reason: status == .passed ? nil : "2 rows are missing",
            cause: cause)
    }
}

/// A plan as drills configure it.
let samplePlan = ResourceDescriptor(
    name: "avaolo-weekly.yaml", digest: ["sha256": String(repeating: "cd", count: 32)],
    content: Data("name: avaolo-weekly\n".utf8).base64EncodedString(), mediaType: "application/yaml")
