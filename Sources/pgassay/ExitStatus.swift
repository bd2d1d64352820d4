import Findings

/// The exit codes, in one place.
enum ExitStatus: Int32, Error {
    case passed = 0
    case failed = 1
    case wrongCommand = 2
    case couldNotTell = 3
    case interrupted = 130

    init(_ verdict: Verdict, _ cause: Cause?) {
        switch (verdict, cause) {
        case (.passed, _): self = .passed
        case (.failed, _): self = .failed
        case (.inconclusive, .interrupted): self = .interrupted
        case (.inconclusive, _): self = .couldNotTell
        }
    }

    static let help = """
        Exit codes:
          0    passed
          1    the backup failed, or is not what the plan expects, or an objective was missed
          2    the command or the plan is wrong, or what it names is no backup
          3    could not tell: something on this machine is missing or failed
          130  interrupted
        """

    static let coldTierHelp = """
        Exit codes:
          0    passed
          1    what was exported is damaged, or the database has other rows; or the drill before it failed
          2    the command or the plan is wrong, or the place holds another export
          3    could not tell: something on this machine, the database or the network is missing or failed
          130  interrupted
        """
}

/// An error that ends a command: what to say, and the exit code.
struct Failure: Error {
    let status: ExitStatus
    let message: String

    init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.message = message
    }

    init(_ status: ExitStatus, _ error: any Error) { self.init(status, String(describing: error)) }
}
