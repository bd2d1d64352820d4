import ColdTier
import Drill
import Evidence
import Findings
import Foundation
import Pages

extension ExportResult {
    /// The result in words for people.
    /// - Parameters:
    ///   - drill: the drill of the backup that the rows came from.
    ///   - verify: the options that verify what was written.
    func text(_ drill: DrillResult?, verify: String) -> ShownText {
        let slices = manifest.tables.flatMap(\.slices)
        let bytes = slices.flatMap(\.parts).reduce(0) { $0 + $1.bytes }
        let rows = slices.reduce(0) { $0 + $1.digest.rows }
        let earlier: ShownText =
            slices.count > added ? " For earlier slices only the row counts were compared, not the contents." : ""
        let words: ShownText =
            switch judgement.verdict {
            case _ where findings.isEmpty: "NOTHING TO EXPORT: no row is cold."
            case .passed: "EXPORTED: every new slice was read back and has the rows that the database had."
            case .failed:
                "DIFFERENT: what was exported before is damaged, or the database has other rows now. See below."
            case .inconclusive:
                "NOT ALL EXPORTED: some slices are not in the export. See below."
            }
        return ReportText.headline(judgement.verdict, words)
            + """
            \(location): \(counted(added, "slice")) added; in all \(counted(slices.count, "slice")), \(counted(rows, "row")), \
            \(HumanUnits.bytes(bytes)).\(earlier)
            \(fallbacks)
            \(ReportText.render(checks: findings.filter { $0.status != .passed }))
            """
            + (drill.map { "Drill    \($0.report.verdict.rawValue): \($0.file)\n" as ShownText } ?? "")
                + """
                Verify   \(CommandLine.arguments[0]) export verify \(location) \(verify)
                Purge    \(location)/purge.sql deletes what was exported from the source, when you run it with psql

                """
    }
}

extension ExportResult {
    /// A line about columns that are text in a slice although Parquet has a type for them; empty if there are none.
    private var fallbacks: ShownText {
        let columns = manifest.tables.flatMap { table in
            Set(table.slices.flatMap { ($0.fallbacks ?? []).map(\.column) }).sorted().map { "\(table.tableName).\($0)" }
        }
        guard let first = columns.first else { return "" }
        return """
            In some slices, \(counted(columns.count, "column")) (\(first)\(columns.count > 1 ? ", …" : "")) \
            \(columns.count > 1 ? "are" : "is") stored as text, because no type of Parquet holds every value. The manifest names \
            each, with the reason.

            """
    }

    /// The statement, byte for byte; if there was nothing to sign, a document that says so.
    func json() throws -> [UInt8] {
        if let statement { return statement }
        return try ResultDocument(export: location, manifest: manifest.id, judgement, checks: findings, coverage: nil)
            .json()
    }
}

extension VerifyResult {
    /// The result in words for people.
    func text(isSample: Bool, signed: Bool) -> ShownText {
        let words: ShownText =
            switch judgement.verdict {
            case .passed where isSample: "GOOD (sample): every file that was read is good. See below."
            case .passed: "GOOD: every file is there, and holds the rows that were exported."
            case .failed: "DAMAGED: this is not what was exported. See below."
            case .inconclusive: "INCONCLUSIVE: some of it could not be read."
            }
        var lines: [ShownText] = ["\(location): read \(counted(filesRead, "file")), \(HumanUnits.bytes(bytesRead))."]
        if isSample {
            let year = record.coverage(of: manifest, since: Date(timeIntervalSinceNow: -365 * 86_400))
            let share = year.ofBytes == 0 ? 100 : year.bytes * 100 / year.ofBytes
            lines.append(
                "Over the last year \(year.files) of \(counted(year.ofFiles, "file")) were found good: \(share) % of the bytes."
            )
        }
        if !signed { lines.append("It is not signed: nothing says who made it.") }
        return ReportText.headline(judgement.verdict, words) + lines.map { $0 + "\n" as ShownText }.joined() + "\n"
            + ReportText.render(checks: findings)
    }

    /// One document in the same shapes as a report.
    func json() throws -> [UInt8] {
        try ResultDocument(
            export: location, manifest: manifest.id, judgement, checks: findings,
            coverage: record.coverage(of: manifest, since: Date(timeIntervalSinceNow: -365 * 86_400))
        ).json()
    }
}

extension ImportResult {
    /// The result in words for people.
    var text: ShownText {
        let words: ShownText =
            switch judgement.verdict {
            case .passed: "IMPORTED: the database has exactly the rows of the manifest."
            case .failed: "DAMAGED: some slices are not what was exported, and were not loaded. See below."
            case .inconclusive: "NOT ALL IMPORTED: see below. Every slice is loaded whole or not at all."
            }
        return ReportText.headline(judgement.verdict, words)
            + "\(location): \(findings.count { $0.status == .passed }) of \(counted(findings.count, "slice")) imported.\n\n"
            + ReportText.render(checks: findings)
    }

    func json() throws -> [UInt8] {
        try ResultDocument(export: location, manifest: manifest.id, judgement, checks: findings, coverage: nil).json()
    }
}

/// What `--format json` prints for a command that writes no report.
struct ResultDocument: Encodable {
    let export: String
    let manifest: String
    let verdict: Verdict
    let cause: Cause?
    let checks: [Finding]
    /// How much was found good in the last year.
    let coverage: VerificationRecord.Coverage?

    init(
        export: String, manifest: String, _ judgement: Judgement, checks: [Finding],
        coverage: VerificationRecord.Coverage?
    ) {
        self.export = export
        self.manifest = manifest
        verdict = judgement.verdict
        cause = judgement.cause
        self.checks = checks
        self.coverage = coverage
    }

    func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }
}
