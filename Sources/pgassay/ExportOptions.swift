import ArgumentParser
import ColdTier
import Drill
import Evidence
import Foundation
import Postgres
import SystemPackage

extension ExportLayout: ExpressibleByArgument {}
extension SlicePeriod: ExpressibleByArgument {}
extension CalendarSpan: ExpressibleByArgument {
    /// Reads the value in the form that a plan has.
    public init?(argument: String) { self.init(argument) }
}

/// An export by hand: what a plan's section `export` says, as flags.
struct ExportOptions: ParsableArguments {
    @Option(help: "The database, a connection string without a password (use PGPASSWORD, ~/.pgpass or a service).")
    var database: String?

    @Option(help: "The table: name (in public), or schema.name.")
    var table: String?

    @Option(help: "The column whose time says whether a row is cold.")
    var column: String?

    @Option(help: "Rows older than this are cold: 2y, 18mo, 6w, 90d. A month that is cold only in part stays.")
    var olderThan: CalendarSpan?

    @Option(help: "Rows before this time are cold, such as 2024-01-01.")
    var before: String?

    @Option(help: "A directory, or s3://bucket/prefix.")
    var output: String?

    @Option(help: "How rows are written: csv, jsonl, copy (PostgreSQL's own text), or parquet. (default: csv)")
    var layout: ExportLayout?

    @Flag(help: "Refuse to store a column as text because a value in it does not fit its type in Parquet.")
    var strictTypes = false

    @Flag(
        help:
            "Make each file one zstd frame, for readers that stop behind the first. A row is then not found without the others."
    )
    var singleFrame = false

    @Option(help: "What a slice is: day, month or year. (default: month)")
    var slice: SlicePeriod?

    @Option(help: "Where days, months and years begin. (default: UTC)")
    var timeZone: String?

    @Option(help: "The zstd compression level, 1 to 19.")
    var level: Int?

    @Option(help: "Connections that read at the same time. (default: one more than there are cores)")
    var jobs: Int?

    @Option(help: "At most so much a second is read from the database, such as 20MB.")
    var rate: String?

    /// The names of the options that were given.
    var given: [String] {
        let flags: [(String, Bool)] = [
            ("--database", database != nil), ("--table", table != nil), ("--column", column != nil),
            ("--older-than", olderThan != nil), ("--before", before != nil), ("--output", output != nil),
            ("--layout", layout != nil), ("--strict-types", strictTypes),
            ("--single-frame", singleFrame), ("--slice", slice != nil),
            ("--time-zone", timeZone != nil),
            ("--level", level != nil), ("--jobs", jobs != nil), ("--rate", rate != nil),
        ]
        return flags.filter(\.1).map(\.0)
    }

    var isEmpty: Bool { given.isEmpty }

    /// - Throws: ``Failure`` when something is missing or makes no sense.
    func resolve(key: @autoclosure () throws -> (any Signer)?) throws -> ResolvedExport {
        guard let database, let table, let column, let output else {
            throw Failure(
                .wrongCommand,
                "name a plan, or all of --database, --table, --column and --output: see pgassay export run --help")
        }
        guard let name = TableName(parsing: table) else {
            throw Failure(.wrongCommand, "--table expects a table: name, or schema.name")
        }
        let cutoff: ExportRequest.Cutoff
        switch (olderThan, before) {
        case (let span?, nil): cutoff = .olderThan(span)
        case (nil, let moment?): cutoff = .before(moment)
        default: throw Failure(.wrongCommand, "one of --older-than and --before says which rows are cold, and not both")
        }
        var plan = ExportPlan(
            output: output, tables: [ExportRequest.Table(name: name, timeColumn: column, cutoff: cutoff)])
        if let layout { plan.layout = layout }
        guard !strictTypes || layout == .parquet else {
            throw Failure(.wrongCommand, "--strict-types is for --layout parquet: a layout of text holds every value")
        }
        plan.strictTypes = strictTypes
        if singleFrame {
            guard layout != .parquet else {
                throw Failure(
                    .wrongCommand,
                    "--single-frame is for the layouts of text: Parquet has row groups, which every reader knows")
            }
            plan.compression.singleFrame = true
        }
        if let slice { plan.slicing.by = slice }
        if let timeZone {
            guard TimeZone(identifier: timeZone) != nil else {
                throw Failure(.wrongCommand, "--time-zone expects a name such as UTC or Europe/Ljubljana")
            }
            plan.slicing.timeZone = timeZone
        }
        if let level {
            guard (1...19).contains(level) else { throw Failure(.wrongCommand, "--level takes a number from 1 to 19") }
            plan.compression.level = level
        }
        plan.jobs = try checkedJobs(jobs)
        if let rate {
            guard let bytes = ExportPlan.rate(rate) else {
                throw Failure(.wrongCommand, "--rate expects a size of at least 1kB, such as 20MB")
            }
            plan.rate = bytes
        }
        let target = try connectionTarget(parsing: database)
        return ResolvedExport(
            source: .database(target),
            request: ExportRequest(plan, name: "export-\(name.name)", limits: Limits(), signer: try key()))
    }
}

