import Backup
import Findings
import Foundation
import Manifest
import Postgres
import Restore
import Scratch

/// What happens while checks run, for whoever shows it.
package enum CheckEvent: Sendable {
    /// A table is being read, or a thing asked about.
    case asking(String)
    case progress(doneBytes: Int64, totalBytes: Int64)
    case finding(Finding)
}

/// Takes events as they happen; called from several tasks at once.
package typealias CheckEventSink = @Sendable (CheckEvent) -> Void

/// What the checks found in one database, with what they learnt about each table on the way.
package struct CheckResults: Sendable {
    /// Its name, where the drill checks several; nil where it checks one.
    package var database: String?
    package var findings: [Finding]
    package var tables: [TableResult]
    /// The time of the last commit that was replayed, or else of the newest row; nil where nothing tells.
    package var newest: Date?
    /// How far that lies behind the time up to which the backup claims to have the data, in seconds; nil where nothing tells.
    package var newestBeforeBackup: Double?
    /// Installed extensions with their versions.
    package var extensions: [String: String]
    /// Whether every database of the backup is as it was at one moment, as in a copy of a server's files.
    package var isOfOneMoment = false
}

/// What was learnt about one table.
package struct TableResult: Sendable, Equatable {
    package var name: TableName
    package var rows: Int64?
    /// The digest of its rows, where it was compared with the backup's; nil otherwise.
    package var digest: String?
    /// A digest of its definition, where history is kept: see ``TableDefinitions``.
    package var definition: String?
    package var isPartition: Bool
    package var isView = false
    /// ISO 8601, of the freshest time column looked at.
    package var newest: String?
}

/// What a drill asks of its checks.
package struct CheckRequest: Sendable {
    package var plan: CheckPlan
    /// When the backup was taken; nil where it does not tell.
    package var backupTime: Date?
    /// In which columns without a time zone are read.
    package var timeZone: TimeZone
    package var recoveryPoint: Duration?
    /// What was seen at the source; nil where nobody looked.
    package var manifest: SourceManifest?
    /// Whether the definitions of tables are kept for a later drill.
    package var keepsHistory = false
    /// What an earlier drill shows; nil where nobody asks for that, or there is none.
    package var earlier: EarlierDrill?
    /// Statements at the same time, once the restore is over.
    package var jobs: Int
    /// For each statement.
    package var deadline: Duration
    /// Whether the checks of the server as a whole are asked, too: of several databases, with one.
    package var asksServer = true
    /// All databases that are checked, where those are several; else empty.
    package var databases: [String] = []

    package init(
        plan: CheckPlan, backupTime: Date?, timeZone: TimeZone, recoveryPoint: Duration?,
        manifest: SourceManifest? = nil,
        jobs: Int, deadline: Duration
    ) {
        self.plan = plan
        self.backupTime = backupTime
        self.timeZone = timeZone
        self.recoveryPoint = recoveryPoint
        self.manifest = manifest
        self.jobs = jobs
        self.deadline = deadline
    }
}

/// Runs every check of the catalogue: on what is there while a database is being restored, and on the rest when it is.
/// - Parameter onRestored: called when the restore has come to its end.
/// - Throws: what kept the restore from its end; when no check could run at all, such as when no connection can be made.
package func runChecks(
    _ request: CheckRequest, on restoring: Restoring, emit: @escaping CheckEventSink,
    onRestored: @Sendable (Restored) -> Void
) async throws -> CheckResults {
    let plan = request.plan
    let checks = checkCatalogue.filter { request.asksServer || !$0.description.isOfServer }
    let run = CheckRun(checks.filter { plan.skipped[$0.id] == nil }, emit: emit)
    return try await withThrowingTaskGroup(of: Void.self) { early in
        // What could not be asked early is asked afterwards, so why it could not be does not matter.
        early.addTask { try? await ask(run, request, while: restoring) }
        let restored = try await restoring.restored()
        onRestored(restored)
        // From here on, what is known already is kept even if the server goes away.
        return try await withContext(request, restored) { context in
            try await run.ask(in: context, skippingEarly: true)
            try await early.waitForAll()
            try await run.ask(in: context)
            // Before anything looks at what is in the database.
            try await run.tidyUp(in: context)
            // A check may change the database at the end.
            let extensions = try await installedExtensions(in: context)
            let found =
                try await run.findings(in: context)
                .map { restored.contents.isPhysicalCopy ? $0 : $0.ofOwnFiles }
                .map { restored.machineLostRows ? $0.withoutBlame : $0 }
                + plan.skipped.sorted { $0.key < $1.key }.filter { id, _ in checks.contains { $0.id == id } }.map {
                    id, reason in
                    Finding(
                        id: id, subject: "database", status: .notRun, gap: .skipped,
                        reason: "the plan skips it: \(reason)")
                }
            let findings = found.map { CheckID.ofServer.contains($0.id) ? $0 : $0.of(restoring.database) }
            for finding in findings { emit(.finding(finding)) }
            var results = CheckResults(findings, extensions, in: context, await run.answers)
            results.database = restoring.database
            results.isOfOneMoment = restored.contents.isPhysicalCopy
            // The log knows it to the second, and no column has to tell.
            if let commit = restored.recoveredUpTo, let asOf = restored.asOf {
                results.newest = commit
                results.newestBeforeBackup = max(0, asOf.timeIntervalSince(commit))
            }
            return results
        }
    }
}

