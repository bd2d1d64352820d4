import Drill
import Files
import Findings
import Foundation
import Processes
import Report
import Scratch
import SystemPackage

/// What a demonstration needs to know.
package struct DemoRequest: Sendable {
    /// Where dumps and reports stay; nil keeps nothing. It is not there yet, or is an empty directory.
    package var output: FilePath?
    package var trigger: Report.Trigger
    package var toolVersion: String
    /// Where servers are made.
    package var scratch = ScratchDirectory.defaultParent
    /// The PostgreSQL that all of it runs on; nil takes the newest.
    package var installation: Installation?

    package init(output: FilePath?, trigger: Report.Trigger, toolVersion: String) {
        (self.output, self.trigger, self.toolVersion) = (output, trigger, toolVersion)
    }
}

/// Shows what `pg_restore` and pgassay say of a whole dump and of damaged copies of it, with real programs:
///
///     scratch server ─▶ farm database ─▶ pg_dump ─▶ copies ─▶ damage ─▶ pg_restore, count ─▶ drill
///
/// - Parameter tell: is told what is being done.
/// - Throws: ``Scratch/ScratchError`` where there is no PostgreSQL, or it does not run; `CancellationError`; ``Drill/UnstoredReport``.
package func runDemo(_ request: DemoRequest, tell: @escaping @Sendable (String) -> Void) async throws -> DemoResult {
    let installation: Installation
    if let asked = request.installation { installation = asked } else { installation = try await newestInstallation() }
    let scratch = ScratchRequest(
        parent: request.scratch, jobs: 1, diskSpace: 200 << 20, label: "demo")
    return try await withScratchServer(scratch, of: installation, cleanup: CleanupLog()) { server in
        tell("making a farm database on PostgreSQL \(installation.version)")
        try await FarmDatabase.create(on: server)
        let place = request.output ?? server.directory.path.appending("demo")
        try Files.createDirectory(place, mode: request.output == nil ? 0o700 : 0o755)
        let copies = try await makeCopies(of: server, in: place)
        var tried: [DemoCopy] = []
        for (path, damage) in copies {
            tell("restoring \(path.lastComponent?.string ?? ""), first with pg_restore, then with pgassay")
            tried.append(try await show(path, damage, on: server, reports: place.appending("reports"), request))
        }
        return DemoResult(
            postgres: "\(installation.version)",
            source: try await FarmDatabase.count(in: FarmDatabase.name, on: server), copies: tried)
    }
}

/// The newest PostgreSQL that has the programs that this needs.
private func newestInstallation() async throws -> Installation {
    let installed = try await Installation.findAll()
    guard
        let newest = installed.first(where: {
            FileManager.default.isExecutableFile(atPath: $0.program("pg_dump").string)
        })
    else {
        throw installed.isEmpty
            ? ScratchError.noPostgres(configured: []) : .missingProgram("pg_dump", package: "postgresql-client")
    }
    return newest
}

/// Dumps the database, and makes a damaged copy for each damage.
/// - Returns: the dump first, which is whole.
private func makeCopies(
    of server: ScratchServer, in place: FilePath
) async throws -> [(path: FilePath, damage: DemoDamage?)] {
    let whole = place.appending("whole.d")
    try await FarmDatabase.dump(server, to: whole)
    return [(whole, nil)]
        + (try DemoDamage.allCases.map { damage in
            let path = place.appending("\(damage.rawValue).d")
            try FileManager.default.copyItem(atPath: whole.string, toPath: path.string)
            try damage.apply(to: path)
            return (path, damage)
        })
}

/// Restores a copy with `pg_restore`, as a person would, and drills it.
private func show(
    _ path: FilePath, _ damage: DemoDamage?, on server: ScratchServer, reports: FilePath, _ request: DemoRequest
) async throws -> DemoCopy {
    let name = path.stem ?? ""
    let restore = try await restore(path, into: name, on: server)
    var plan = Plan(ofBackupAt: path.string)
    plan.scratch.directory = request.scratch
    plan.scratch.postgres = [server.installation.directory]
    let drill = DrillRequest(
        plan: plan, backup: FoundBackup(path: path, reason: "made for the demonstration"),
        reports: reports, signer: nil, trigger: request.trigger, toolVersion: request.toolVersion, keepScratch: false)
    let result = try await runDrill(drill, emit: { _ in })
    // A drill that was interrupted returns with a report.
    try Task.checkCancellation()
    return DemoCopy(
        name: path.lastComponent?.string ?? "", damage: damage?.words, path: path, restore: restore,
        report: result.report, reportFile: result.file)
}

private func restore(_ path: FilePath, into database: String, on server: ScratchServer) async throws -> DemoRestore {
    try await FarmDatabase.createEmpty(database, on: server)
    let outcome = try await Command(
        server.installation.program("pg_restore"),
        ["--no-password", "--dbname=\(server.target(database: database).connectionString)", path.string]
    ).run(deadline: .seconds(300))
    guard let exitCode = outcome.exitCode, !outcome.timedOut else {
        throw ScratchError.childFailed(program: "pg_restore", reason: outcome.failure)
    }
    let words = outcome.errorOutput.split(whereSeparator: \.isNewline).last
    return DemoRestore(
        exitCode: Int(exitCode), words: words.map(String.init) ?? "",
        count: try await FarmDatabase.count(in: database, on: server))
}
