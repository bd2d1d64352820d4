import Findings
import Postgres
import Restore

/// Do all references point at something?
struct ForeignKeysCheck: Check {
    static let description = CheckDescription(
        id: .foreignKeys,
        asks: "Does every foreign key's row exist?",
        covers: """
            The number of orphans of every foreign key of the restored database, and of every one that the backup names \
            and that could not be created: composite, self-referencing, MATCH FULL, between partitioned tables. Orphans \
            of a NOT VALID or NOT ENFORCED key are known at the source and are told, not held against the backup.
            """,
        doesNotCover: "References that no foreign key declares. Temporal keys (PERIOD).",
        notRun: "the database has no foreign keys")

    func probes(in context: CheckContext) async throws -> [Probe] {
        var keys = try await context.query(SQLFile.foreignKeys.text).map(ForeignKey.init)
        let existing = Set(keys.map(\.id))
        keys += context.contents.foreignKeys.map(ForeignKey.init).filter {
            !existing.contains($0.id)
        }
        return keys.map { probe(about: $0, in: context) }
    }

    private static let expected = "0 orphans"

    private func probe(about key: ForeignKey, in context: CheckContext) -> Probe {
        let tables = [context.catalogue.table(key.table), context.catalogue.table(key.referenced)].compactMap { $0 }
        return Probe(
            key.subject, key: key.id.nameParts, needs: key.exists ? .reading(tables) : .everything,
            bytes: tables.flatMap(context.catalogue.leaves(of:)).reduce(0) { $0 + $1.bytes }, expected: Self.expected
        ) { [try await finding(about: key, in: context, over: $0)] }
    }

    private func finding(
        about key: ForeignKey, in context: CheckContext, over session: Session
    ) async throws -> Finding {
        var finding = Finding(
            id: Self.id, subject: key.subject, status: .passed, basis: .rule, expected: Self.expected)
        if key.hasPeriod {
            finding.status = .notRun
            finding.reason = "it is a temporal key, whose rows must cover a period; this check cannot ask that"
            return finding
        }
        guard let table = context.catalogue.table(key.table),
            let referenced = context.catalogue.table(key.referenced)
        else {
            finding.status = .notRun
            finding.reason = "\(key.table) or \(key.referenced) was not restored; see the check row-counts"
            return finding
        }
        var key = key
        if !key.exists {
            guard try await comparesPlainTypes(key, table, referenced, over: session) else {
                finding.status = .inconclusive
                finding.reason = "the key was not restored, so how its types of an extension compare is not known"
                finding.cause = .environment
                return finding
            }
            key.casts.referring = try await castsToBlankPadded(key, referenced, over: session)
        }
        let count = key.countOrphans(from: table, to: referenced)
        let settings = context.contents.isPhysicalCopy ? UniqueKey.withoutIndexes : [:]
        let orphans = try await session.reading(settings: settings) {
            try await $0.query(count)[0].need(at: 0, as: Int64.self)
        }
        finding.observed = counted(orphans, "orphan")
        if orphans > 0 && key.isKnownAtSource {
            finding.hazard = true
            finding.reason = "known at the source: the constraint is NOT VALID or NOT ENFORCED there"
        } else if orphans > 0 {
            finding.status = .failed
            finding.reason = """
                rows of \(key.table) refer to rows of \(key.referenced) that are not there: not in the backup, or not loaded \
                (see the check restore)
                """
            finding.cause = .backup
        } else if !key.exists {
            // No orphan explains why it could not be created; the check restore holds the error.
            finding.reason = "the constraint itself was not restored; see the check restore"
        }
        return finding
    }

    /// For each column of a key that could not be created: `=` of a `char(n)` and a text would compare texts, and only the `char(n)`
    /// would lose its blanks; the key compares both as `char(n)`.
    private func castsToBlankPadded(
        _ key: ForeignKey, _ referenced: Table, over session: Session
    ) async throws -> [String] {
        let padded = Set(
            try await session.query(
                """
                SELECT attname FROM pg_catalog.pg_attribute
                WHERE attrelid = \(referenced.oid) AND atttypid = 'pg_catalog.bpchar'::pg_catalog.regtype
                """
            ).map { try $0.need("attname", as: String.self) })
        let referencedColumns = key.referencedColumns
        return key.columns.indices.map {
            $0 < referencedColumns.count && padded.contains(referencedColumns[$0]) ? "::pg_catalog.bpchar" : ""
        }
    }

    /// Whether a key that could not be created is over types of PostgreSQL's own, which `=` compares as the key would.
    private func comparesPlainTypes(
        _ key: ForeignKey, _ table: Table, _ referenced: Table, over session: Session
    ) async throws -> Bool {
        func foreignTypes(_ columns: [String], of table: Table) async throws -> Int {
            try await session.query(
                """
                SELECT count(*) FROM pg_catalog.pg_attribute a
                     JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
                     JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
                WHERE a.attrelid = \(table.oid) AND n.nspname <> 'pg_catalog' AND t.typtype <> 'e'
                  AND a.attname IN (\(columns.map(quoteLiteral).joined(separator: ", ")))
                """)[0].need(at: 0)
        }
        let foreign = try await foreignTypes(key.columns, of: table)
        return try await foreign + foreignTypes(key.referencedColumns, of: referenced) == 0
    }
}
