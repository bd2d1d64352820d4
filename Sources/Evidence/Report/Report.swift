import Findings
import FoundationEssentials

/// The record of one drill: what was tested, how, the result, and what was left behind.
///
/// It is the value of `predicate.drill` in a ``Statement``; its property names are its JSON keys. Times are written in
/// UTC with milliseconds, durations in seconds, sizes in bytes; an absent key means "not known" or "does not apply".
/// It carries counts, names, times and digests, never row values. `docs/report-format.md` explains every field.
package struct Report: Codable, Sendable, Equatable {
    /// A UUID in lowercase.
    package var id: String
    /// The name of the plan.
    package var plan: String
    /// Who or what started the drill.
    package var trigger: Trigger
    /// What options of the command said in the place of the plan, or besides it, as they were given: `--backup b.dump`. Nil if
    /// there were none.
    package var options: [String]?
    /// What the drill concludes.
    package var verdict: Verdict
    /// Why the drill did not pass; nil exactly when it passed.
    package var cause: Cause?
    /// When the drill began, before it looked for a backup.
    package var started: Date
    /// When the last thing was cleaned up.
    package var finished: Date
    /// Whether the report was meant to be signed. It is part of what is signed, so that an envelope from which the
    /// signatures were removed does not look like a report that never had one.
    package var signed: Bool
    /// What was tested.
    package var backup: Backup
    /// The plan's targets and what was measured.
    package var objectives: Objectives
    /// In the order in which they began.
    package var phases: [Phase]
    /// What the drill ran on.
    package var environment: Environment
    /// Every finding of every check, in the order in which they were found.
    package var checks: [Finding]
    /// What was restored, table by table.
    package var tables: [Table]
    /// What the drill created, and whether it is gone.
    package var cleanup: [Cleanup]
    /// The roles in which people must sign before the plan counts this as approved; nil where it asks for none.
    package var approval: [String]?
    /// Findings of earlier reports that somebody has taken on, and that this drill looked at again; nil if there are none.
    package var followsUp: [FollowUp]?

    package init(
        id: String, plan: String, trigger: Trigger, options: [String]? = nil, verdict: Verdict, cause: Cause?,
        started: Date, finished: Date,
        signed: Bool, backup: Backup, objectives: Objectives = Objectives(), phases: [Phase] = [],
        environment: Environment, checks: [Finding] = [], tables: [Table] = [], cleanup: [Cleanup] = []
    ) {
        self.id = id
        self.plan = plan
        self.trigger = trigger
        self.options = options
        self.verdict = verdict
        self.cause = cause
        self.started = started
        self.finished = finished
        self.signed = signed
        self.backup = backup
        self.objectives = objectives
        self.phases = phases
        self.environment = environment
        self.checks = checks
        self.tables = tables
        self.cleanup = cleanup
    }
}

extension Report {
    /// Who or what started the drill.
    package struct Trigger: Codable, Sendable, Equatable {
        /// `systemd` (a unit of systemd), `manual` (a terminal) or `unattended` (anything else).
        package var kind: String
        /// The account that ran the command.
        package var user: String
        /// The name of the machine.
        package var host: String

        package init(kind: String, user: String, host: String) {
            self.kind = kind
            self.user = user
            self.host = host
        }
    }

    /// What became of a finding of an earlier report that somebody has annotated.
    package struct FollowUp: Codable, Sendable, Equatable {
        /// The SHA-256 of the annotation's file, in lowercase hex.
        package var annotation: String
        /// The id of the report that it is about.
        package var report: String
        package var check: CheckID
        /// Where the drill checked several databases; else nil.
        package var database: String?
        package var subject: String
        /// What this drill found of it.
        package var status: CheckStatus
        /// True if there is nothing left to do: it passed, and is no hazard.
        package var closed: Bool

        package init(
            annotation: String, report: String, check: CheckID, subject: String, status: CheckStatus, closed: Bool
        ) {
            self.annotation = annotation
            self.report = report
            self.check = check
            self.subject = subject
            self.status = status
            self.closed = closed
        }
    }

