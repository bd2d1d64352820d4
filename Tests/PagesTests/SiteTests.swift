import Evidence
import Files
import Findings
import Foundation
import Ledger
import Report
import Storage
import SystemPackage
import TestSupport
import Testing

@testable import Site

/// A site of reports that were signed, and of the ledger that they are entered in.
@Suite struct SiteTests {
    @Test func everyPlanAtAGlance() async throws {
        try await SiteBench.with { bench in
            for number in 0..<3 { try await bench.drill(.drill(number: number), within: 2 * 86_400) }
            try await bench.drill(
                .drill(plan: "orders", number: 2, verdict: .failed, cause: .backup, checks: .mixed), within: 2 * 86_400)
            // Four days after the last drill: both are overdue.
            let contents = try await bench.contents(now: Report.drill(number: 6).started)
            let files = try SiteBench.files(of: contents)
            #expect(
                Set(files.keys).isSuperset(of: [
                    "index.html", "ledger.html", "plans/shop-weekly.html", "plans/orders.html",
                ]))
            #expect(files.keys.filter { $0.hasPrefix("reports/") }.count == 4)
            let index = try #require(files["index.html"])
            #expect(index.contains("2 of 2 plans need attention."))
            #expect(index.contains("overdue") && index.contains("the plan wants one within 2 d"))
            #expect(index.contains("was not drilled for"))
            #expect(files["plans/shop-weekly.html"]?.contains("<figure>") == true)
            #expect(files["ledger.html"]?.contains("NOT ACCOUNTED FOR") == true)
            // The same contents, the same bytes.
            #expect(try SiteBench.files(of: contents) == files)
            let early = PlanState.all(try await bench.contents(now: Report.drill(number: 3).started))
            #expect(early.map(\.name) == ["orders", "shop-weekly"])
            // The second one waits for an approval.
            #expect(early.map(\.look) == ["bad", "unsure"])
            #expect(early.map(\.schedule.word) == ["in time", "in time"])
        }
    }

    @Test func everyLinkLeadsToAPage() async throws {
        try await SiteBench.with { bench in
            for plan in ["shop", "Shop", "../../etc", Hostile.table, "."] {
                try await bench.drill(.hostile(plan: plan), name: "\(UUID().uuidString)?a=b#c%41")
            }
            var contents = try await bench.contents()
            contents.cold = [.sample]
            let files = try SiteBench.files(of: contents)
            #expect(files.keys.filter { $0.hasPrefix("plans/") }.count == 5)
            var checked = 0
            for (name, html) in files {
                #expect(!html.contains(" href=\"\"") && !html.contains(" href=\"#\""), "\(name)")
                for match in html.matches(of: #/ href="([^"#]+)"/#) {
                    let path = FilePath("/site").appending(name).removingLastComponent().appending(String(match.1))
                    let target = path.lexicallyNormalized().string.dropFirst("/site/".count)
                    #expect(files[String(target)] != nil, "\(name) leads to \(match.1)")
                    checked += 1
                }
            }
            #expect(checked > 20)
            #expect(files["cold-storage.html"]?.contains("2024-07") == true)
        }
    }

    /// What no key that counts has signed is named, and shown nowhere.
    @Test func aForgedReportIsRefused() async throws {
        try await SiteBench.with { bench in
            try await bench.drill(.drill())
            let forged = try await sealed(.drill(plan: "forged", number: 1), .generate())
            try Data(forged).write(to: URL(filePath: bench.reports.appending("forged.dsse.json").string))
            let contents = try await bench.contents()
            let files = try SiteBench.files(of: contents)
            #expect(files["index.html"]?.contains("Files that are not shown") == true)
            #expect(!files.keys.contains { $0.contains("forged") })
        }
    }

    @Test func aDrillWithoutAnEndShows() async throws {
        try await SiteBench.with { bench in
            try await bench.drill(.drill())
            var begin = LedgerEntry(.started, time: Report.drill(number: 1).started)
            (begin.plan, begin.run) = ("shop-weekly", "11111111-5717-4562-b3fc-2c963f66afa6")
            _ = try await bench.place.append(begin)
            let contents = try await bench.contents()
            #expect(PlanState.all(contents).map(\.look) == ["unsure"])
            let files = try SiteBench.files(of: contents)
            #expect(files["ledger.html"]?.contains("has no end") == true)
            #expect(files["index.html"]?.contains("Not accounted for") == true)
        }
    }

    // MARK: The directory

    @Test func aSiteIsExchangedAsAWhole() async throws {
        try await withTemporaryDirectory { directory in
            let site = directory.appending("site")
            try SiteDirectory.publish(to: site) { try $0("old/page.html", Array("old".utf8)) }
            // Whoever opened the directory before still reads the old one, and the new one has nothing of it.
            let inode = try FileManager.default.attributesOfItem(atPath: site.string)[.systemFileNumber] as? Int
            try SiteDirectory.publish(to: site) { put in
                try put("new.html", Array("new".utf8))
                #expect(try Files.names(in: site.appending("old")) == ["page.html"])
            }
            #expect(try Files.names(in: site) == [SiteDirectory.mark, "new.html"])
            #expect(try FileManager.default.attributesOfItem(atPath: site.string)[.systemFileNumber] as? Int != inode)
            #expect(try Files.names(in: directory) == ["site"])
        }
    }

    @Test func aFailureLeavesTheOldSite() async throws {
        struct Full: Error {}
        try await withTemporaryDirectory { directory in
            let site = directory.appending("site")
            try SiteDirectory.publish(to: site) { try $0("index.html", Array("old".utf8)) }
            #expect(throws: Full.self) {
                try SiteDirectory.publish(to: site) { put in
                    try put("index.html", Array("new".utf8))
                    throw Full()
                }
            }
            #expect(try Files.read(site.appending("index.html"), limit: 10) == Array("old".utf8))
            #expect(try Files.names(in: directory) == ["site"])
        }
    }

    @Test func aDirectoryOfOthersIsLeftAlone() async throws {
        try await withTemporaryDirectory { directory in
            let mine = directory.appending("mine")
            try Files.createDirectory(mine, mode: 0o755)
            try Files.create(mine.appending("letter.txt"), [1], mode: .ownerReadWrite)
            #expect(throws: SiteError.self) { try SiteDirectory.publish(to: mine) { _ in } }
            #expect(try Files.names(in: mine) == ["letter.txt"])
            // One that is killed leaves its part, and the next one removes it.
            let part = directory.appending(".site.partial")
            try Files.createDirectory(part, mode: 0o755)
            try Files.create(part.appending(SiteDirectory.mark), [], mode: .ownerReadWrite)
            try Files.create(part.appending("half.html"), [], mode: .ownerReadWrite)
            try SiteDirectory.publish(to: directory.appending("site")) { try $0("index.html", []) }
            #expect(try Files.names(in: directory) == ["mine", "site"])
        }
    }

    @Test func twoDoNotMakeTheSameSite() async throws {
        try await withTemporaryDirectory { directory in
            let site = directory.appending("site")
            try SiteDirectory.publish(to: site) { put in
                try put("index.html", Array("first".utf8))
                #expect {
                    try SiteDirectory.publish(to: site) { try $0("index.html", Array("second".utf8)) }
                } throws: { error in
                    if case SiteError.busy = error { true } else { false }
                }
            }
            #expect(try Files.read(site.appending("index.html"), limit: 10) == Array("first".utf8))
        }
    }
}

