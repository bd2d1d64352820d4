import Archive
import Findings

extension DumpNotices {
    /// What a person should know of a dump that is whole, as findings.
    var findings: [Finding] {
        [schemaAlone, nothing, offsets, policies, unlogged, views].compactMap { $0 } + leftOut + notValidYet + needs
    }

    private var schemaAlone: Finding? {
        guard hasNoRows else { return nil }
        return Finding(
            id: .rowCounts, subject: "database", status: .failed, basis: .rule, expected: "the rows of the tables",
            observed: "no rows of any table",
            reason: "the dump holds definitions alone (--schema-only or --section=pre-data): no row can be recovered",
            cause: .backup)
    }

    private var nothing: Finding? {
        guard hasNoTables else { return nil }
        var finding = Finding(
            id: .rowCounts, subject: "database", status: .failed, basis: .rule, expected: "tables, or their rows",
            observed: "no table is created, and no rows are there",
            reason:
                "the dump holds constraints, indexes and the like alone (--section=post-data): no row can be recovered from it",
            cause: .backup)
        if !hasPartsOfTables {
            finding.status = .inconclusive
            finding.cause = .environment
            finding.reason =
                "there is nothing to inspect: the database has no tables, or the dump was made without them and their rows"
        }
        return finding
    }

    private var leftOut: [Finding] {
        tablesWithoutRows.map {
            Finding(
                id: .rowCounts, subject: $0, status: .notRun, basis: .archive,
                reason: "the dump leaves out this table's rows (--exclude-table-data, --schema-only)")
        }
    }

    private var offsets: Finding? {
        guard hasNoOffsets else { return nil }
        return told(
            .archive, "table of contents", "it does not say where the data is",
            "pg_dump wrote the dump to a pipe, or was stopped before its end; the data itself was read, and is all there"
        )
    }

    private var policies: Finding? {
        guard isFilteredByPolicies else { return nil }
        var finding = told(
            .archive, "row security", "SET row_security = on",
            "pg_dump ran with --enable-row-security: rows that a policy hides from its role are not in the dump")
        finding.hazard = true
        return finding
    }

    private var unlogged: Finding? {
        guard !unloggedTables.isEmpty else { return nil }
        return told(
            .archive, "unlogged tables", firstOf(unloggedTables),
            "a crash empties such a table, and on a standby it has no rows: compare its rows with the source")
    }

    private var views: Finding? {
        guard !unpopulatedViews.isEmpty else { return nil }
        return told(
            .archive, "materialized views", firstOf(unpopulatedViews),
            "they were not filled at the source, so a restore leaves them empty: REFRESH MATERIALIZED VIEW")
    }

    private var notValidYet: [Finding] {
        notValid.map {
            var finding = told(
                .constraints, $0, "NOT VALID",
                "rows that are older than the constraint were never checked at the source")
            finding.hazard = true
            return finding
        }
    }

    private var needs: [Finding] {
        let reasons = [
            (CheckID.extensions, "extensions", extensions, "install them where the dump is restored"),
            (
                .restore, "roles", roles,
                "create them where the dump is restored, or restore with --no-owner and --no-privileges"
            ),
            (
                .restore, "tablespaces", tablespaces,
                "create them where the dump is restored, or restore with --no-tablespaces"
            ),
        ]
        return reasons.filter { !$0.2.isEmpty }.map { told($0.0, $0.1, $0.2.joined(separator: ", "), $0.3) }
    }

    private func told(_ id: CheckID, _ subject: String, _ observed: String, _ reason: String) -> Finding {
        Finding(id: id, subject: subject, status: .passed, observed: observed, reason: reason)
    }
}

extension ColumnOrderRisk {
    /// A failure where the dump shows that values come to wrong columns, else a hazard.
    var finding: Finding {
        let how =
            switch reason {
            case .inherits:
                """
                the table inherits, and a restore puts the columns of its parents first, which the source had in another order if a \
                parent got a column later
                """
            case .loadedThroughRoot:
                "the rows go through the root of the partitioned table, which has its columns in another order"
            }
        var finding = Finding(
            id: .archive, subject: table.label, status: isProven ? .failed : .passed, basis: .archive,
            expected: "each value in the column that it came from",
            observed: "INSERT statements that do not name their columns"
                + (isProven ? ", and another order of the columns" : ""),
            reason: "\(how): then values come to wrong columns, often without an error. Dump with --column-inserts",
            cause: isProven ? .backup : nil)
        if !isProven { finding.hazard = true }
        return finding
    }
}

extension DumpDoubt {
    /// A hazard where an ordinary selection has the same; else rows that a restore of the dump loses.
    var finding: Finding {
        var finding = Finding(
            id: .archive, subject: flaw.subject, status: isOrdinary ? .passed : .failed, basis: .rule,
            expected: "created by the dump", observed: flaw.problem,
            reason: """
                a restore of this dump alone has an error there: it is a part of a database (pg_dump -t, -T or -n), or a name in it is \
                damaged
                """, cause: isOrdinary ? nil : .backup)
        if isOrdinary { finding.hazard = true }
        return finding
    }
}
