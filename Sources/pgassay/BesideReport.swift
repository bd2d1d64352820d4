import Crypto
import Evidence
import Files
import Findings
import Foundation
import Report
import SystemPackage

/// What people have put beside a report.
enum BesideReport {
    /// - Parameter bytes: of the report's file.
    /// - Throws: ``Failure``.
    static func approvals(
        of report: Report, _ signer: KeyRing.Key, _ file: FilePath, _ bytes: [UInt8], _ ring: KeyRing
    ) throws -> Approvals {
        Approvals(
            of: report, signedBy: signer, sha256: Hex.encode(SHA256.hash(data: bytes)), try additions(file), ring)
    }

    /// Annotations of a report, and what later drills found.
    /// - Parameter ring: nil verifies nothing.
    /// - Throws: ``Failure``.
    static func actions(of file: FilePath, _ ring: KeyRing?) throws -> CorrectiveActions {
        let additions = try additions(file)
        guard !additions.all.isEmpty else { return CorrectiveActions(additions, reports: [], ring) }
        let directory = file.removingLastComponent()
        let place = directory.isEmpty ? "." : directory
        var reports: [(file: String, sha256: String, report: Report)] = []
        do {
            for name in try Files.names(in: place) where name.hasSuffix(ReportCatalogue.fileNameEnd) {
                // One that is not genuine, or no report, closes nothing.
                guard let bytes = try? Envelope.bytes(of: place.appending(name), words: .report) else { continue }
                let report =
                    if let ring {
                        (try? AnyReport.open(bytes, name: name, ring))?.content.report
                    } else { (try? AnyStoredReport(contentsOf: place.appending(name)))?.content.report }
                guard let report else { continue }
                reports.append((name, Hex.encode(SHA256.hash(data: bytes)), report))
            }
        } catch {
            throw Failure(.couldNotTell, error)
        }
        return CorrectiveActions(additions, reports: reports, ring)
    }

    static func additions(_ file: FilePath) throws -> StoredAdditions {
        do {
            return try StoredAdditions(beside: file)
        } catch {
            throw Failure(.couldNotTell, error)
        }
    }
}