/// Checks the number of jobs that `--jobs` was given.
/// - Returns: nil if none was given.
/// - Throws: ``Failure``.
func checkedJobs(_ jobs: Int?) throws -> Int? {
    guard (1...64).contains(jobs ?? 1) else { throw Failure(.wrongCommand, "--jobs takes a number from 1 to 64.") }
    return jobs
}

/// What is exported, and from where.
struct ResolvedExport: Sendable {
    enum Source: Sendable {
        case drill(DrillRequest)
        case database(ConnectionTarget)
    }

    let source: Source
    private(set) var request: ExportRequest
    /// Where the export is entered; nil where it is not signed. By the history of the keys beside it, the manifest of an earlier key
    /// is gone on with.
    var ledger: DrillLedger? { didSet { request.ring = ledger?.place.ring } }

    init(source: Source, request: ExportRequest) {
        self.source = source
        self.request = request
    }

    /// - Throws: ``Failure``.
    init(
        _ plan: Plan, _ export: ExportPlan, key: (any Signer)?, ledger: LedgerOptions, backup: String?, reports: String?
    ) async throws {
        request = ExportRequest(export, name: plan.name, limits: plan.limits, signer: key)
        if let database = export.database, backup == nil {
            source = .database(try connectionTarget(parsing: database))
            self.ledger = try ledger.destination(
                plan.ledger, reports: FilePath(reports ?? plan.reports?.string ?? "pgassay-reports"), signer: key)
        } else {
            let drill = try await DrillRequest(
                plan, backup: backup, pick: nil, reports: reports, key: key, ledger: ledger, keepScratch: false)
            source = .drill(drill)
            self.ledger = drill.ledger
        }
        // An initialiser calls no observer.
        request.ring = self.ledger?.place.ring
    }
}

/// What came of an export.
struct ExportOutcome: Sendable {
    let resolved: ResolvedExport
    /// Nil where the rows came from a database that the plan or a person names.
    let drill: DrillResult?
    /// Nil where the drill did not find the backup good.
    let export: ExportResult?
}

extension ResolvedExport {
    /// Runs `body`; if its drill ends without a report, the ledger says so.
    func entering<Value>(_ body: () async throws -> Value) async throws -> Value {
        guard case .drill(let drill) = source else { return try await body() }
        return try await drill.entering(body)
    }
}

extension ExportRequest {
    fileprivate init(_ plan: ExportPlan, name: String, limits: Limits, signer: (any Signer)?) {
        self.init(
            plan: name, tables: plan.tables, layout: plan.layout, strictTypes: plan.strictTypes, slicing: plan.slicing,
            compression: plan.compression, workers: plan.workers,
            jobs: plan.jobs ?? ProcessInfo.processInfo.activeProcessorCount + 1, rate: plan.rate,
            deadline: limits.statement, output: plan.output, objectLock: plan.objectLock, signer: signer,
            toolVersion: PgAssay.version)
    }
}