/// Reports, and their ledger, in a directory that is removed after the test.
struct SiteBench {
    let reports: FilePath
    let key = SigningKey.generate()
    let place: LedgerPlace

    static func with(_ body: (SiteBench) async throws -> Void) async throws {
        try await withTemporaryDirectory { directory in
            let reports = directory.appending("reports")
            try Files.createDirectory(reports, mode: 0o755)
            try await body(SiteBench(reports))
        }
    }

    private init(_ reports: FilePath) {
        self.reports = reports
        place = LedgerPlace(LedgerPlace.default(of: reports), signer: key, reports: reports)
    }

    /// Stores a report, and enters its begin and its end.
    /// - Parameter name: of its file, without the end; nil for the usual one.
    func drill(_ report: Report, name: String? = nil, within: Int64? = nil) async throws {
        var begin = LedgerEntry(.started, time: report.started)
        (begin.plan, begin.run, begin.nextWithin) = (report.plan, report.id, within)
        _ = try await place.append(begin)
        let plan = ResourceDescriptor(name: "plan.yaml", digest: ["sha256": String(repeating: "cd", count: 32)])
        let stored = try await ReportStore.write(
            try Statement(report: report, configuration: [plan]).encoded(), signer: key,
            name: name.map { $0 + ReportCatalogue.fileNameEnd } ?? ReportStore.fileName(for: report), to: reports)
        var end = LedgerEntry(.finished, time: report.finished)
        (end.plan, end.run, end.verdict, end.envelope) = (report.plan, report.id, report.verdict, stored.sha256)
        end.file = stored.file.lastComponent?.string
        _ = try await place.append(end)
    }

    func contents(now: Date = Report.drill(number: 1).started) async throws -> SiteContents {
        let ring = KeyRing(operators: [key.publicKey])
        let request = AuditRequest(ring: ring, reports: reports, now: now)
        return SiteContents(
            reports: try ReportCatalogue(of: reports, ring), additions: try StoredAdditions(in: reports),
            audit: try await withFiles(of: LedgerPlace.default(of: reports)) { try await $0.audit(request) }, cold: [],
            ring: ring, now: now)
    }

    static func files(of contents: SiteContents) throws -> [String: String] {
        var files: [String: String] = [:]
        try contents.pages { name, bytes in
            #expect(files[name] == nil, "\(name) twice")
            files[name] = String(decoding: bytes, as: UTF8.self)
        }
        return files
    }
}

extension ColdPlace {
    static let sample = ColdPlace(
        location: "s3://cold/shop", plan: "monthly", updated: Report.drill().started,
        signedBy: SigningKey.generate().publicKey,
        tables: [
            Table(
                name: "public.messages", column: "timestamp", rows: 1_234_567,
                slices: [
                    Slice(
                        name: "2024-07", rows: 1_234_567, bytes: 9_876_543, files: 2, exported: Report.drill().started,
                        source: "shop, restored and checked by the drill 3fa85f64", readAgain: nil)
                ])
        ])
}
