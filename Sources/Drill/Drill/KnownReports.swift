import Archive
import Backup
import Files
import Report
import SystemPackage

/// Reports of an earlier search that answer for a backup: of the same plan, byte for byte, made by the same version of
/// pgassay (another one may check more), and signed by the same signer if one signs: by its key, or by one before it at its time.
struct KnownReports {
    private var byDigest: [[String: String]: ReportCatalogue.Entry] = [:]
    /// For repositories in which a name always means the same backup.
    private var byLocation: [String: ReportCatalogue.Entry] = [:]

    /// A file that is not a report of this signer answers nothing: its backup is drilled again.
    /// - Throws: ``Files/FileError`` when the directory cannot be listed.
    init(of request: DrillRequest) throws {
        let plan = request.plan.source.sha256
        // The later report of two answers.
        for entry in try ReportCatalogue(of: request.reports, request.ring).entries {
            let report = entry.report
            // An inconclusive drill may have a result today.
            guard entry.statement.predicate.configuration.first?.digest?["sha256"] == plan,
                report.environment.tool == request.tool, report.verdict != .inconclusive, !report.backup.digest.isEmpty
            else { continue }
            byDigest[report.backup.digest] = entry
            byLocation[report.backup.location] = entry
        }
    }

    /// - Throws: `CancellationError`; a backup that cannot be read is left to its drill.
    func report(on backup: FoundBackup) async throws -> ReportCatalogue.Entry? {
        guard !byDigest.isEmpty else { return nil }
        switch backup.origin {
        case .files(let path):
            do {
                return byDigest[try await BackupDigest(of: .ofBackup(at: path)) { _ in }.set]
            } catch let error where error is ArchiveError || error is FileError {
                return nil
            }
        case .unlisted: return nil
        case .repository(let repository, _):
            return repository.namesAreFinal ? byLocation[backup.location] : nil
        case .snapshot(let snapshot):
            return byDigest[try snapshot.digest]
        }
    }
}
