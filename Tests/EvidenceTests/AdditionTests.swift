import Findings
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Evidence
@testable import Report

/// What people put beside a report counts only as its signer left it, for this report, in the role of the signer.
@Suite(.keepsItsThread) struct AdditionTests {
    private static let machine = SigningKey.generate()
    private static let anna = SigningKey.generate()
    private static let bert = SigningKey.generate()
    private static let by = Report.Trigger(kind: "manual", user: "anna", host: "desk")

    private static let ring = KeyRing([
        KeyRing.Key(machine.publicKey, roles: ["operator"]),
        KeyRing.Key(anna.publicKey, holder: "Anna", roles: ["reviewer", "owner"]),
        KeyRing.Key(bert.publicKey, holder: "Bert", roles: ["owner"]),
    ])

    /// A report that three roles are to approve, in a directory of its own.
    private static func withReport(_ body: (FilePath, String, Report) async throws -> Void) async throws {
        try await withScratchDirectory { directory in
            var report = Report.sample()
            report.approval = ["operator", "reviewer", "owner"]
            let statement = try Statement(report: report, configuration: [samplePlan]).encoded()
            let stored = try await ReportStore.write(
                statement, signer: machine, name: "r.dsse.json", to: directory)
            try await body(stored.file, stored.sha256, report)
        }
    }

    private static func approvals(_ file: FilePath, _ ring: KeyRing = ring) throws -> Approvals {
        let bytes = try file.contents()
        let (content, key) = try AnyReport.open(bytes, name: file.string, ring)
        return Approvals(
            of: content.report, signedBy: key,
            sha256: try Tool.shell.run("-c", "sha256sum '\(file)'", in: "/").output
                .prefix(64).description, try StoredAdditions(beside: file), ring)
    }

    private static func approve(
        _ file: FilePath, _ sha256: String, _ report: Report, _ role: String, _ key: SigningKey,
        _ time: Date = Date()
    ) async throws -> FilePath {
        try await AdditionStore.write(
            Approval(report, role: role, time: time, by: by, comment: "yes"), beside: file, sha256: sha256,
            signer: key
        ).file
    }

