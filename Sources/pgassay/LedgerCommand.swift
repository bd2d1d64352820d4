import ArgumentParser

struct LedgerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger", abstract: "Read, verify and prove the log of all drills.",
        discussion: """
            Each signed drill has an entry before it looks for its backup, and one when it has ended. A drill that failed, was \
            killed, or whose report was deleted shows. docs/ledger.md has the format, which verifiers of other people read.
            """,
        subcommands: [
            LedgerListCommand.self, LedgerVerifyCommand.self, LedgerProveCommand.self, LedgerConsistencyCommand.self,
            LedgerNoteCommand.self, LedgerEnterCommand.self, LedgerNewCommand.self,
        ])
}
