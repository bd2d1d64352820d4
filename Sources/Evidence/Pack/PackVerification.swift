import Evidence
import Files
import Findings
import Foundation
import Ledger
import Report
import Storage
import SystemPackage

/// What there is to say of a pack: whether each file is what was signed, and whether what it shows to people is what its reports say.
package struct PackVerification: Sendable {
    /// Nil if nobody whom the reader trusts has signed it.
    package private(set) var contents: PackContents?
    /// What is wrong with it, each a sentence.
    package private(set) var problems: [String] = []
    /// Of its ledger and its reports; nil if that could not be looked at.
    package private(set) var audit: LogAudit?
    /// The overview, as it is derived from the reports.
    package private(set) var overview: String?

    package var isGood: Bool { problems.isEmpty && audit?.isGood == true }

    /// Verifies all of it: who signed it, each file, the ledger, each report with its entry and its proof, approvals and annotations; and
    /// derives every page for people again.
    /// - Parameters:
    ///   - keys: makes the keys that the reader trusts from the history in the pack, or from none.
    /// - Throws: ``Files/FileError`` and the like, of the temporary directory.
    package init(
        _ pack: PackFiles, now: Date = Date(), keys: (KeyHistory?) throws -> KeyRing
    ) async throws {
        var history: KeyHistory?
        if let bytes = pack.files[KeyHistory.fileName] {
            do throws(KeyHistoryError) {
                history = try KeyHistory(bytes, name: KeyHistory.fileName)
            } catch {
                problems.append("\(error)")
            }
        }
        let ring = try keys(history)
        guard let statement = statement(of: pack, ring) else { return }
        contents = statement.predicate
        problems += Self.differences(of: pack, from: statement)
        try await look(into: pack, statement.predicate, ring, history, now)
    }

    // MARK: Steps

    private mutating func statement(of pack: PackFiles, _ ring: KeyRing) -> InTotoStatement<PackContents>? {
        guard let bytes = pack.files[PackNames.statement] else {
            problems.append("\(PackNames.statement), which says what is in the pack, is missing")
            return nil
        }
        do throws(VerificationError) {
            let (statement, key) = try InTotoStatement<PackContents>.open(
                bytes, name: PackNames.statement, ring.keys(for: KeyRing.operatorRole)
            ) { $0.predicate.created }
            if !Envelope.isExact(bytes, signedBy: key.publicKey) {
                problems.append("\(PackNames.statement) was changed where it is not signed")
            }
            return statement
        } catch {
            problems.append("\(error)")
            return nil
        }
    }

    /// Which files are not those that were signed.
    static func differences(of pack: PackFiles, from statement: InTotoStatement<PackContents>) -> [String] {
        var (problems, named): ([String], Set<String>) = ([], [PackNames.statement])
        for subject in statement.subject {
            guard let name = subject.name else { continue }
            named.insert(name)
            guard let bytes = pack.files[name] else {
                problems.append("\(name) is missing")
                continue
            }
            if PackFiles.sha256(bytes) != subject.digest?["sha256"] {
                problems.append("\(name) is not what was signed")
            }
        }
        for name in pack.files.keys.sorted() where !named.contains(name) {
            problems.append("\(name) was put in: it is not among what was signed")
        }
        return problems
    }

    private mutating func look(
        into pack: PackFiles, _ contents: PackContents, _ ring: KeyRing, _ history: KeyHistory?, _ now: Date
    ) async throws {
        let directory = FilePath(FileManager.default.temporaryDirectory.path)
            .appending("pgassay-pack-\(UUID().uuidString)")
        // They are only copies, so it does no harm if they cannot be removed.
        defer { try? FileManager.default.removeItem(atPath: directory.string) }
        try pack.write(to: directory)
        var request = AuditRequest(ring: ring, reports: directory.appending(PackNames.reports), now: contents.created)
        request.isCopy = true
        request.window = contents.from..<contents.to
        request.history = history
        let reader: LogReader
        do {
            reader = try LogReader(of: .directory(directory.appending(PackNames.ledger)))
            audit = try await reader.audit(request)
        } catch {
            problems.append("its ledger cannot be read: \(error)")
            return
        }
        guard let audit else { return }
        if let checkpoint = audit.checkpoint {
            if checkpoint.origin != contents.origin || checkpoint.size != contents.size {
                problems.append("its ledger is another one, or of another time, than \(PackNames.statement) says")
            }
            let own = ring.operators.map { NoteKey(name: checkpoint.origin, $0).verifierKey }
            let policy = String(decoding: pack.files[PackNames.policy] ?? [], as: UTF8.self)
            for line in policy.split(separator: "\n") where line.hasPrefix("log ") {
                if !own.contains(String(line.dropFirst(4))) {
                    problems.append("\(PackNames.policy) names a key that you do not trust")
                }
            }
        }
        comparePages(of: pack, contents, audit.entries)
    }

    private mutating func comparePages(of pack: PackFiles, _ contents: PackContents, _ entries: [NumberedEntry]) {
        let derived = pack.derived(contents, entries)
        overview = derived[PackNames.overview]
        for (name, text) in derived.sorted(by: { $0.key < $1.key }) {
            guard let bytes = pack.files[name] else {
                problems.append("\(name) is missing")
                continue
            }
            if bytes != Array(text.utf8) {
                problems.append(
                    "\(name) does not say what the reports say: it was changed, or another version of pgassay wrote it (\(contents.tool))"
                )
            }
        }
        for name in pack.names(below: PackNames.pages) where derived["\(PackNames.pages)/\(name)"] == nil {
            problems.append("\(PackNames.pages)/\(name) is the page of no report in the pack")
        }
    }
}
