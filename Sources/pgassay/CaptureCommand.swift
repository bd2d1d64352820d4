import ArgumentParser
import Capture
import Drill
import Evidence
import Files
import Findings
import Foundation
import Ledger
import Pages
import Postgres
import Processes
import SystemPackage

struct CaptureCommand: SigningCommand, LoggingCommand {
    static let configuration = CommandConfiguration(
        commandName: "capture",
        abstract: "Make a dump, with a signed manifest of what the source had at that moment.",
        discussion: """
            pg_dump dumps a snapshot of the database, and pgassay reads every row in the same snapshot. What it saw goes into \
            OUTPUT.manifest.json: a drill and an inspection find it there, and hold the dump against it.

                pgassay capture --database postgresql://host/db --output db.dump -- --format=custom

            After the two dashes, give the arguments of pg_dump. Without them, OUTPUT must be a base backup that exists already.

            \(ExitStatus.captureHelp)
            """)

    @Option(help: "The database, a connection string without a password (use PGPASSWORD, ~/.pgpass or a service).")
    var database: String

    @Option(help: "The dump to make, or a base backup that is there. The manifest is written beside it.")
    var output: String

    @Option(
        parsing: .upToNextOption,
        help: "Read the rows of these tables alone: name (in public), or schema.name. (default: all that are dumped)")
    var tables: [String] = []

    @Option(help: "Connections that read at the same time, besides pg_dump's.")
    var jobs = 2

    @Option(help: "At most so much a second is read from the database, besides what pg_dump reads, such as 20MB.")
    var rate: String?

    @Option(help: "How many seconds the server may work on one statement. (default: as long as it takes)")
    var statementTimeout: Int?

    @OptionGroup(title: "Base backups") var links: LinkOptions

    @Option(help: "The pg_dump to run. (default: the one of the server's version, else a newer one)")
    var pgDump: String?

    @OptionGroup var signer: SignerOptions
    @OptionGroup var unsigned: UnsignedOption

    @OptionGroup var ledger: LedgerOptions

    @Option(help: "text, or json: the manifest's statement on standard output and nothing else.")
    var format: OutputFormat = .text

    @OptionGroup var log: LogOptions

    @Argument(parsing: .postTerminator, help: ArgumentHelp("Arguments of pg_dump.", valueName: "pg_dump arguments"))
    var dump: [String] = []

    func run() async throws {
        let request = try resolve()
        let destination = try ledger.destination(reports: "pgassay-reports", signer: request.signer)
        let progress = Progress()
        defer { progress.finish() }
        let result: CaptureResult
        do {
            result = try await cancellingOnSignals(onSignal: Self.sayStopping) {
                try await capture(request) { Self.show($0, progress) }
            }
        } catch {
            throw Self.failure(of: error)
        }
        progress.finish()
        switch format {
        case .json: Terminal.show(json: result.statement + "\n".utf8)
        case .text: Terminal.show(result.text(signing: signing))
        }
        try await enter(result, destination)
    }

    private func enter(_ result: CaptureResult, _ destination: DrillLedger?) async throws {
        var entry = LedgerEntry(.captured, time: Date())
        entry.backup = result.backupDigest
        entry.envelope = result.sha256
        entry.file = result.file.lastComponent?.string
        let words = try await LedgerOptions.enter(
            entry, "the dump and its manifest \(result.file) are there", in: destination)
        if format == .text { Terminal.show(words) }
    }

    private static let sayStopping: @Sendable () -> Void = {
        Terminal.note("\npgassay: stopping; what was written is being removed\n")
    }

    private static func failure(of error: any Error) -> any Error {
        switch error {
        case is CancellationError: ExitStatus.interrupted
        case let error as CaptureError: Failure(error.isMistake ? .wrongCommand : .couldNotTell, error)
        default: Failure(.couldNotTell, error)
        }
    }

    // MARK: Flags to values

