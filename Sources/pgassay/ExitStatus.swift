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

    /// The same exit code. But if the result is passed and the ledger is not complete, exit code 3: a script that relies on the
    /// ledger must not see 0.
    /// - Parameter problem: why the ledger has no entry; nil if it has.
    func failing(_ problem: String?) -> any Error {
        guard self == .passed, let problem else { return self }
        return Failure(
            .couldNotTell,
            "the result is passed and stays passed, but an entry in the ledger, or its proof, is missing: \(problem)")
    }

    static let help = """
        Exit codes:
          0    passed
          1    failed: the backup, what the plan expects of it, or an objective
          2    the command or the plan is wrong, or what it names is no backup
          3    could not tell: something on this machine is missing or failed;
               or it passed, and the ledger could not be written
          130  interrupted
        """

    static let exportHelp = """
        Exit codes:
          0    exported, or nothing was to be exported
          1    the drill failed, what was exported before is damaged, or the
               database has other rows now
          2    the command or the plan is wrong, or the place holds another export
          3    could not tell: this machine, the database or the network failed;
               or it is exported, and the ledger could not be written
          130  interrupted
        """

    static let verifyExportHelp = """
        Exit codes:
          0    every file that was read is what was exported
          1    something is damaged, missing, or not what was signed
          2    the command is wrong, or no export is there
          3    could not tell: some of it could not be read
          130  interrupted
        """

    static let getHelp = """
        Exit codes:
          0    every row that there is was printed; perhaps there is none
          1    something is damaged, or not what was signed: nothing of that
               part was printed
          2    the command is wrong, or no export is there
          3    could not tell: some of it could not be read
          130  interrupted
        """

    static let rewriteHelp = """
        Exit codes:
          0    no file of the export has any of the rows any more
          1    a file is damaged, so nothing was changed
          2    the command or the list is wrong, or no export is there
          3    some rows are left: a lock keeps old files until the time that is
               told, or this machine or the network failed; run it again
          130  interrupted: run it again
        """

    static let demoHelp = """
        Exit codes:
          0    shown: pgassay passed the whole dump, and failed each damaged one
          2    the command is wrong, or the directory is there already
          3    no PostgreSQL is installed, or something on this machine failed
          130  interrupted
        """

    static let captureHelp = """
        Exit codes:
          0    dump and manifest are there
          2    the command is wrong, or something is there already
          3    nothing was made: pg_dump failed, or this machine or the database
               prevented it; or both are there, and the ledger could not be written
          130  interrupted: nothing was made
        """

    static let ledgerHelp = """
        Exit codes:
          0    every file is what was signed, and everything is accounted for
          1    a file was changed or is gone, history was rewritten, or something
               is not accounted for: a drill without an end, a gap
          2    the command is wrong, or there is no ledger
          3    could not tell: it could not be read
          130  interrupted
        """

    static let pruneHelp = """
        Exit codes:
          0    told, or removed; perhaps nothing is old enough
          1    the ledger is not what was signed: nothing was removed
          2    the command is wrong, or there are no reports
          3    not all is removed: run it again
        """

    static let fleetHelp = """
        Exit codes:
          0    every plan passed, or is drilled by another process
          1    a plan failed; others may be wrong, or could not tell
          2    no plan failed; one is wrong, or there is no plan
          3    no plan failed, and none is wrong; one could not tell,
               or passed, and the ledger could not be written
          130  interrupted
        """

    static let statusHelp = """
        Exit codes:
          0    nothing to attend to
          1    something to attend to, soon or now
          2    the command or a plan is wrong, or there are no reports
          3    could not tell: nothing was drilled here, or the reports or the
               ledger could not be read
        With --nagios: 0 OK, 1 WARNING (soon), 2 CRITICAL (now), 3 UNKNOWN.
        """

    static let importHelp = """
        Exit codes:
          0    the database has exactly the rows of the manifest
          1    slices are damaged, and were not loaded
          2    the command is wrong, or a table there does not fit
          3    some slices were not loaded: see the reasons
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
