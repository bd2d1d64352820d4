import Crypto
import Evidence
import Files
import Findings
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
            let stored = try drills(in: directory, ring)
            return StatusFacts(
                reports: stored.drills, unreadable: stored.unreadable, entries: try await entries(ring),
                actions: CorrectiveActions(try StoredAdditions(in: directory), reports: stored.drills, ring),
                plans: plans)
        } catch let error as FileError {
            throw Failure(.couldNotTell, error)
        } catch {
            throw Self.failure(of: error)
        }
    }

    /// Which of the signer's keys count when, if that is kept beside the reports.
    private func history(in directory: FilePath) throws -> KeyHistory? {
        let file = directory.appending(KeyHistory.fileName)
        return Files.exists(file) ? try KeyHistory(contentsOf: file) : nil
    }

    private func drills(
        in directory: FilePath, _ ring: KeyRing?
    ) throws(FileError) -> (drills: [StatusFacts.StoredReport], unreadable: [String]) {
        var (drills, unreadable): ([StatusFacts.StoredReport], [String]) = ([], [])
        for name in try Files.names(in: directory) where name.hasSuffix(ReportCatalogue.fileNameEnd) {
            let file = directory.appending(name)
            do throws(VerificationError) {
                let bytes = try Envelope.bytes(of: file, words: .report)
                let content: AnyReport
                if let ring {
                    content = try AnyReport.open(bytes, name: file.string, ring).content
                } else {
                    let stored = try AnyStoredReport(bytes, name: file.string)
                    if stored.isSigned { continue }
                    content = stored.content
                }
                guard content.kind == .drill else { continue }
                drills.append((name, Hex.encode(SHA256.hash(data: bytes)), content.report))
            } catch {
                unreadable.append(error.description)
            }
        }
        return (drills, unreadable)
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
