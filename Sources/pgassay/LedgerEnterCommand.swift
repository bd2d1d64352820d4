import ArgumentParser
import Evidence
import Foundation
import Ledger
import Pages
import SystemPackage

struct LedgerEnterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enter",
        abstract: "Enter approvals and annotations that people wrote without the ledger's key.",
        discussion: """
            A reviewer has a key of their own, and not the ledger's. What they put beside a report is entered here: which file \
            it is, of which report. Whether it counts is told by its signature, to whoever verifies it.
            """)

    @OptionGroup var source: LedgerSource

    @OptionGroup var signer: SignerOptions

    func run() async throws {
        let destination = try source.destination(try signer.signer(for: "the ledger"))
        do {
            let (entered, others) = try await destination.place.enterAdditions()
            for (name, entry) in entered { Terminal.show("\(name): entry \(entry.index) of \(entry.origin)\n") }
            // The newest checkpoint speaks for all of them.
            if let last = entered.last { await destination.show(last.entry) }
            for name in others {
                Terminal.note("\(name): not entered: it is about a report that the ledger does not have\n")
            }
            if entered.isEmpty { Terminal.show("There is nothing to enter.\n") }
        } catch {
            throw LedgerSource.failure(of: error)
        }
    }
}
