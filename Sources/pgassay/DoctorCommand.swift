import ArgumentParser
import Evidence
import Foundation
import Pages

struct DoctorCommand: LoggingCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Say what this machine can drill, how safely, and what to mend.",
        discussion: """
            With a plan, also whether its backup can be reached, its key read, its reports written, and its people told. Nothing is \
            drilled.

            Exit codes:
              0    drills run; a line with "note" is good to know
              3    something keeps them from running
            """)

    @Argument(help: ArgumentHelp("A plan, or a backup.", valueName: "plan|backup"))
    var plan: String?

    @Option(help: "Directory for the report of the plan. (default: the plan's, else ./pgassay-reports)")
    var reports: String?

    @Option(help: "text, or json: one document on standard output and nothing else.")
    var format: OutputFormat = .text

    @OptionGroup var log: LogOptions

    func run() async throws {
        var findings = await examineMachine()
        if let plan { findings += await examinePlan(plan, reports: reports) }
        switch format {
        case .json: Terminal.show(json: try StatementJSON.encode(["findings": findings]) + "\n".utf8)
        case .text: for finding in findings { Terminal.show(finding.line) }
        }
        if findings.contains(where: { $0.status == .bad }) { throw ExitStatus.couldNotTell }
    }
}

extension DoctorFinding {
    fileprivate var line: ShownText {
        let name = name.padding(toLength: 12, withPad: " ", startingAt: 0)
        let mark =
            switch status {
            case .good: ""
            case .note: "note: "
            case .bad: "NOT GOOD: "
            }
        return "\(name)\(mark)\(words)\n" + (mend.map { "            to mend it: \($0)\n" } ?? "")
    }
}
