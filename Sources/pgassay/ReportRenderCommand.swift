import ArgumentParser
import Crypto
import Evidence
import Files
import Findings
import Foundation
import Pages
import Report
import SystemPackage

enum PageFormat: String, ExpressibleByArgument, CaseIterable {
    case html, markdown, junit

    /// The one that the name of a file asks for; nil if it asks for none.
    init?(ofFile name: String) {
        switch FilePath(name).extension {
        case "html", "htm": self = .html
        case "md", "markdown": self = .markdown
        case "xml": self = .junit
        default: return nil
        }
    }

    func render(_ page: ReportPage) -> String {
        switch self {
        case .html: page.html
        case .markdown: page.markdown
        case .junit: page.junit
        }
    }
}

struct ReportRenderCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render",
        abstract: "Make a page of a report: HTML in one file, Markdown for the summary of a job, or JUnit XML.",
        discussion: """
            With a public key, the signature is verified first, and the page says with which key and when. Without one the page says \
            that nobody checked it.

            Exit codes:
              0    the page is written; the verdict of the report is no matter here
              1    the report is not signed, or by another key, or it was changed: no page is written
              2    the command is wrong, or the file is not there
              3    could not be read or written
            """)

    @Argument(help: ArgumentHelp("The report, a .dsse.json file.", valueName: "file"))
    var file: String

    @Option(help: ArgumentHelp("The page; one that is there is replaced.", valueName: "page"))
    var output: String

    @Option(help: "html, markdown or junit. (default: by the end of the page's name: .html, .md or .xml)")
    var format: PageFormat?

    @Option(
        help: ArgumentHelp(
            "The directory with earlier reports of the plan, for the trend. It takes a public key.",
            valueName: "directory"))
    var reports: String?

    @OptionGroup var trust: KeyRingOptions

    func run() async throws {
        guard let format = format ?? PageFormat(ofFile: output) else {
            throw Failure(
                .wrongCommand,
                "\(output) does not say by its end what it is to be: name it .html, .md or .xml, or give --format.")
        }
        let page = try page(trust.isGiven ? trust.trust().ring : nil)
        do {
            try Files.replace(
                FilePath(output), with: Array(format.render(page).utf8),
                mode: [.ownerReadWrite, .groupRead, .otherRead])
        } catch {
            throw Failure(.couldNotTell, error)
        }
        Terminal.show("Page     \(verbatim: output)\n")
    }

    /// - Parameter ring: nil verifies nothing.
    private func page(_ ring: KeyRing?) throws -> ReportPage {
        let path = FilePath(file)
        let opened: (bytes: [UInt8], content: AnyReport, signature: PageSource.Signature)
        do throws(VerificationError) {
            opened = try Self.open(path, ring)
        } catch {
            throw Failure(error.status, error.advice)
        }
        var source = PageSource(
            file: path.lastComponent?.string ?? file, sha256: Hex.encode(SHA256.hash(data: opened.bytes)),
            signature: opened.signature)
        source.additions = try BesideReport.additions(path)
        source.actions = try BesideReport.actions(of: path, ring)
        if let ring, case .verified(let key, _) = opened.signature {
            source.approvals = try BesideReport.approvals(of: opened.content.report, key, path, opened.bytes, ring)
        }
        source.history = try history(ring)
        return ReportPage(opened.content, source)
    }

    private static func open(
        _ file: FilePath, _ ring: KeyRing?
    ) throws(VerificationError) -> (bytes: [UInt8], content: AnyReport, signature: PageSource.Signature) {
        let bytes = try Envelope.bytes(of: file, words: .report)
        if let ring {
            let (content, key) = try AnyReport.open(bytes, name: file.string, ring)
            return (bytes, content, .verified(key, at: Date()))
        }
        let stored = try AnyStoredReport(bytes, name: file.string)
        return (bytes, stored.content, stored.isSigned ? .unchecked : .unsigned)
    }

    private func history(_ ring: KeyRing?) throws -> ReportHistory? {
        guard let reports else { return nil }
        guard let ring else {
            return .none(
                "There is no trend: no key was named, and reports whose signatures nobody checked are not drawn.")
        }
        do {
            return .drills(try ReportCatalogue(of: FilePath(reports), ring).entries.map(\.report))
        } catch {
            throw Failure(.couldNotTell, error)
        }
    }
}
