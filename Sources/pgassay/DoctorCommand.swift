import ArgumentParser
import Foundation

struct DoctorCommand: LoggingCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Say what this machine can drill, and how safely.")

    @OptionGroup var log: LogOptions

    func run() async throws {
        for finding in await examineMachine() {
            switch finding.status {
            case .good:
                let name = finding.name.padding(toLength: 12, withPad: " ", startingAt: 0)
                Terminal.show("\(name)\(finding.words)\n")
            case .bad: throw Failure(.couldNotTell, finding.words)
            }
        }
    }
}