    /// When a phase of the drill ran. Phases may overlap.
    package struct Phase: Codable, Sendable, Equatable {
        /// The raw value of a ``Findings/DrillPhase``. A newer report may have one that is not known here.
        package var name: String
        /// When the phase began.
        package var started: Date
        /// The time from its begin to its end, in seconds.
        package var seconds: Double

        package init(_ phase: DrillPhase, started: Date, seconds: Double) {
            name = phase.rawValue
            self.started = started
            self.seconds = seconds
        }
    }

    /// What the drill ran on, and how far the scratch server was isolated.
    package struct Environment: Codable, Sendable, Equatable {
        /// The version of the scratch server and where it was found; nil if the drill ended before it had one.
        package var postgres: String?
        /// Extension name to the version installed in the restored database.
        package var extensions: [String: String]
        /// How the files of a physical backup reached the scratch server: `copy`, `reflink` (the copy shares its
        /// blocks) or `overlay` (no copy), perhaps with a reason in parentheses; nil for other backups.
        package var files: String?
        /// The isolation that was reached, one sentence each, such as "no TCP: Unix socket only".
        package var isolation: [String]
        /// Settings that are weaker than a production server's, for speed: the name and the value, such as `fsync` and
        /// `off`.
        package var weakenedSettings: [String: String]
        /// pgassay's own version.
        package var tool: String
        /// The operating system and its version.
        package var os: String
        /// The account the scratch server ran under.
        package var account: String

        package init(
            postgres: String? = nil, extensions: [String: String] = [:], files: String? = nil, isolation: [String] = [],
            weakenedSettings: [String: String] = [:], tool: String, os: String, account: String
        ) {
            self.postgres = postgres
            self.extensions = extensions
            self.files = files
            self.isolation = isolation
            self.weakenedSettings = weakenedSettings
            self.tool = tool
            self.os = os
            self.account = account
        }
    }

    /// What was restored of one table.
    package struct Table: Codable, Sendable, Equatable {
        /// The database that it belongs to, where the drill checked several; else nil.
        package var database: String?
        /// The schema's name, not quoted.
        package var schema: String
        /// The table's name, not quoted.
        package var name: String
        /// Rows counted in the restored table; nil when they were not counted.
        package var rows: Int64?
        /// The order-free table digest; nil when none was taken.
        package var digest: String?
        /// The newest timestamp in the table, as PostgreSQL prints it; nil when no column was looked at.
        package var newest: String?
        /// A digest of the table's definition: the major version of the server that printed it, a colon, and a SHA-256 in
        /// lowercase hex. Nil where the plan keeps no history.
        package var definition: String?
        /// True for a partition of another table, else nil.
        package var partition: Bool?
        /// `materialized view`, where history is kept; nil for a table.
        package var kind: String?

        package init(
            schema: String, name: String, rows: Int64? = nil, digest: String? = nil, newest: String? = nil,
            definition: String? = nil, isPartition: Bool = false, isView: Bool = false
        ) {
            self.schema = schema
            self.name = name
            self.rows = rows
            self.digest = digest
            self.newest = newest
            self.definition = definition
            partition = isPartition ? true : nil
            kind = isView ? "materialized view" : nil
        }
    }

}

extension Report.Table {
    /// `public.farmers`, and `crm: public.farmers` where the drill checked several databases.
    package var place: String { Finding.place(database, "\(schema).\(name)") }
}

extension Report {
    /// One thing that the drill created, and whether it is gone.
    package struct Cleanup: Codable, Sendable, Equatable {
        /// The name of the directory, process or database.
        package var what: String
        /// Whether it is gone.
        package var removed: Bool
        /// How its absence (or presence) was verified.
        package var verified: String

        /// True if it was left because a person asked for that, with `--keep-scratch`.
        package var isKept: Bool { !removed && verified == "kept on request" }

        package init(what: String, removed: Bool, verified: String) {
            self.what = what
            self.removed = removed
            self.verified = verified
        }
    }
}
