import ArgumentParser
import Evidence
import Files
import Findings
import Foundation
import Ledger
import Pages
import Processes
import Report
import Site
import Storage
import SystemPackage

struct SiteCommand: LoggingCommand {
    static let configuration = CommandConfiguration(
        commandName: "site",
        abstract:
            "Make a small static site: every plan at a glance, its history, each report, the ledger, cold storage.",
        discussion: """
            Only what one of your keys has signed is shown. The pages have no script and ask for nothing; any web server can show \
            them, or a browser from a directory. The site is made beside its place and exchanged with what is there.

            Exit codes:
              0    the site is made; what the drills found is no matter here
              1    an export is not what one of your keys has signed, or the ledger is another one: no site is made
              2    the command is wrong, or the directory holds something else than a site
              3    something could not be read or written
              130  interrupted: the site of before is as it was
            """)

    @Option(help: ArgumentHelp("The directory of the site; one that is there is replaced.", valueName: "directory"))
    var output: String

    @OptionGroup var source: LedgerSource
    @OptionGroup var trust: KeyRingOptions

    @Option(
        help: ArgumentHelp(
            "An export in cold storage: a directory, or s3://bucket/prefix. May be repeated.", valueName: "place"))
    var exports: [String] = []

    @OptionGroup var log: LogOptions

    func run() async throws {
        let trust = try trust.trust()
        let ring = trust.ring
        let (reports, now) = (FilePath(source.reports), Date())
        guard FileManager.default.fileExists(atPath: source.reports) else {
            throw Failure(.wrongCommand, "there is no directory \(reports): name that of the reports with --reports.")
        }
        let (location, history, exports) = (try source.location(), trust.history, exports)
        let contents: SiteContents
        do {
            contents = try await cancellingOnSignals(
                onSignal: {},
                {
                    var request = AuditRequest(ring: ring, reports: reports, now: now)
                    request.history = history
                    var cold: [ColdPlace] = []
                    for export in exports { cold.append(try await ColdPlace(of: export, ring)) }
                    return SiteContents(
                        reports: try ReportCatalogue(of: reports, ring),
                        additions: try StoredAdditions(in: reports),
                        audit: try await Self.audit(location, request), cold: cold, ring: ring, now: now)
                })
            try SiteDirectory.publish(to: FilePath(output)) { try contents.pages(to: $0) }
        } catch let error as SiteError {
            throw Failure(.wrongCommand, error)
        } catch let error as VerificationError {
            throw Failure(error.status, error.advice)
        } catch {
            throw LedgerSource.failure(of: error)
        }
        let index = FilePath(output).appending("index.html")
        Terminal.show(
            """
            Site     \(verbatim: index)
            Reports  \(contents.reports.entries.count + contents.reports.inspections.count) shown, \
            \(contents.reports.refusals.count) refused

            """)
    }

    /// - Returns: nil if there is no ledger.
    private static func audit(_ location: StoreLocation, _ request: AuditRequest) async throws -> LogAudit? {
        do {
            return try await withFiles(of: location) { try await $0.audit(request) }
        } catch LedgerError.missing {
            return nil
        }
    }
}
