import Archive
import ArgumentParser
import Backup
import ColdTier
import Evidence
import Files
import Findings
import Foundation
import Ledger
import Pages
import Report
import SystemPackage

struct ReportVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check who signed reports, that they are unchanged, and that they do not contradict themselves.",
        discussion: """
            The verdict does not matter here: the report of a drill that failed can be genuine too. Approvals and annotations \
            beside a report are verified with the keys that you name.

            Exit codes:
              0    every report is genuine; with --backup, every report is about that backup; with --approved, \
            everybody has approved it whom its plan asks
              1    one is not: it is not signed, signed by another key, changed, about another backup, or not approved; \
            or the proof beside it (.tlog-proof) proves nothing of it
              2    the command is wrong, or a file is not there
              3    could not tell: a file cannot be read
            """)

    @Argument(help: ArgumentHelp("Reports, each a .dsse.json file.", valueName: "file"))
    var files: [String]

    @OptionGroup var trust: KeyRingOptions

    @Flag(help: "Also check that everybody has approved the reports whom their plans ask.")
    var approved = false

    @Option(help: ArgumentHelp("Also check that the reports are about this backup.", valueName: "path"))
    var backup: String?

    func run() async throws {
        let ring = try trust.trust().ring
        let digest = try await backup.asyncMap(Self.digest)
        var worst = ExitStatus.passed
        var genuine = 0
        for file in files {
            do {
                let bytes = try Envelope.bytes(of: FilePath(file), words: .report)
                let (opened, key) = try AnyReport.open(bytes, name: file, ring)
                if files.count > 1 { Terminal.show("File     \(file)\n") }
                Terminal.show(Self.text(of: opened, key))
                let approvals = try BesideReport.approvals(of: opened.report, key, FilePath(file), bytes, ring)
                Terminal.show(AdditionText.approvals(approvals))
                Terminal.show(AdditionText.actions(try BesideReport.actions(of: FilePath(file), ring)))
                if let digest, let backup {
                    try Self.compare(opened.report.backup.digest, with: digest, of: backup, in: file)
                    Terminal.show("The report is about the backup at \(backup).\n")
                }
                if let words = try Self.proof(of: FilePath(file), ring) { Terminal.show(words) }
                if approved, !approvals.isComplete {
                    throw Failure(
                        .failed,
                        "NOT APPROVED: \(file) is genuine, and waits for approval by: \(approvals.missing.joined(separator: ", "))."
                    )
                }
                genuine += 1
                if files.count > 1 { Terminal.show("\n") }
            } catch {
                let failure = Self.failure(error)
                guard files.count > 1 else { throw failure }
                Terminal.error(failure.message)
                worst = worst.worse(failure.status)
            }
        }
        if files.count > 1 { Terminal.show("\(genuine) of \(files.count) reports are genuine.\n") }
        if worst != .passed { throw worst }
    }

    /// What the proof beside a report says; nil if there is none.
    /// - Throws: ``Failure`` if it proves nothing of this report.
    private static func proof(of report: FilePath, _ ring: KeyRing) throws -> ShownText? {
        let file = FilePath(report.string + LogProof.nameEnd)
        guard Files.exists(file) else { return nil }
        do {
            let proof = try LogProof(besideReport: report, signedBy: ring.operators)
            let checkpoint = proof.checkpoint.checkpoint
            return "Ledger   entry \(proof.entry.index) of \(checkpoint.origin), by \(file)\n"
        } catch let error as LogProofError {
            throw Failure(.failed, "NO PROOF: \(file) \(error). The report is genuine.")
        } catch {
            throw Failure(.couldNotTell, error)
        }
    }

    private static func text(of opened: AnyReport, _ key: KeyRing.Key) -> ShownText {
        let report = opened.report
        let isDrill = opened.kind == .drill
        let verdict =
            isDrill
            ? ReportText.verdict(report.verdict, report.cause)
            : ReportText.inspectionVerdict(report.verdict, report.cause)
        let run = "\(report.id), plan \(report.plan), \(report.started.formatted(.iso8601))"
        return """
            The signature is good: key \(key.publicKey.fingerprint)\(key.holder.map { ", \($0)" } ?? "")
            \(verdict)
            Backup   \(report.backup.location)
            Digest   \(words(report.backup.digest))
            \(isDrill ? "Drill    \(run)" : "Inspection, and no drill: \(run)" as ShownText)

            """
    }

    private static func failure(_ error: any Error) -> Failure {
        switch error {
        case let failure as Failure: failure
        case let error as VerificationError: Failure(error.status, error.advice)
        default: Failure(.couldNotTell, error)
        }
    }

    // MARK: The backup

    private static func digest(of path: String) async throws -> [String: String] {
        do {
            return try await BackupDigest(of: .ofBackup(at: FilePath(path))) { _ in }.set
        } catch ArchiveError.missing {
            throw Failure(.wrongCommand, "there is no backup at \(path)")
        } catch {
            throw Failure(.couldNotTell, "the backup at \(path) cannot be read: \(error)")
        }
    }

    private static func compare(
        _ reported: [String: String], with digest: [String: String], of backup: String, in file: String
    ) throws {
        if reported == digest { return }
        throw Failure(
            .failed,
            reported.isEmpty
                ? "OTHER BACKUP: \(file) names no backup by its digest: its drill ended before the backup was read."
                : """
                OTHER BACKUP: \(file) is genuine, and is about another backup than \(backup), or that one was changed since: \
                the report has \(words(reported)), and the backup \(words(digest)).
                """)
    }

    private static func words(_ digest: [String: String]) -> String {
        digest.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }
}

extension Optional {
    fileprivate func asyncMap<Value>(_ body: (Wrapped) async throws -> Value) async throws -> Value? {
        if let self { try await body(self) } else { nil }
    }
}

extension ExitStatus {
    /// The one that a script must see: a report that is not genuine before a file that could not be looked at.
    fileprivate func worse(_ other: ExitStatus) -> ExitStatus {
        [.failed, .couldNotTell, .wrongCommand].first { $0 == self || $0 == other } ?? .passed
    }
}

extension VerificationError {
    /// What a reader must tell apart, in two words, and then why and what to do.
    var advice: String {
        if case .unknownPredicateType(ExportManifest.predicateType) = problem, words == .report {
            return "NO REPORT: \(name) is the manifest of an export. Check it with pgassay export verify."
        }
        return "\(kind): \(self)"
    }

    private var kind: String {
        switch problem {
        case .unsigned: "NOT SIGNED"
        case .signatureRemoved, .changed: "FORGED"
        case .wrongKey, .signatureDoesNotFit: "OTHER SIGNATURE"
        case .outsideKeyTime: "OUTSIDE ITS TIME"
        case .contradictory, .impossible: "CONTRADICTORY"
        case .notAReport, .malformed, .unknownPayloadType, .unknownStatementType, .unknownPredicateType: "NO REPORT"
        case .unreadable: "NOT READ"
        }
    }

    /// The exit code of a command that was to read a report.
    var status: ExitStatus {
        switch problem {
        case .unreadable(let error):
            if case .system(_, .noSuchFileOrDirectory) = error.problem { .wrongCommand } else { .couldNotTell }
        default: .failed
        }
    }
}