    @Test func rolesAreFilledOneByOne() async throws {
        try await Self.withReport { file, sha256, report in
            #expect(try Self.approvals(file).missing == ["reviewer", "owner"])
            let first = try await Self.approve(file, sha256, report, "reviewer", Self.anna)
            #expect(first.lastComponent?.string.hasPrefix("r.dsse.json.approval-reviewer-") == true)
            #expect(try Self.approvals(file).missing == ["owner"])
            _ = try await Self.approve(file, sha256, report, "owner", Self.bert)
            let approvals = try Self.approvals(file)
            #expect(approvals.isComplete && approvals.refused.isEmpty)
            #expect(Set(approvals.given.map(\.holder)) == ["Anna", "Bert"])
            #expect(approvals.given.map(\.comment) == ["yes", "yes"])
            await #expect(throws: ReportStoreError.self) {
                try await Self.approve(file, sha256, report, "owner", Self.bert)
            }
        }
    }

    @Test(
        "An approval that does not count, and why",
        arguments: [
            "the operator's own key", "one person in two roles", "a role that the key has not", "an unknown key",
            "another report", "another verdict", "changed", "another role in the name", "no signature", "too early",
            "the same holder with another key",
        ])
    func doesNotCount(_ fault: String) async throws {
        try await Self.withReport { file, sha256, report in
            var (ring, reason) = (Self.ring, "which you do not trust for the role")
            var missing = ["reviewer", "owner"]
            switch fault {
            case "the operator's own key":
                ring.keys[0].roles = ["operator", "reviewer"]
                _ = try await Self.approve(file, sha256, report, "reviewer", Self.machine)
                reason = "that has signed as operator"
            case "one person in two roles":
                _ = try await Self.approve(file, sha256, report, "reviewer", Self.anna)
                _ = try await Self.approve(file, sha256, report, "owner", Self.anna)
                // By the names of the files, owner comes first.
                (reason, missing) = ("that has signed as owner", ["reviewer"])
            case "a role that the key has not":
                _ = try await Self.approve(file, sha256, report, "reviewer", Self.bert)
            case "an unknown key":
                _ = try await Self.approve(file, sha256, report, "reviewer", SigningKey.generate())
            case "another report":
                _ = try await Self.approve(file, String(repeating: "0", count: 64), report, "reviewer", Self.anna)
                reason = "is about another report"
            case "another verdict":
                var other = report
                (other.verdict, other.cause) = (.failed, .backup)
                _ = try await Self.approve(file, sha256, other, "reviewer", Self.anna)
                reason = "is about another report"
            case "changed":
                let approval = try await Self.approve(file, sha256, report, "reviewer", Self.anna)
                var envelope = try StatementJSON.decode(Envelope.self, from: approval.contents())
                let text = String(decoding: try #require(Base64.decode(envelope.payload)), as: UTF8.self)
                envelope.payload = Base64.encode(Array(text.replacing("\"yes\"", with: "\"no!\"").utf8))
                try approval.write(envelope.encoded())
                reason = "was changed after it was signed"
            case "another role in the name":
                // The name says nothing: the role is in what is signed.
                let approval = try await Self.approve(file, sha256, report, "owner", Self.bert)
                try FileManager.default.moveItem(
                    atPath: approval.string,
                    toPath: approval.string.replacing("approval-owner", with: "approval-reviewer"))
                (reason, missing) = ("", ["reviewer"])
            case "no signature":
                let approval = try await Self.approve(file, sha256, report, "reviewer", Self.anna)
                var envelope = try StatementJSON.decode(Envelope.self, from: approval.contents())
                envelope.signatures = []
                try approval.write(envelope.encoded())
                reason = "its signature is gone"
            case "too early":
                ring.keys[1].from = Date()
                _ = try await Self.approve(file, sha256, report, "reviewer", Self.anna, Date() - 60)
                reason = "by the history of the keys"
            default:
                let second = SigningKey.generate()
                ring.keys.append(KeyRing.Key(second.publicKey, holder: "Anna", roles: ["reviewer"]))
                _ = try await Self.approve(file, sha256, report, "owner", Self.anna)
                _ = try await Self.approve(file, sha256, report, "reviewer", second)
                (reason, missing) = ("is signed by Anna, who has signed as owner", ["reviewer"])
            }
            let approvals = try Self.approvals(file, ring)
            #expect(approvals.missing == missing)
            if reason.isEmpty {
                #expect(approvals.refused.isEmpty)
            } else {
                #expect(
                    approvals.refused.count == 1 && approvals.refused[0].reason.contains(reason), "\(approvals.refused)"
                )
            }
        }
    }

    // MARK: Annotations

    private static func annotate(
        _ file: FilePath, _ sha256: String, _ report: Report, _ finding: Finding?, _ key: SigningKey = machine
    ) async throws -> StoredEnvelope {
        var annotation = Annotation(
            report, findings: finding.map { [AnnotatedFinding($0)] } ?? [], time: Date(), by: by)
        (annotation.owner, annotation.due) = ("anna", "2026-12-31")
        return try await AdditionStore.write(annotation, beside: file, sha256: sha256, signer: key)
    }

    @Test("A finding is open until a drill asks again and finds nothing left to do")
    func openUntilRetested() async throws {
        try await Self.withReport { file, sha256, report in
            let stored = try await Self.annotate(file, sha256, report, report.checks[0])
            let additions = try StoredAdditions(beside: file)
            var reports = [(file: "r.dsse.json", sha256: sha256, report: report)]
            func actions() -> CorrectiveActions { CorrectiveActions(additions, reports: reports, Self.ring) }
            #expect(actions().items.map(\.isOpen) == [true])
            #expect(actions().items[0].signedBy?.publicKey == Self.machine.publicKey)

            var same = report.checks[0]
            for (status, hazard, closed) in [
                (CheckStatus.failed, false, false), (.inconclusive, false, false), (.passed, true, false),
            ] {
                (same.status, same.hazard) = (status, hazard ? true : nil)
                let followUps = actions().followUps(in: [same], of: report.plan)
                #expect(
                    followUps == [
                        Report.FollowUp(
                            annotation: stored.sha256, report: report.id, check: same.id, subject: same.subject,
                            status: status, closed: closed)
                    ])
                var later = report
                (later.followsUp, later.started) = (followUps, later.started + 60)
                reports.append((file: "\(status)", sha256: "\(status)\(hazard)", report: later))
                #expect(actions().items.map(\.isOpen) == [true])
            }
            // What was not asked, and what another plan found, is no answer.
            same.status = .notRun
            #expect(actions().followUps(in: [same], of: report.plan).isEmpty)
            (same.status, same.hazard) = (.passed, nil)
            #expect(actions().followUps(in: [same], of: "another").isEmpty)
            #expect(actions().followUps(in: [same.of("another database")], of: report.plan).isEmpty)
            #expect(actions().followUps(in: [report.checks[1]], of: report.plan).isEmpty)

            var last = report
            (last.followsUp, last.started) = (actions().followUps(in: [same], of: report.plan), last.started + 3600)
            reports.append((file: "last", sha256: "last", report: last))
            #expect(actions().items.map(\.isOpen) == [false])
            #expect(actions().items[0].retests.map(\.closed) == [false, false, false, true])
            #expect(actions().followUps(in: [same], of: report.plan).isEmpty, "it is closed")
        }
    }

    @Test func anAnnotationOfAnUnknownKeyIsIgnored() async throws {
        try await Self.withReport { file, sha256, report in
            _ = try await Self.annotate(file, sha256, report, nil, SigningKey.generate())
            let actions = CorrectiveActions(
                try StoredAdditions(beside: file), reports: [(file: "r", sha256: sha256, report: report)], Self.ring)
            #expect(actions.items.isEmpty)
            #expect(actions.refused.map { $0.reason.hasPrefix("cannot be verified") } == [true])
        }
    }

    @Test("An annotation of a finding that its report does not have is ignored: no drill could ever close it")
    func aFindingThatIsNotThere() async throws {
        try await Self.withReport { file, sha256, report in
            var other = report.checks[0]
            other.subject = "public.nowhere"
            _ = try await Self.annotate(file, sha256, report, other)
            for ring in [Self.ring, nil] {
                let actions = CorrectiveActions(
                    try StoredAdditions(beside: file), reports: [(file: "r", sha256: sha256, report: report)], ring)
                #expect(actions.items.isEmpty)
                #expect(
                    actions.refused.map(\.reason) == [
                        "is about a finding that its report does not have: \(other.id): public.nowhere"
                    ])
            }
        }
    }

    @Test func anAnnotationThatSaysNothingIsNotSigned() async throws {
        try await Self.withReport { file, sha256, report in
            let plain = Annotation(report, findings: [], time: Date(), by: Self.by)
            for change in [
                { $0 }, { (a: Annotation) in with(a) { $0.due = "2026-02-30" } },
                { (a: Annotation) in with(a) { $0.note = "" } },
                { (a: Annotation) in with(a) { $0.note = String(repeating: "x", count: 4097) } },
            ] as [(Annotation) -> Annotation] {
                await #expect(throws: StatementError.self) {
                    try await AdditionStore.write(
                        change(plain), beside: file, sha256: sha256, signer: Self.machine)
                }
            }
            let longest = with(plain) { $0.note = String(repeating: "x", count: 4096) }
            _ = try await AdditionStore.write(longest, beside: file, sha256: sha256, signer: Self.machine)
        }
    }

    @Test(arguments: [
        ("r.dsse.json.approval-reviewer-1a2b3c4d.json", "r.dsse.json"),
        ("r.dsse.json.annotation-20261128T042304Z-5e6f7a8b.json", "r.dsse.json"),
        ("r.dsse.json", nil), ("r.dsse.json.tlog-proof", nil),
        ("r.dsse.json.approval-reviewer-1a2b3c4d.json.tlog-proof", nil), ("r.json.approval-x.json", nil),
        ("r.dsse.json.approval-x.dsse.json", nil),
    ])
    func names(_ name: String, _ report: String?) {
        #expect(StoredAddition.reportName(ofAddition: name) == report)
    }
}

private func with(_ annotation: Annotation, _ change: (inout Annotation) -> Void) -> Annotation {
    var changed = annotation
    change(&changed)
    return changed
}
