import Findings
import Foundation
import Report
import SystemPackage
import Testing

@testable import Notify

@Suite struct NoticeTests {
    static func report(_ verdict: Verdict, _ cause: Cause? = nil, plan: String = "shop") -> Report {
        Report(
            id: "one", plan: plan, trigger: Report.Trigger(kind: "manual", user: "test", host: "test"),
            verdict: verdict,
            cause: cause, started: Date(timeIntervalSince1970: 0), finished: Date(timeIntervalSince1970: 60),
            signed: true,
            backup: Report.Backup(
                kind: "dump", format: "custom", location: "/b/shop.dump", bytes: 10, whyThisOne: "the only one"),
            environment: Report.Environment(tool: "pgassay 1", os: "Linux", account: "test"),
            checks: [
                Finding(
                    id: CheckID("row-counts"), subject: "public.<farmers>",
                    status: verdict == .passed ? .passed : .failed,
                    reason: verdict == .passed ? nil : "rows are missing & gone",
                    cause: verdict == .passed ? nil : .backup)
            ])
    }

    static func notice(
        _ verdict: Verdict, _ cause: Cause? = nil, passedBefore: Bool? = nil, plan: String = "shop"
    ) -> Notice {
        Notice(
            plan: plan, host: "db1",
            event: .ended(report(verdict, cause, plan: plan), file: "/r/one.dsse.json", statement: Array("{}".utf8)),
            passedBefore: passedBefore)
    }

    @Test("Who is told when", arguments: Notifier.Occasion.allCases)
    func occasions(_ occasion: Notifier.Occasion) {
        func fits(_ notice: Notice) -> Bool { notice.fits([occasion]) }
        #expect(!fits(Notice(plan: "shop", host: "db1", event: .began)))
        #expect(fits(Self.notice(.failed, .backup)) == (occasion != .recovery))
        #expect(fits(Self.notice(.inconclusive, .environment)) == (occasion != .recovery))
        #expect(fits(Notice(plan: "shop", host: "db1", event: .noReport(reason: "x"))) == (occasion != .recovery))
        #expect(fits(Self.notice(.passed)) == (occasion == .always))
        #expect(fits(Self.notice(.passed, passedBefore: true)) == (occasion == .always))
        #expect(fits(Self.notice(.passed, passedBefore: false)) == (occasion != .failure))
    }

    @Test func words() {
        #expect(
            Self.notice(.failed, .backup).text == """
                pgassay: the drill shop on db1 FAILED (cause: backup)
                FAILED: the backup is bad. Do not rely on it.
                row-counts: public.<farmers>: rows are missing & gone
                Report: /r/one.dsse.json

                """)
        #expect(Self.notice(.passed, passedBefore: false).headline == "pgassay: the drill shop on db1 passes again")
        // A name cannot begin a line, or another header.
        let hostile = Self.notice(.failed, .backup, plan: "a\nBcc: x")
        #expect(!hostile.headline.contains("\n"))
    }

    @Test func wordsOfAnExport() {
        func notice(_ event: Notice.Event, passedBefore: Bool? = nil) -> Notice {
            Notice(.export, plan: "cold", host: "db1", event: event, passedBefore: passedBefore)
        }
        func export(_ verdict: Verdict, _ cause: Cause? = nil, at location: String? = "s3://cold/shop") -> Notice.Event
        {
            .exported(
                Notice.Export(
                    verdict: verdict, cause: cause, location: location, findings: Self.report(verdict, cause).checks,
                    report: location == nil ? "/r/one.dsse.json" : nil))
        }
        #expect(
            notice(export(.passed)).text == """
                pgassay: the export cold on db1 passed
                The export is at s3://cold/shop.

                """)
        #expect(notice(export(.passed), passedBefore: false).headline == "pgassay: the export cold on db1 passes again")
        #expect(
            notice(export(.failed, .backup, at: nil)).text == """
                pgassay: the export cold on db1 FAILED (cause: backup)
                Nothing was exported: the drill did not find the backup good.
                row-counts: public.<farmers>: rows are missing & gone
                Report of the drill: /r/one.dsse.json

                """)
        #expect(
            notice(.noReport(reason: "the disk is full")).text == """
                pgassay: the export cold on db1 DID NOT END
                the disk is full
                What was exported whole stays; started again, it goes on.

                """)
        let document = notice(export(.failed, .backup)).document
        #expect(document.event == "ended" && document.job == .export && document.passed == false)
        #expect(document.export == "s3://cold/shop" && document.report == nil)
        #expect(notice(export(.failed, .backup)).fits([.failure]) && !notice(export(.passed)).fits([.failure]))
        #expect(Self.notice(.passed).document.job == .drill)
    }

    @Test("A message for sendmail: what is not ASCII is encoded, and nothing gets into the headers")
    func mail() throws {
        let text = String(
            decoding: Mail(Self.notice(.failed, .backup), to: ["a@b", "c@d"], from: "e@f").bytes, as: UTF8.self)
        let parts = text.components(separatedBy: "\n\n")
        #expect(parts.count == 2)
        #expect(
            parts[0] == """
                From: e@f
                To: a@b, c@d
                Subject: pgassay: the drill shop on db1 FAILED (cause: backup)
                Auto-Submitted: auto-generated
                MIME-Version: 1.0
                Content-Type: text/plain; charset=utf-8
                Content-Transfer-Encoding: base64
                """)
        let body = try #require(Data(base64Encoded: parts[1], options: .ignoreUnknownCharacters))
        #expect(String(decoding: body, as: UTF8.self) == Self.notice(.failed, .backup).text)
        let plan = "čšž-" + String(repeating: "ж", count: 60)
        let long = String(
            decoding: Mail(Self.notice(.failed, .backup, plan: plan), to: ["a@b"], from: nil).bytes, as: UTF8.self)
        let subject = try #require(long.firstMatch(of: /Subject: ((?:.*\n )*.*)\n/)).1
        #expect(subject.split(separator: "\n").allSatisfy { $0.count <= 76 })
        let decoded = subject.matches(of: /=\?utf-8\?B\?([^?]*)\?=/).map {
            String(decoding: Data(base64Encoded: String($0.1)) ?? Data(), as: UTF8.self)
        }
        #expect(decoded.joined() == "pgassay: the drill \(plan) on db1 FAILED (cause: backup)")
    }
}
