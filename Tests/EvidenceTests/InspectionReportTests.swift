import Foundation
import SystemPackage
import Testing

@testable import Evidence
@testable import Pages
@testable import Report

/// The report of an inspection is evidence of that, and never of a drill.
struct InspectionReportTests {
    private static let key = SigningKey.generate()

    private static func statement(
        signed: Bool = true, _ change: (inout Report) -> Void = { _ in }
    ) -> InspectionStatement {
        var report = Report.sample(signed: signed)
        report.objectives = Report.Objectives()
        report.phases = [Report.Phase(.inspect, started: report.started, seconds: 2)]
        report.environment.postgres = nil
        change(&report)
        return InspectionStatement(report: report, configuration: [samplePlan])
    }

    private static func store(
        _ name: String, in directory: FilePath, signer: (any Signer)? = key
    ) async throws -> FilePath {
        try await ReportStore.write(
            try statement(signed: signer != nil).encoded(), signer: signer, name: name, to: directory
        ).file
    }

    @Test func nobodyTakesItForADrill() async throws {
        try await withScratchDirectory { directory in
            let file = try await Self.store("a.inspection.dsse.json", in: directory)
            #expect(try InspectionStatement(opening: file, publicKey: Self.key.publicKey) == Self.statement())
            let refusal = #expect(throws: VerificationError.self) {
                try Statement(opening: file, publicKey: Self.key.publicKey)
            }
            #expect(refusal?.problem == .unknownPredicateType("tag:pgassay,2026:inspection/v1"))
            let opened = try AnyReport(opening: file, publicKey: Self.key.publicKey)
            #expect(opened.kind == .inspection && opened.report == Self.statement().report)
            #expect(try AnyStoredReport(contentsOf: file).content.kind == .inspection)
        }
    }

    /// Its type changed to that of a drill, and well signed: it has no report of a drill.
    @Test func norWithTheTypeOfADrill() async throws {
        for (old, new) in [
            (InspectionResult.predicateType, TestResult.predicateType), ("inspection\":{\"backup", "drill\":{\"backup"),
        ] {
            let text = String(decoding: try Self.statement().encoded(), as: UTF8.self)
            let bytes = Array(text.replacing(old, with: new).utf8)
            #expect(bytes != Array(text.utf8))
            let envelope = try await Envelope(statement: bytes, signer: Self.key)
            #expect(throws: VerificationError.self) {
                try Statement(opening: try envelope.encoded(), name: "x", publicKey: Self.key.publicKey)
            }
            #expect(throws: VerificationError.self) {
                try InspectionStatement(opening: try envelope.encoded(), name: "x", publicKey: Self.key.publicKey)
            }
        }
    }

    @Test func theCatalogueHasItInAPlaceOfItsOwn() async throws {
        try await withScratchDirectory { directory in
            let file = try await Self.store("a.inspection.dsse.json", in: directory)
            _ = try await Self.store("named-like-a-drill.dsse.json", in: directory)
            let drill = try Statement(report: .sample(), configuration: [samplePlan]).encoded()
            _ = try await ReportStore.write(
                drill, signer: Self.key, name: "named-like-an-inspection.inspection.dsse.json", to: directory)
            let catalogue = try ReportCatalogue(of: directory, KeyRing(operators: [Self.key.publicKey]))
            #expect(catalogue.entries.isEmpty)
            #expect(catalogue.inspections.map(\.file) == [file])
            #expect(catalogue.refusals.count == 2)
            #expect(try ReportCatalogue(of: directory, nil).inspections.isEmpty)
        }
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let message: String
        let change: @Sendable (inout InspectionStatement) -> Void
        var testDescription: String { message }
    }

    @Test(arguments: [
        Row(message: "`predicate.result` is FAILED and `predicate.inspection.verdict` is passed") {
            $0.predicate.result = .failed
        },
        Row(message: "`predicate.passedTests` does not list what `predicate.inspection.checks` says") {
            $0.predicate.passedTests = []
        },
        Row(message: "`subject` is not the backup of `predicate.inspection.backup`") { $0.subject[0].name = "other" },
        Row(message: "the verdict is passed and the backup has no digest") {
            $0.predicate.inspection.backup.digest = [:]
        },
        Row(message: "it is an inspection, and says that the backup was restored") {
            $0.predicate.inspection.environment.postgres = "17.2"
        },
        Row(message: "it is an inspection, and says that the backup was restored") {
            $0.predicate.inspection.phases.append(Report.Phase(.restore, started: Date(), seconds: 1))
        },
        Row(message: "it is an inspection, and has objectives, which only a drill measures") {
            $0.predicate.inspection.objectives.backupAge = Report.Objective(measured: 5)
        },
    ])
    func contradictionsAreRefused(_ row: Row) async throws {
        var statement = Self.statement()
        #expect(statement.contradictions() == [])
        row.change(&statement)
        #expect(statement.contradictions().contains(row.message))
        #expect(throws: StatementError.self) { try statement.encoded() }
        let envelope = try await Envelope(statement: StatementJSON.encode(statement), signer: Self.key)
        #expect(throws: VerificationError.Problem.contradictory(statement.contradictions())) {
            try InspectionStatement(verifying: OpenEnvelope(try envelope.encoded()), Self.key.publicKey)
        }
    }

    @Test func itsTextSaysWhatItIs() {
        let text = ReportText.render(inspection: Self.statement().report, facts: true).written(color: false)
        #expect(text.hasPrefix("PASSED: nothing wrong was found in the backup without restoring it.\n"))
        #expect(text.contains("Inspection\n") && !text.contains("Drill\n"))
        #expect(text.contains("nothing of a restore: the backup was read, and no server was started"))
        let name = ReportStore.fileName(for: Self.statement().report, end: ReportCatalogue.inspectionNameEnd)
        #expect(name.hasSuffix("-3fa85f64.inspection.dsse.json"))
    }
}
