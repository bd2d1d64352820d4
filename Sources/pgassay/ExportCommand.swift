import ArgumentParser
import ColdTier
import Drill
import Evidence
import Findings
import Foundation
import Ledger
import Pages
import Postgres
import Scratch
import SystemPackage

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract:
            "Copy cold rows to cold storage, proven and signed; or verify what is there, find rows in it, erase rows from it.",
        discussion: "pgassay export PLAN is short for pgassay export run PLAN, whose --help lists the options.",
        subcommands: [Run.self, Verify.self, Get.self, Rewrite.self], defaultSubcommand: Run.self)

    struct Run: SigningCommand, LoggingCommand {
        static let configuration = CommandConfiguration(
            commandName: "run", abstract: "Write cold rows to files, read them back, compare, and sign a manifest.",
            discussion: """
                With a PLAN, its section export says what; the rows come from the database that a drill of its backup has \
                restored and checked, or from the database that it names. By hand:

                    pgassay export --database postgresql://host/db --table T --column C --older-than 2y --output DIR

                Nothing is deleted from the source: purge.sql beside the manifest does that, when you run it.

                \(ExitStatus.exportHelp)
                """)

        @Argument(help: ArgumentHelp("A plan (.yaml) with a section export.", valueName: "plan"))
        var plan: String?

        @OptionGroup var options: ExportOptions
        @OptionGroup var signer: SignerOptions
        @OptionGroup var unsigned: UnsignedOption
        @OptionGroup var ledger: LedgerOptions

        @Option(help: "text, or json: the manifest's statement on standard output and nothing else.")
        var format: OutputFormat = .text

        @Option(help: "Drill and export this backup instead of the plan's.")
        var backup: String?

        @Option(help: "Directory for the drill's report. (default: the plan's, else ./pgassay-reports)")
        var reports: String?

        @OptionGroup var log: LogOptions

        func run() async throws {
            let outcome: ExportOutcome
            if let plan {
                let read = Result { try Plan(file: plan) }
                outcome = try await JobNotices(.export, of: plan, try? read.get()).telling {
                    try await perform(resolve(read.get()))
                } ended: {
                    JobNotices.End(of: $0)
                }
            } else {
                outcome = try await perform(resolveByHand())
            }
            let resolved = outcome.resolved
            try show(outcome.drill, outcome.export, resolved.request)
            if let export = outcome.export { try await enter(export, of: outcome.drill, resolved) }
            throw status(outcome.drill, outcome.export).failing(outcome.drill?.ledger?.problem)
        }

        private func perform(_ resolved: ResolvedExport) async throws -> ExportOutcome {
            try await resolved.entering {
                try await runColdTier(onSignal: Self.sayStopping) {
                    try await Self.perform(resolved, emit: $0)
                }
            }
        }

        /// What this run has changed of an export is entered.
        private func enter(_ export: ExportResult, of drill: DrillResult?, _ resolved: ResolvedExport) async throws {
            guard let sha256 = export.sha256, export.hasChanged else { return }
            var entry = LedgerEntry(.exported, time: Date())
            entry.plan = export.manifest.plan
            entry.verdict = export.judgement.verdict
            entry.backup = drill?.report.backup.digest
            entry.run = drill?.report.id
            entry.envelope = sha256
            entry.file = ExportManifest.fileName
            let words = try await LedgerOptions.enter(
                entry, "the export is at \(export.location)", in: resolved.ledger)
            if format == .text { Terminal.show(words) }
        }

        private static let sayStopping: @Sendable () -> Void = {
            Terminal.note("\npgassay: stopping; finished slices stay, and are not done again\n")
        }

        private static func perform(
            _ resolved: ResolvedExport, emit: @escaping DrillEventSink
        ) async throws -> ExportOutcome {
            switch resolved.source {
            case .drill(let drill):
                let made = try await runExport(resolved.request, from: drill, emit: emit)
                return ExportOutcome(resolved: resolved, drill: made.drill, export: made.export)
            case .database(let target):
                emit(.phase(.export))
                let draft = try await exportRows(resolved.request, from: target) { exportEvent(emit: emit, $0) }
                let export = try await publish(draft) { exportEvent(emit: emit, $0) }
                return ExportOutcome(resolved: resolved, drill: nil, export: export)
            }
        }

        // MARK: Flags to values

        private func resolveByHand() throws -> ResolvedExport {
            guard backup == nil, reports == nil else {
                throw Failure(.wrongCommand, "--backup and --reports go with a plan.")
            }
            var resolved = try options.resolve(key: try signing.key(for: "the manifest", plan: nil))
            resolved.ledger = try ledger.destination(reports: "pgassay-reports", signer: resolved.request.signer)
            return resolved
        }

        private func resolve(_ plan: Plan) async throws -> ResolvedExport {
            guard options.isEmpty else {
                throw Failure(
                    .wrongCommand, "a plan says what is exported; leave \(options.given.joined(separator: ", ")) out.")
            }
            guard let export = plan.export else {
                throw Failure(
                    .wrongCommand,
                    "\(self.plan ?? plan.name) has no section export: it says nothing of what is to be exported.")
            }
            return try await ResolvedExport(
                plan, export, key: try signing.key(for: "the manifest", plan: plan.signing), ledger: ledger,
                backup: backup, reports: reports)
        }

        // MARK: Output

        private func show(_ drill: DrillResult?, _ export: ExportResult?, _ request: ExportRequest) throws {
            switch (format, export) {
            case (.json, let export?): Terminal.show(json: try export.json() + "\n".utf8)
            case (.json, nil): Terminal.show(json: (drill?.statement ?? []) + "\n".utf8)
            case (.text, let export?):
                Terminal.show(export.text(drill, verify: verifyOptions(request)))
            case (.text, nil):
                guard let drill else { return }
                Terminal.show(
                    ReportText.render(drill.report)
                        + "\nNothing was exported: the drill did not find the backup good.\nReport   \(drill.file)\n")
            }
        }

        private func verifyOptions(_ request: ExportRequest) -> String {
            request.signer == nil ? "--unsigned" : "--public-key \(signing.publicKeyName(plan: nil))"
        }

        /// The exit code for a drill and an export together: that of the drill unless it passed.
        private func status(_ drill: DrillResult?, _ export: ExportResult?) -> ExitStatus {
            let ofExport = export.map { ExitStatus($0.judgement.verdict, $0.judgement.cause) } ?? .passed
            guard let drill else { return ofExport }
            let ofDrill = ExitStatus(drill.report.verdict, drill.report.cause)
            return ofDrill == .passed ? ofExport : ofDrill
        }
    }

    struct Verify: LoggingCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Check an export without a database: signature, files, frames, rows, digests; nothing missing, nothing extra.",
            discussion: ExitStatus.verifyExportHelp)

        @Argument(help: ArgumentHelp("A directory, or s3://bucket/prefix.", valueName: "export"))
        var location: String

        @OptionGroup var trust: TrustOptions

        @Option(help: "Read only so much, such as 10%: first what was not read for the longest time.")
        var sample: Percentage?

        @Option(
            help:
                "File that records which files were verified, and when. (default of --sample: beside the reports, ./pgassay-reports/)"
        )
        var record: String?

        @Option(help: "Files that are read at the same time. (default: as many as there are cores)")
        var jobs: Int?

        @Option(help: "text, or json: one document on standard output and nothing else.")
        var format: OutputFormat = .text

        @OptionGroup var log: LogOptions

        func run() async throws {
            let jobs = try checkedJobs(jobs) ?? ProcessInfo.processInfo.activeProcessorCount
            let file = RecordFile(named: record, at: location)
            var request = VerifyRequest(location: location, publicKey: try trust.key(), jobs: jobs)
            request.ring = try trust.ring()
            request.sample = sample?.share
            let isRecorded = sample != nil || record != nil
            if isRecorded { request.record = try file.read() }
            let result = try await runColdTier(onSignal: Self.sayStopping) { [request] emit in
                try await verifyExport(request) { exportEvent(emit: emit, $0) }
            }
            if isRecorded { try file.write(result.record) }
            switch format {
            case .json: Terminal.show(json: try result.json() + "\n".utf8)
            case .text:
                Terminal.show(result.text(isSample: sample != nil, signed: trust.publicKey != nil))
            }
            throw ExitStatus(result.judgement.verdict, result.judgement.cause)
        }

        private static let sayStopping: @Sendable () -> Void = { Terminal.note("\npgassay: stopping\n") }
    }
}
