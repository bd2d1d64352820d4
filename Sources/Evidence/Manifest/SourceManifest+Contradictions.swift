import Evidence
import Findings
import Postgres
import Rows

extension SourceManifest: StatementPredicate {
    package static let words = DocumentNames(
        name: "manifest", fullName: "the manifest of a dump",
        file: "The manifest of a dump is the file beside it whose name ends in \(ManifestFile.nameEnd).",
        howToSign: "Capture with --signing-key for evidence.")
    package static let signedField = "predicate.signed"

    /// What the manifest says that cannot be true. If there is nothing, it is as reliable as its signer.
    package func contradictions(subject: [ResourceDescriptor]) -> [String] {
        var found: [String] = []
        if subject.count != 1 || subject[0].digest?.isEmpty != false {
            found.append("`subject` is not one backup with its digest")
        }
        if id.wholeMatch(of: /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/) == nil { found.append("`id` is not a UUID") }
        if (scope == .dump) != (dump != nil) { found.append("`scope` does not fit `dump`") }
        if let dump, dump.exitCode != 0 { found.append("`dump` is of a pg_dump that failed") }
        if scope == .baseBackup, tables.contains(where: { $0.rows != nil }) {
            found.append("`scope` is baseBackup and rows were read")
        }
        if Set(tables.map(\.tableName)).count != tables.count { found.append("a table is listed twice") }
        if Set(sequences.map { TableName(schema: $0.schema, name: $0.name) }).count != sequences.count {
            found.append("a sequence is listed twice")
        }
        guard countsFit else { return found + ["it counts more rows or bytes than there can be"] }
        for (index, table) in tables.enumerated() where found.count < 20 {
            found += table.contradictions.map { "`tables[\(index)]` \($0)" }
        }
        return found
    }

    /// Whether all rows and bytes can be added up.
    private var countsFit: Bool {
        let digests = tables.compactMap(\.rows).flatMap { rows in
            [rows.digest] + (rows.ranges.map { $0.parts.map(\.digest) + [$0.elsewhere] } ?? [])
        }
        // The bytes of canonical rows are never fewer than the rows.
        var sum: Int64 = 0
        for digest in digests {
            let (next, overflow) = sum.addingReportingOverflow(digest.bytes)
            if overflow { return false }
            sum = next
        }
        return true
    }
}

extension SourceManifest.Table {
    fileprivate var contradictions: [String] {
        var found: [String] = []
        let names = columns.map { Array($0.name.utf8) }
        if Set(names).count != names.count { found.append("has a column twice") }
        if !key.allSatisfy({ names.contains(Array($0.utf8)) }) { found.append("has a key of columns that it has not") }
        guard let rows else { return found }
        if isPartitioned { found.append("is partitioned and has rows of its own") }
        if unread != nil { found.append("has rows, and a reason why they were not read") }
        if let ranges = rows.ranges {
            if ranges.keyRanges == nil { found.append("has ranges that do not follow one another") }
            if ranges.keyRanges?.total != rows.digest { found.append("has ranges that do not add up to its rows") }
            if key.isEmpty { found.append("has ranges and no key") }
        }
        if rows.sketch != nil, rows.rowSketch == nil { found.append("has a sketch that is none") }
        if !rows.newest.keys.allSatisfy({ names.contains(Array($0.utf8)) }) {
            found.append("has times of columns that it has not")
        }
        return found
    }
}
