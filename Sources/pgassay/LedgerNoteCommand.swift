import ArgumentParser
import Evidence
import Foundation
import Ledger
import Pages
import SystemPackage

struct LedgerNoteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "note",
        abstract: "Write a note into the ledger, such as why a drill has no end. It cannot be taken back.",
        discussion: """
            A note about an entry explains what ledger verify says of it: a drill without an end, a report that is gone, no \
            drill for too long after it.
            """)

    @Argument(help: "What you say. Never a secret, never data of the database: a ledger is kept, and shown to others.")
    var text: String

    @Option(help: ArgumentHelp("The entry that it is about.", valueName: "entry"))
    var about: Int64?

    @OptionGroup var source: LedgerSource

    @OptionGroup var signer: SignerOptions

    func run() async throws {
        let key = try signer.signer(for: "the note")
        let destination = try source.destination(key)
        let place = destination.place
        do {
            // A mistyped place must not become a new log.
            let size = try await LogReader(of: place.location).checkpoint(signedBy: place.keys).checkpoint.size
            if let about, !(0..<size ~= about) {
                throw Failure(.wrongCommand, "the ledger has entries 0 to \(size - 1), and no entry \(about).")
            }
            var entry = LedgerEntry(.note, time: Date())
            (entry.about, entry.text) = (about, text)
            let appended = try await place.append(entry)
            await destination.show(appended)
            Terminal.show("entry \(appended.index) of \(appended.origin)\n")
        } catch {
            throw LedgerSource.failure(of: error)
        }
    }
}
