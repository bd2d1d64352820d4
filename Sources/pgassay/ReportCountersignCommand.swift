import ArgumentParser
import Evidence
import Foundation
import Pages
import Report
import SystemPackage

struct ReportCountersignCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "countersign", abstract: "Approve a report in a role, with a signature of your own.",
        discussion: """
            The report is verified first. The approval is a file of its own beside it, which says the role, and is signed with \
            your key; the report stays as it is. Whoever signed a report has the role operator; another role takes another key.

            Exit codes:
              0    approved
              1    the report is not genuine
              2    the command is wrong, or this key cannot approve it in this role
              3    the approval is there, and the ledger could not be written; or it could not be written
            """)

    @Argument(help: ArgumentHelp("The report, a .dsse.json file.", valueName: "file"))
    var file: String

    @Option(help: "The role in which you approve, such as reviewer.")
    var role: String

    @Option(help: "What you say to it. Never a secret: it is shown to others.")
    var comment: String?

    @OptionGroup var options: AdditionOptions

    func validate() throws {
        guard KeyRing.isRole(role) else {
            throw ValidationError(
                "a role has up to 32 small letters, digits and hyphens, and begins with a letter: reviewer.")
        }
        if let comment, comment.isEmpty || comment.utf8.count > Annotation.longestText {
            throw ValidationError("--comment takes between 1 and \(Annotation.longestText) bytes.")
        }
    }

    func run() async throws {
        let verified = try options.verify(file)
        let key = try options.signer.signer(for: "the approval")
        try refuse(key.publicKey, verified)
        let approval = Approval(
            verified.report, role: role, time: Date(), by: Report.Trigger(ofThisProcess: ()), comment: comment)
        let stored: StoredEnvelope
        do {
            stored = try await AdditionStore.write(
                approval, beside: verified.file, sha256: verified.sha256, signer: key)
        } catch ReportStoreError.alreadyExists(let file) {
            throw Failure(.wrongCommand, "\(file) is there: this key has approved the report as \(role) already.")
        } catch {
            throw Failure(.couldNotTell, error)
        }
        Terminal.show(
            """
            \(ReportText.verdict(verified.report.verdict, verified.report.cause))\
            Approved as \(role), by key \(key.publicKey.fingerprint)
            Approval \(verbatim: stored.file.string)

            """)
        Terminal.show(try await options.enter(stored.file, key))
    }

    /// - Throws: ``Failure`` if this key cannot approve in this role.
    private func refuse(_ key: PublicKey, _ verified: AdditionOptions.Verified) throws {
        if role == KeyRing.operatorRole {
            throw Failure(
                .wrongCommand,
                "whoever signed the report is its operator: there is nothing to approve in the role \(role).")
        }
        if key == verified.signer.publicKey {
            throw Failure(
                .wrongCommand,
                "\(file) is signed with this very key, by its operator: the role \(role) takes another person's key.")
        }
        let additions: StoredAdditions
        do {
            additions = try StoredAdditions(beside: verified.file)
        } catch {
            throw Failure(.couldNotTell, error)
        }
        for addition in additions.all {
            guard case .approval(let other) = addition.content, other.predicate.role != role,
                addition.claimedKeyIDs.contains(key.keyID)
            else { continue }
            throw Failure(
                .wrongCommand,
                "this key has approved the report as \(other.predicate.role): the role \(role) takes another person's key."
            )
        }
    }
}
