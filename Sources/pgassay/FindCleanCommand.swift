import ArgumentParser
import Backup
import Drill
import Findings
import Foundation
import Pages
import PlanKeys
import Processes
import Report
import Scratch
import SystemPackage

struct FindCleanCommand: LoggingCommand {
    static let configuration = CommandConfiguration(
        commandName: "find-clean", abstract: "Find the newest backup that passes.",
        discussion: """
            Drills the backups of a plan from the newest to the oldest, and stops at the first that passes. Every drill writes \
            its report; started again, the search goes on where it was. Where the plan says that damage persists once it \
            appears (\(PlanKey.backupDamagePersists)), the search is halved instead.

            Exit codes:
              0    one passes
              1    none does
              2    the command or the plan is wrong
              3    none passes, and the result for some is inconclusive
              130  interrupted
            """)

    @Argument(help: "A plan (.yaml) whose \(PlanKey.backupPath) or repository has several backups.")
    var plan: String

    @Option(
        help: ArgumentHelp(
            "A query that must yield true: the symptom of the day, such as a row that must exist. May be repeated.",
            valueName: "sql"))
    var expect: [String] = []

    @Option(help: "Directory for the reports. (default: the plan's, else ./pgassay-reports)")
    var reports: String?

    @OptionGroup var signing: SigningOptions

    @OptionGroup var log: LogOptions

    func run() async throws {
        let (backups, request) = try await resolve()
        do {
            try ReportStore.probe(request.reports)
        } catch {
            throw Failure(.couldNotTell, error)
        }
        let progress = Progress()
        let result: FindCleanResult
        do {
            result = try await cancellingOnSignals(onSignal: Self.sayStopping) {
                try await findClean(
                    among: backups, request, emit: { progress.show($0) }, onTried: { Self.show($0, progress) })
            }
        } catch let unstored as UnstoredReport {
            throw Failure(.couldNotTell, "a report could not be stored: \(unstored.reason)")
        } catch let mistake as any Mistake {
            progress.finish()
            throw Failure(.wrongCommand, mistake)
        } catch {
            throw Failure(.couldNotTell, error)
        }
        progress.finish()
        try conclude(result, of: backups.count)
    }

    private static let sayStopping: @Sendable () -> Void = {
        Terminal.note("\npgassay: stopping; started again, the search goes on from here\n")
    }

    private func resolve() async throws -> (backups: [FoundBackup], request: DrillRequest) {
        var plan: Plan
        let backups: [FoundBackup]
        do {
            plan = try Plan(contentsOf: FilePath(self.plan))
            guard let source = plan.backup else {
                throw Failure(.wrongCommand, "the plan names no backup, so there is nothing to search among.")
            }
            backups = try await findBackups(source)
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(finding: error)
        }
        for query in expect { plan.expect(query) }
        return (
            backups,
            DrillRequest(
                plan: plan, backup: backups[0],
                reports: FilePath(reports ?? plan.reports?.string ?? "pgassay-reports"),
                signer: try signing.key(for: "the reports", plan: plan.signingKey),
                trigger: Report.Trigger(ofThisProcess: ()), toolVersion: PgAssay.version, keepScratch: false)
        )
    }

    // MARK: Output

    private static func show(_ tried: TriedBackup, _ progress: Progress) {
        progress.finish()
        Terminal.show(text(of: tried))
    }

    private static func text(of tried: TriedBackup) -> ShownText {
        let name = tried.report.backup.name
        let taken = tried.report.backup.created.map { ", taken \($0.formatted(.iso8601))" } ?? ""
        let again = tried.isKnown ? " (drilled before)" : ""
        let head: ShownText = "\(tried.report.verdict.rawValue.uppercased())  \(name)\(taken)\(again)\n"
        return head + tried.complaints.prefix(5).map { "        \($0)\n" as ShownText }.joined()
            + (tried.complaints.count > 5 ? "        and \(tried.complaints.count - 5) more, in the report\n" : "")
    }

    private static func words(for since: DataSince) -> String {
        let rows = since.rows.map { "\(counted(abs($0), "row")) \($0 < 0 ? "fewer" : "more")" }
        let newest = since.newest.map { "newest \($0)" }
        return "\(since.table): \([rows ?? "rows not counted", newest].compactMap { $0 }.joined(separator: ", "))"
    }

    private func conclude(_ result: FindCleanResult, of count: Int) throws {
        if result.interrupted { throw ExitStatus.interrupted }
        guard let clean = result.clean else {
            Terminal.show("None of \(count) backups passes.\n")
            throw result.tried.contains { $0.report.verdict == .inconclusive }
                ? ExitStatus.couldNotTell : ExitStatus.failed
        }
        var text: ShownText = "The newest that passes: \(clean.backup.location)\n"
        if let created = clean.report.backup.created {
            text += "What was written since \(created.formatted(.iso8601)) is not in it.\n"
        }
        let since = result.dataSince
        if !since.isEmpty {
            text += "Compared with it, the newest backup that could be read has:\n"
            text += since.prefix(20).map { "        \(Self.words(for: $0))\n" as ShownText }.joined()
            if since.count > 20 { text += "        and \(since.count - 20) tables more, in the reports\n" }
        }
        if let unsure = result.tried.first(where: { $0.report.verdict == .inconclusive }) {
            text += "The result for a newer one is inconclusive: \(unsure.backup.location)\n"
        }
        Terminal.show(text)
    }
}
