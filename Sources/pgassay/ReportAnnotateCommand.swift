import ArgumentParser
import Evidence
import Findings
import Foundation
import Pages
import Report
import SystemPackage

struct ReportAnnotateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "annotate",
        abstract: "Write who works on a finding, until when, and how: a signed file beside the report.",
        discussion: """
            The report is verified first, and stays as it is: the annotation is a file of its own. A finding that is annotated is \
            open until a later drill of the plan asks the same and finds nothing left to do; that drill's report links back.

            Exit codes:
              0    annotated
              1    the report is not genuine
              2    the command is wrong, or the report has no such finding
              3    the annotation is there, and the ledger could not be written; or it could not be written
            """)

    @Argument(help: ArgumentHelp("The report, a .dsse.json file.", valueName: "file"))
    var file: String

    @Option(
        help: ArgumentHelp(
            "The finding, as the report names it: 'row-counts: public.farmers'. May be repeated. (default: the report as a whole)",
            valueName: "check: subject"))
    var finding: [String] = []

    @Option(help: "The person who works on it.")
    var owner: String?

    @Option(help: ArgumentHelp("The last day for it: 2026-12-31.", valueName: "day"))
    var due: String?

    @Option(help: "What that person does about it.")
    var action: String?

    @Option(help: "What else there is to say. Never a secret, never data of the database: it is shown to others.")
    var note: String?

    @OptionGroup var options: AdditionOptions

    func validate() throws {
        if owner == nil, due == nil, action == nil, note == nil {
            throw ValidationError("say something: --owner, --due, --action or --note.")
        }
        if let due, !Annotation.isDay(due) { throw ValidationError("--due takes a day, such as 2026-12-31.") }
        for text in [owner, action, note].compactMap({ $0 })
        where text.isEmpty || text.utf8.count > Annotation.longestText {
            throw ValidationError("a text has between 1 and \(Annotation.longestText) bytes.")
        }
    }

    func run() async throws {
        let verified = try options.verify(file)
        let findings = try finding.map { try Self.find($0, in: verified.report, of: file) }
        let key = try options.signer.signer(for: "the annotation")
        var annotation = Annotation(
            verified.report, findings: findings, time: Date(), by: Report.Trigger(ofThisProcess: ()))
        (annotation.owner, annotation.due, annotation.action, annotation.note) = (owner, due, action, note)
        let stored: StoredEnvelope
        do {
            stored = try await AdditionStore.write(
                annotation, beside: verified.file, sha256: verified.sha256, signer: key)
        } catch {
            throw Failure(.couldNotTell, error)
        }
        for finding in findings { Terminal.show("Open     \(finding.description)\n") }
        Terminal.show("Written  \(verbatim: stored.file.string)\n")
        Terminal.show(try await options.enter(stored.file, key))
    }

    /// - Throws: ``Failure`` if the report has no such finding.
    private static func find(_ text: String, in report: Report, of file: String) throws -> AnnotatedFinding {
        let all = report.checks.map { AnnotatedFinding($0) }
        if let finding = all.first(where: { $0.description == text }) { return finding }
        let troubled = report.checks.filter { $0.status == .failed || $0.status == .inconclusive }
            .map { AnnotatedFinding($0).description }
        let hint = didYouMean(text, among: all.map(\.description))
        throw Failure(
            .wrongCommand,
            "\(file) has no finding '\(text)'.\(hint)"
                + (troubled.isEmpty ? "" : " Those that failed or could not tell: \(firstOf(troubled))."))
    }
}
