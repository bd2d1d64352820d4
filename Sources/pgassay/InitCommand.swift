import ArgumentParser
import Backup
import Drill
import Files
import Findings
import FirstPlan
import Foundation
import Pages
import Postgres
import Processes
import Synchronization
import SystemPackage

struct InitCommand: LoggingCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Write a first plan for a database, with what is found in it.",
        discussion: """
            Looks at a database, or restores a backup as a drill does and looks at that. The plan names its tables, times, JSON, \
            partitions, extensions and most used indexes, with a comment on each key. A person reads it before it is relied on.

            Exit codes:
              0    the plan is written
              1    the backup is bad: no plan is written
              2    the command is wrong, or the file is there already
              3    could not tell: the database or this machine prevented it
            """)

    @Option(help: "The database, a connection string without a password (use PGPASSWORD, ~/.pgpass or a service).")
    var database: String?

    @Option(help: ArgumentHelp("A backup of it, which is drilled first.", valueName: "path"))
    var backup: String?

    @Option(
        help: ArgumentHelp("The plan to write. It must not be there yet. (default: standard output)", valueName: "file")
    )
    var output: String?

    @Option(
        help: ArgumentHelp(
            "Where editors find the schema of plans.", valueName: "path"))
    var schema = "/usr/share/pgassay/plan.schema.json"

    @OptionGroup var log: LogOptions

    func validate() throws {
        guard (database == nil) != (backup == nil) else {
            throw ValidationError("name either a --database or a --backup.")
        }
    }

    func run() async throws {
        if let output, Files.exists(FilePath(output)) {
            throw Failure(.wrongCommand, "\(output) is there already; name another file, or remove it.")
        }
        let plan = if let database { try await ofDatabase(database) } else { try await ofBackup() }
        guard let output else { return Terminal.show(ShownText(lines: plan.yaml)) }
        do {
            try Files.create(FilePath(output), Array(plan.yaml.utf8), mode: [.ownerReadWrite, .groupRead, .otherRead])
        } catch {
            throw Failure(.couldNotTell, error)
        }
        Terminal.show("\(output) is written: read it, then\n    \(verbatim: "pgassay drill \(output)")\n")
    }

    private func ofDatabase(_ words: String) async throws -> FirstPlan {
        let target = try connectionTarget(parsing: words)
        do {
            return FirstPlan([try await DatabaseShape(of: target)], schema: schema)
        } catch {
            throw Failure(.couldNotTell, error)
        }
    }

    /// Of a database that a drill restores and checks. Its report is kept nowhere.
    private func ofBackup() async throws -> FirstPlan {
        let path = backup ?? ""
        let shapes = Mutex<[(database: String?, shape: DatabaseShape)]>([])
        let result = try await withTemporaryDirectory { reports in
            let request = try await DrillRequest(
                try Plan(named: path), backup: nil, pick: nil, reports: reports.string, key: nil,
                ledger: try LedgerOptions.parse([]), begins: false, keepScratch: false)
            let progress = Progress()
            defer { progress.finish() }
            return try await cancellingOnSignals(onSignal: {}) {
                try await runDrill(request, emit: { progress.show($0) }) { checked in
                    let shape = try await DatabaseShape(of: checked.target)
                    shapes.withLock { $0.append((checked.database, shape)) }
                }
            }
        }
        let report = result.report
        let found = shapes.withLock { $0 }
        guard report.verdict == .passed, !found.isEmpty else {
            Terminal.show(ReportText.render(report))
            throw Failure(
                ExitStatus(report.verdict, report.cause), "no plan is written: the drill of the backup did not pass.")
        }
        let known = found.map { database, shape in
            var shape = shape
            shape.know(
                rows: Dictionary(
                    report.tables.filter { $0.database == database }.compactMap { table in
                        table.rows.map { (TableName(schema: table.schema, name: table.name), $0) }
                    }, uniquingKeysWith: { $1 }), database: database ?? report.backup.database)
            return shape
        }
        return FirstPlan(
            known, backup: path, recoveryTime: report.objectives.recoveryTime?.measured, schema: schema)
    }

    private func withTemporaryDirectory<Value>(_ body: (FilePath) async throws -> Value) async throws -> Value {
        let directory = FileManager.default.temporaryDirectory.appending(path: "pgassay-init-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: directory) }
        do {
            return try await body(FilePath(directory.path))
        } catch let mistake as any Mistake {
            throw Failure(.wrongCommand, mistake)
        }
    }
}
