import Archive
import Findings
import Values

extension RowFindings {
    /// What was found, table by table, then the keys.
    var findings: [Finding] {
        tables.flatMap(\.findingsOfValues) + uniqueKeys.map { $0.finding(.constraints, expected: "each key once") }
            + foreignKeys.map { $0.finding(.foreignKeys, expected: "0 orphans") }
    }
}

extension InspectedTable {
    /// One for the columns that are as they should be, and one for each thing that is not.
    fileprivate var findingsOfValues: [Finding] {
        if let unchecked {
            return [
                Finding(
                    id: .values, subject: table.label, status: .notRun,
                    reason: "its values were not looked at: \(unchecked)")
            ]
        }
        return [sound].compactMap { $0 } + wrong + unjudged + unread + times
    }

    private func subject(_ column: InspectedColumn) -> String { "\(table.label).\(column.name)" }

    private var sound: Finding? {
        let columns = results.filter { $0.column.type.isJudged }
        let fit = columns.filter { $0.findings.misfits == 0 && $0.findings.nulls == 0 }
        let others = results.filter { !$0.column.type.isJudged }
        let passedOver = others.map { "\($0.column.name) (\($0.column.type.name))" }
        guard !fit.isEmpty || columns.isEmpty else { return nil }
        if columns.isEmpty {
            guard !others.isEmpty else { return nil }
            return Finding(
                id: .values, subject: table.label, status: .notRun,
                reason: "no column is of a type whose values can be judged without a server: \(firstOf(passedOver))")
        }
        return Finding(
            id: .values, subject: table.label, status: .passed, basis: .rule,
            expected: "values of their columns' types, and no NULL where the column is NOT NULL",
            observed: "as expected, in \(fit.count) of \(counted(results.count, "column"))",
            reason: passedOver.isEmpty
                ? nil : "not looked at, because only a server knows their types: \(firstOf(passedOver))")
    }

    private var wrong: [Finding] {
        results.flatMap { column, found in
            let misfits =
                found.misfits == 0
                ? nil
                : Finding(
                    id: column.type.isJSON ? .jsonb : .values, subject: subject(column), status: .failed, basis: .rule,
                    expected: "each value is \(column.type.words)",
                    observed: "\(counted(found.misfits, "value is", "values are")) not",
                    reason:
                        "no server takes these values, so the table does not restore: the file was changed after pg_dump wrote it",
                    cause: .backup)
            let nulls =
                found.nulls == 0
                ? nil
                : Finding(
                    id: .constraints, subject: subject(column), status: .failed, basis: .rule,
                    expected: "no NULL, as the column is NOT NULL", observed: counted(found.nulls, "NULL"),
                    reason: "no server takes these rows, so the table does not restore", cause: .backup)
            return [misfits, nulls].compactMap { $0 }
        }
    }

    private var unjudged: [Finding] {
        results.filter { $0.findings.unjudged > 0 }.map { column, found in
            Finding(
                id: column.type.isJSON ? .jsonb : .values, subject: subject(column), status: .inconclusive,
                observed: counted(found.unjudged, "value"),
                reason: """
                    in a form that pg_dump does not write: damaged, or put in by hand. Whether a server takes it, only a \
                    restore shows: drill the backup
                    """, cause: .environment)
        }
    }

    private var unread: [Finding] {
        guard unreadRows > 0 else { return [] }
        return [
            Finding(
                id: .values, subject: table.label, status: .notRun, observed: counted(unreadRows, "row"),
                reason: "rows of more than 64 MiB were counted and hashed, and their values were not looked at")
        ]
    }

    private var times: [Finding] {
        results.compactMap { column, found in
            guard let first = found.times.minimum, let last = found.times.maximum else { return nil }
            return Finding(
                id: .freshness, subject: subject(column), status: .passed, observed: "newest \(last), oldest \(first)")
        }
    }
}

extension KeyFinding {
    fileprivate func finding(_ id: CheckID, expected: String) -> Finding {
        var finding = Finding(id: id, subject: subject, status: .passed, basis: .rule, expected: expected)
        switch outcome {
        case .holds(let rows):
            finding.observed = "as expected, in \(counted(rows, "row"))"
        case .duplicates(let keys, let rows):
            finding.status = .failed
            finding.observed = "\(counted(keys, "key")) more than once, in \(counted(rows, "row")) too many"
            finding.reason =
                "the \(kind) cannot be made from these rows: the source's index is damaged, or the rows were changed"
            finding.cause = .backup
        case .orphans(let rows):
            finding.observed = counted(rows, "orphan")
            if isUnproven {
                finding.hazard = true
                finding.reason = "known at the source: the constraint is NOT VALID or NOT ENFORCED there"
            } else {
                finding.status = .failed
                finding.reason = "rows refer to rows that are not in the backup, so the constraint cannot be made"
                finding.cause = .backup
            }
        case .unchecked(let reason):
            finding.status = .notRun
            finding.reason = "not checked without a server: \(reason)"
        case .lost(let error):
            finding.status = .inconclusive
            finding.reason = "\(error); free space there, or name another directory with PGASSAY_SCRATCH"
            finding.cause = .environment
        }
        return finding
    }
}

extension ValueType {
    fileprivate var isJSON: Bool {
        switch self {
        case .json, .jsonb: true
        case .array(let element): element.isJSON
        default: false
        }
    }

    /// Of a type that is not judged.
    fileprivate var name: String {
        switch self {
        case .other(let name): name
        case .array(let element): "\(element.name)[]"
        default: words
        }
    }
}