/// The restored database as it is when the restore is over.
private func withContext<Result: Sendable>(
    _ request: CheckRequest, _ restored: Restored, _ body: (CheckContext) async throws -> Result
) async throws -> Result {
    // Nobody else is at work in a recovered copy: what holds a lock there is a prepared transaction, and holds it for ever.
    let settings =
        restored.contents.isPhysicalCopy
        ? request.sessionSettings.merging(["lock_timeout": "3s"]) { $1 } : request.sessionSettings
    return try await ConnectionPool.with(request.jobs, to: restored.target, settings: settings) { connections in
        let catalogue = try await connections.with { connection in
            let locked = try await PreparedLocks.read(over: connection).exclusive
            return try await Catalogue.read(over: connection) { !locked.contains($0) }
        }
        var context = CheckContext(
            request, catalogue: catalogue, contents: restored.contents,
            machineLacksSomething: restored.machineLacksSomething,
            serverVersion: restored.serverVersion, connections: connections, asOf: restored.asOf)
        context.recoveredUpTo = restored.recoveredUpTo
        context.dataDirectory = restored.dataDirectory
        (context.databases, context.asksServer) = (request.databases, request.asksServer)
        context.toldByRestore = Set(restored.problems.flatMap { [$0.subject] + $0.alsoIn })
        context.structure = restored.structure
        if request.keepsHistory { context.definitions = await TableDefinitions.result(in: context) }
        return try await body(context)
    }
}

/// More would ask for what is there faster than a restore brings it.
private let mostEarlySessions = 8

/// Asks while the restore goes on. The restore goes first: these sessions use the processor only when the restore does not, and
/// they give up instead of waiting for a lock.
private func ask(_ run: CheckRun, _ request: CheckRequest, while restoring: Restoring) async throws {
    let processors = ProcessInfo.processInfo.activeProcessorCount
    guard let early = restoring.early, processors > 1 else { return }
    let settings = request.sessionSettings.merging([
        "lock_timeout": "50ms",
        // The server starts the workers of a parallel query, and they would not yield.
        "max_parallel_workers_per_gather": "0",
    ]) { $1 }
    let sessions = min(processors - 1, mostEarlySessions)
    try await ConnectionPool.with(
        sessions, to: restoring.target, settings: settings, prepare: early.yieldProcessor
    ) { connections in
        try await run.whileRestoring(
            early.progress, processors: processors, over: connections, deadline: request.deadline
        ) {
            let catalogue = try await connections.with { connection in
                try await Catalogue.read(over: connection) {
                    early.progress.canRead(schema: $0.schema, table: $0.name)
                }
            }
            return CheckContext(
                request, catalogue: catalogue, contents: early.contents, machineLacksSomething: false,
                serverVersion: restoring.serverVersion, connections: connections)
        }
    }
}

extension CheckRequest {
    fileprivate var sessionSettings: [String: String] {
        [
            // Names are always qualified; an empty path keeps a hostile backup's operators and functions out of the way.
            "search_path": "", "TimeZone": timeZone.identifier, "row_security": "off", "DateStyle": "ISO",
            // A database may have it on; then types and definitions would be printed in another form.
            "quote_all_identifiers": "off", "application_name": "pgassay checks",
        ]
    }
}

extension CheckContext {
    fileprivate init(
        _ request: CheckRequest, catalogue: Catalogue, contents: BackupContents, machineLacksSomething: Bool,
        serverVersion: ServerVersion, connections: ConnectionPool, asOf: Date? = nil
    ) {
        self.init(
            catalogue: catalogue, contents: contents,
            expectations: Expectations(contents, request.plan, request.manifest, request.earlier),
            machineLacksSomething: machineLacksSomething, serverVersion: serverVersion,
            backupTime: asOf ?? request.backupTime,
            recoveryPoint: request.recoveryPoint, connections: connections,
            deadline: request.deadline)
    }
}

extension CheckResults {
    fileprivate init(
        _ findings: [Finding], _ extensions: [String: String], in context: CheckContext, _ answers: ScanAnswers
    ) {
        let freshness = Freshness(in: context, answers)
        let digests = ContentCheck.digests(findings, in: context)
        // If they could not be read, the check says so.
        let definitions = try? context.definitions?.get()
        let views = (definitions?.views.all ?? []).map {
            TableResult(
                name: $0.name, rows: $0.rows, definition: definitions?[$0.name], isPartition: false, isView: true)
        }
        self.init(
            findings: findings,
            tables: views
                + context.catalogue.tables.map { table in
                    TableResult(
                        name: table.name,
                        rows: try? answers.sum(RowCountsCheck.rows, over: context.catalogue.leaves(of: table)),
                        digest: digests[table.name.description], definition: definitions?[table.name],
                        isPartition: table.isPartition,
                        newest: freshness.newest(of: table))
                },
            newest: freshness.newestOfAll, newestBeforeBackup: freshness.newestBeforeBackup,
            extensions: extensions)
    }
}

/// Names and versions.
private func installedExtensions(in context: CheckContext) async throws -> [String: String] {
    let rows: [Row]
    do {
        rows = try await context.query("SELECT extname, extversion FROM pg_catalog.pg_extension ORDER BY 1")
    } catch is PostgresError {
        // The findings say that the server is gone, and are not to go with it.
        return [:]
    }
    return Dictionary(
        try rows.map { (try $0.need("extname"), try $0.need("extversion")) }, uniquingKeysWith: { $1 })
}