    private func resolve() throws -> CaptureRequest {
        let target = try connectionTarget(parsing: database)
        let names = try tables.map { text in
            guard let name = TableName(parsing: text) else {
                throw Failure(.wrongCommand, "--tables expects tables: name, or schema.name")
            }
            return name
        }
        let bytes = try rate.map { text in
            guard let bytes = ExportPlan.rate(text) else {
                throw Failure(.wrongCommand, "--rate expects a size of at least 1kB, such as 20MB")
            }
            return bytes
        }
        if let statementTimeout, !(1...2_000_000).contains(statementTimeout) {
            throw Failure(.wrongCommand, "--statement-timeout takes a number of seconds from 1 to 2000000.")
        }
        if !dump.isEmpty, !links.follow.isEmpty {
            throw Failure(.wrongCommand, "--follow is for a base backup that is there: a dump has no links.")
        }
        return CaptureRequest(
            target: target, output: FilePath(output), dumpArguments: dump.isEmpty ? nil : dump,
            dumpProgram: pgDump.map { FilePath($0) }, tables: names.isEmpty ? nil : names,
            jobs: try checkedJobs(jobs) ?? jobs, rate: bytes, statementTimeout: statementTimeout.map { .seconds($0) },
            follow: try links.places, signer: try signing.key(for: "the manifest", plan: nil),
            toolVersion: PgAssay.version)
    }

    // MARK: Output

    private static func show(_ event: CaptureEvent, _ progress: Progress) {
        switch event {
        case .cost(let cost): progress.show(.note(cost.words))
        case .note(let words): progress.show(.note(words))
        case .item(let item): progress.show(.item(item))
        case .progress(let done, let total): progress.show(.progress(done: done, total: total, unit: .bytes))
        }
    }
}

extension CaptureCost {
    fileprivate var words: String {
        let place = "database \(database) of PostgreSQL \(serverVersion)\(isReplica ? ", a replica" : "")"
        guard let dumpProgram else { return "\(place): only its catalogue is read, no rows" }
        let speed = rate.map { ", at most \(HumanUnits.bytes($0)) a second" } ?? ""
        return """
            \(place): \(dumpProgram) reads it, and pgassay reads \(counted(tables, "table")) with \(HumanUnits.bytes(bytes)) over \
            \(counted(connections, "connection"))\(speed). Until both have ended, VACUUM cannot remove rows that are deleted or \
            changed meanwhile
            """
    }
}

extension CaptureResult {
    fileprivate func text(signing: SigningOptions) -> ShownText {
        let read = manifest.tables.compactMap(\.rows)
        let rows = read.reduce(0) { $0 + $1.digest.rows }
        var text: ShownText = "CAPTURED: \(counted(rows, "row")) of \(counted(read.count, "table")).\n"
        if manifest.scope == .baseBackup {
            text = "CAPTURED: facts about the server of the base backup. Its rows were not counted at the source.\n"
        }
        let unread = manifest.tables.filter { $0.held == .rows && $0.rows == nil && manifest.scope == .dump }
        if !unread.isEmpty {
            text +=
                "Not read  \(firstOf(unread.map { "\($0.tableName) (\($0.unread ?? ""))" }))\n"
        }
        let left = manifest.tables.filter { $0.held == .nothing }
        if !left.isEmpty { text += "Left out  \(firstOf(left.map(\.tableName.description))), by pg_dump's arguments\n" }
        for message in manifest.dump?.messages ?? [] { text += "pg_dump   \(message)\n" }
        text += "Manifest  \(verbatim: file)\n"
        text +=
            manifest.signed
            ? "Drill     \(verbatim: "pgassay drill \(backup) --public-key \(signing.publicKeyName(plan: nil))")\n"
            : "Unsigned, on request: anyone could have written it.\n"
        return text
    }

    private var backup: FilePath { FilePath(String(file.string.dropLast(".manifest.json".count))) }
}
