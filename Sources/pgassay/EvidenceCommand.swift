import ArgumentParser
import Evidence
import Files
import Findings
import Foundation
import Ledger
import Pack
import Pages
import SystemPackage

struct EvidenceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evidence",
        abstract: "Pack the evidence of a time for an auditor to take home; or verify such a pack.",
        discussion:
            "pgassay evidence --from … is short for pgassay evidence pack --from …, whose --help lists the options.",
        subcommands: [Make.self, Verify.self], defaultSubcommand: Make.self)

    struct Make: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "pack", abstract: "Pack reports, their proofs, the ledger, and pages for people.",
            discussion: """
                The pack has the reports of drills that ended in the window, their proofs, approvals and annotations, all entries \
                of the ledger, every checkpoint, the history of the keys, a page of each report, an overview, and VERIFY.md, \
                by which people verify it without pgassay.

                Exit codes:
                  0    packed, and everything is accounted for
                  1    packed, and something is not what was signed, or not accounted for: the pack says what
                  2    the command is wrong, there is no ledger, or no report in that time
                  3    could not be read or written
                """)

        @Option(help: ArgumentHelp("The first day: 2026-01-01 (UTC).", valueName: "day"))
        var from: String

        @Option(help: ArgumentHelp("The last day: 2026-03-31 (UTC).", valueName: "day"))
        var to: String

        @Option(help: ArgumentHelp("The pack, a .tar.zst that is not there yet.", valueName: "file"))
        var output: String

        @OptionGroup var source: LedgerSource
        @OptionGroup var trust: KeyRingOptions
        @OptionGroup var signer: SignerOptions

        func run() async throws {
            guard let first = Timestamp.time("\(from)T00:00:00Z"), let last = Timestamp.time("\(to)T00:00:00Z"),
                first <= last
            else {
                throw Failure(.wrongCommand, "--from and --to take days, the first not after the last: 2026-01-01.")
            }
            let (key, file) = (try signer.signer(for: "the pack"), FilePath(output))
            guard !Files.exists(file) else {
                throw Failure(.wrongCommand, "\(file) is there already, and a pack is never overwritten.")
            }
            // Whole seconds, as they are shown.
            let now = Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded(.down))
            let reports = FilePath(source.reports)
            let ring = try trust.ring(with: [key.publicKey], historyIn: reports)
            let request = PackRequest(
                reports: reports, from: first, to: last.addingTimeInterval(86_400), created: now,
                tool: "pgassay \(PgAssay.version)", signer: key, ring: ring)
            let pack: PackFiles
            do {
                pack = try await withFiles(of: try source.location()) { try await PackFiles(request, $0) }
                try Files.replace(
                    file, with: try pack.encoded(), mode: [.ownerReadWrite, .groupRead, .otherRead])
            } catch let error as PackError {
                throw Failure(.wrongCommand, error)
            } catch {
                throw LedgerSource.failure(of: error)
            }
            let verified = try await PackVerification(pack) { _ in ring }
            Terminal.show(verified.text)
            Terminal.show(
                """
                Pack     \(verbatim: file.string)
                Verify   \(verbatim: "\(CommandLine.arguments[0]) evidence verify \(file) --public-key PUBLIC-KEY.pem")

                """)
            throw verified.isGood ? ExitStatus.passed : .failed
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Verify a pack: who signed it, each file, the ledger, each report; and derive each page again.",
            discussion: """
                The history of the keys in the pack is used if one of the keys that you name has signed in it.

                Exit codes:
                  0    all of it is what was signed, and everything is accounted for
                  1    a file was changed, put in or is gone, a page does not say what its report says, or something is not \
                accounted for
                  2    the command is wrong, or the file is not there
                  3    could not tell: it could not be read
                """)

        @Argument(help: ArgumentHelp("The pack.", valueName: "pack"))
        var file: String

        @OptionGroup var trust: KeyRingOptions

        @Option(help: "text, or json: one document on standard output and nothing else.")
        var format: OutputFormat = .text

        func run() async throws {
            let bytes: [UInt8]
            do {
                bytes = try Files.read(FilePath(file), limit: PackFiles.largest)
            } catch let error as FileError {
                if case .system(_, .noSuchFileOrDirectory) = error.problem { throw Failure(.wrongCommand, error) }
                throw Failure(.couldNotTell, error)
            }
            let pack: PackFiles
            do {
                pack = try PackFiles(bytes, name: file)
            } catch {
                throw Failure(.failed, error)
            }
            let verified: PackVerification
            do {
                verified = try await PackVerification(pack) { try trust.ring(history: $0) }
            } catch {
                throw error is Failure ? error : Failure(.couldNotTell, error)
            }
            switch format {
            case .json: Terminal.show(json: try StatementJSON.encode(Summary(verified)) + "\n".utf8)
            case .text:
                Terminal.show(verified.text)
                if let overview = verified.overview { Terminal.show("\n\(ShownText(lines: overview))") }
            }
            throw verified.isGood ? ExitStatus.passed : .failed
        }

        private struct Summary: Encodable {
            let isGood: Bool
            let from: Date?
            let to: Date?
            let origin: String?
            let size: Int64?
            let reports: Int
            let problems: [String]
            let remarks: [Remark]

            struct Remark: Encodable {
                let kind: LogAudit.Remark.Kind
                let words: String
            }

            init(_ verified: PackVerification) {
                isGood = verified.isGood
                (from, to) = (verified.contents?.from, verified.contents?.to)
                (origin, size) = (verified.contents?.origin, verified.contents?.size)
                reports = verified.audit?.goodReports ?? 0
                problems = verified.problems
                remarks = (verified.audit?.remarks ?? []).map { Remark(kind: $0.kind, words: $0.words) }
            }
        }
    }
}

extension PackVerification {
    fileprivate var text: ShownText {
        let remarks = audit?.remarks ?? []
        let isDamaged = !problems.isEmpty || remarks.contains { $0.kind == .damaged }
        var text = ReportText.headline(
            isGood ? .passed : .failed,
            isGood
                ? "GOOD: the pack is what was signed, its pages say what its reports say, and everything is accounted for."
                : isDamaged
                    ? "DAMAGED: the pack is not what was signed, or shows something else than its reports."
                    : "NOT ACCOUNTED FOR: the pack is what was signed, and something is missing.")
        for problem in problems { text += "  \(problem)\n" }
        for kind in [LogAudit.Remark.Kind.damaged, .unexplained, .explained, .note] {
            for remark in remarks where remark.kind == kind { text += "  \(remark.words)\n" }
        }
        if let contents {
            text += "Window   \(Timestamp.plain(contents.from)) to \(Timestamp.plain(contents.to))\n"
            text += "Log      \(contents.origin), \(counted(contents.size, "entry", "entries"))\n"
        }
        if let audit { text += "Reports  \(audit.goodReports) as they were entered\n" }
        return text
    }
}
