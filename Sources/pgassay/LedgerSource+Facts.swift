import Evidence
import Files
import Foundation
import Ledger
import Report
import Status
import SystemPackage

extension LedgerSource {
    /// What is known of all plans, by the reports of the directory and the ledger.
    /// - Parameter trust: whose signatures count; nil looks at reports that nobody signed, and at no ledger.
    /// - Throws: ``Failure``.
    func facts(_ trust: KeyRingOptions?, plans: [StatusFacts.WatchedPlan] = []) async throws -> StatusFacts {
        let directory = FilePath(reports)
        guard FileManager.default.fileExists(atPath: reports) else {
            throw Failure(.wrongCommand, "there is no directory \(directory): name that of the reports with --reports.")
        }
        do {
            let ring = try trust?.ring(history: try history(in: directory))
            let catalogue = try ReportCatalogue(of: directory, ring)
            let reports = catalogue.entries.map { ($0.file.lastComponent?.string ?? "", $0.digest, $0.report) }
            // Whoever looks at unsigned reports has no key for the others.
            let refusals = ring == nil ? [] : catalogue.refusals
            let additions = try StoredAdditions(in: directory)
            var facts = StatusFacts(
                reports: reports, unreadable: refusals.map(\.description), entries: try await entries(ring),
                actions: CorrectiveActions(additions, reports: reports, ring), plans: plans)
            if let ring { facts.refusedApprovals = Self.refused(beside: catalogue, additions, ring) }
            return facts
        } catch let error as FileError {
            throw Failure(.couldNotTell, error)
        } catch {
            throw Self.failure(of: error)
        }
    }

    /// Approvals that do not count for whoever trusts these keys, by the SHA-256 of their files.
    private static func refused(
        beside catalogue: ReportCatalogue, _ additions: StoredAdditions, _ ring: KeyRing
    ) -> Set<String> {
        let byReport = additions.byReport()
        return catalogue.entries.reduce(into: []) { refused, entry in
            guard let signer = entry.signer, let beside = byReport[entry.file.lastComponent?.string ?? ""] else {
                return
            }
            let names = Set(
                Approvals(of: entry.report, signedBy: signer, sha256: entry.digest, beside, ring).refused.map(\.file))
            refused.formUnion(beside.all.filter { names.contains($0.name) }.map(\.sha256))
        }
    }

    /// Which of the signer's keys count when, if that is kept beside the reports.
    private func history(in directory: FilePath) throws -> KeyHistory? {
        let file = directory.appending(KeyHistory.fileName)
        return Files.exists(file) ? try KeyHistory(contentsOf: file) : nil
    }

    /// None where there is no ledger, or where nobody signs.
    private func entries(_ ring: KeyRing?) async throws -> [NumberedEntry] {
        guard let ring else { return [] }
        do {
            return try await LogReader(of: try location()).entries(signedBy: ring.operators)
        } catch LedgerError.missing where ledger == nil {
            return []
        }
    }
}
