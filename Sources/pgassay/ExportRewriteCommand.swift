import ArgumentParser
import ColdTier
import Drill
import Evidence
import Findings
import Foundation
import Ledger
import Pages
import Postgres
import SystemPackage

extension ExportCommand {
    struct Rewrite: LoggingCommand {
        static let configuration = CommandConfiguration(
            abstract: "Erase rows from an export, such as those of a person who demands it, and sign what is left.",
            discussion: """
                    pgassay export rewrite DIR --table farmers --erase keys.txt --public-key PEM --signing-key PEM

                Files that hold such rows are written anew without them. Each is proven: what was read is what was signed, and what was \
                written is exactly that without the erased rows. Then a manifest is signed that names the one before it and says how many \
                rows went, and why; last, the old files are removed. Interrupted, run it again.

                \(ExitStatus.rewriteHelp)
                """)

        @Argument(help: ArgumentHelp("A directory, or s3://bucket/prefix.", valueName: "export"))
        var location: String

        @OptionGroup var trust: TrustOptions

        @Option(help: "The table: name (in public), or schema.name.")
        var table: String

        @Option(
            help: ArgumentHelp(
                "A file with one primary key a line; where the key has several columns, tabs between them. Times are in UTC.",
                valueName: "file"))
        var erase: String

        @Option(help: "Why, for the manifest: name the demand, not the person.")
        var reason = "erased on demand"

        @OptionGroup var signing: SignerOptions

        @Option(help: "Files that are written at the same time. (default: as many as there are cores)")
        var jobs: Int?

        @OptionGroup var ledger: LedgerOptions

        @Option(help: "Directory of the reports, below which the ledger is.")
        var reports = "pgassay-reports"

        @Option(help: "text, or json: the manifest's statement on standard output and nothing else.")
        var format: OutputFormat = .text

        @OptionGroup var log: LogOptions

        func run() async throws {
            guard let name = TableName(parsing: table) else {
                throw Failure(.wrongCommand, "--table expects a table: name, or schema.name")
            }
            let publicKey = try trust.key()
            let signer = publicKey == nil ? nil : try signing.signer(for: "the manifest")
            let destination = try ledger.destination(reports: FilePath(reports), signer: signer)
            var request = RewriteRequest(
                location: location, publicKey: publicKey, signer: signer, table: name, list: try list(),
                reason: reason, jobs: try checkedJobs(jobs) ?? ProcessInfo.processInfo.activeProcessorCount,
                toolVersion: PgAssay.version)
            request.ring = try trust.ring() ?? destination?.place.ring
            let result = try await runColdTier(
                onSignal: { Terminal.note("\npgassay: stopping; run it again to go on\n") },
                { [request] emit in try await rewriteExport(request) { exportEvent(emit: emit, $0) } })
            switch format {
            case .json: Terminal.show(json: try result.json() + "\n".utf8)
            case .text: Terminal.show(result.text)
            }
            try await enter(result, destination)
            throw ExitStatus(result.judgement.verdict, result.judgement.cause)
        }

        private func list() throws -> [UInt8] {
            do {
                return try RewriteRequest.list(at: FilePath(erase))
            } catch {
                throw Failure(.wrongCommand, error)
            }
        }

        /// A new manifest is entered.
        private func enter(_ result: RewriteResult, _ destination: DrillLedger?) async throws {
            guard let sha256 = result.sha256 else { return }
            var entry = LedgerEntry(.rewritten, time: Date())
            entry.plan = result.manifest.plan
            entry.envelope = sha256
            entry.file = ExportManifest.fileName
            let words = try await LedgerOptions.enter(
                entry, "the rows are erased at \(result.location)", in: destination)
            if format == .text { Terminal.show(words) }
        }
    }
}

extension RewriteResult {
    /// The result in words for people.
    var text: ShownText {
        let words: ShownText =
            switch (judgement.verdict, rows) {
            case (.passed, 0) where removed > 0: "ERASED: what an earlier run had left is removed."
            case (.passed, 0): "NOTHING TO ERASE: no file has any of these rows."
            case (.passed, _): "ERASED: every file that held such rows was written anew without them, and proven."
            default: "NOT ALL ROWS ARE ERASED: old files are left. See below."
            }
        return ReportText.headline(judgement.verdict, words)
            + """
            \(location): \(counted(rows, "row")) of \(counted(findings.count { $0.status == .passed }, "slice")) erased; \
            \(keysFound) of \(counted(keys, "key")) found; \(counted(removed, "old file")) removed.

            \(ReportText.render(checks: findings.filter { $0.status != .passed }))
            """
    }

    /// The statement, byte for byte; if nothing had to be rewritten, a document that says so.
    func json() throws -> [UInt8] {
        if let statement { return statement }
        return try ResultDocument(export: location, manifest: manifest.id, judgement, checks: findings, coverage: nil)
            .json()
    }
}
