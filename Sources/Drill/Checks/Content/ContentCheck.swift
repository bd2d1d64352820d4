import Archive
import Backup
import Findings
import Manifest
import PlanFile
import Postgres

extension CheckID {
    package static let content = CheckID("content")
}

/// Does each restored table hold the rows that are in the backup?
struct ContentCheck: Check {
    static let description = CheckDescription(
        id: .content,
        asks: "Does each table hold exactly the rows that are in the backup, and those that the source had?",
        covers: """
            The rows of each table of a dump: how many there are, and a digest of all values, as they were read from the dump \
            and as the restored table has them. Where a manifest was taken at the source (pgassay capture), the same against what the source \
            had; columns and their types too. What differs is counted, and the ranges of the primary key are named in which it is. Tables \
            whose rows may move between partitions are compared at their root.
            """,
        doesNotCover: """
            Without a manifest: rows that are not in the backup, such as those that a policy hid from pg_dump. Values of dumps of INSERT \
            statements, and of types of extensions, where they are not printed as in the dump: there, only the number \
            of rows is compared. Amounts of money that are not printed as in the dump are "could not tell". Of tables with a row of more than 8 MiB, only the number too. Generated columns. Tables of extensions.
            """,
        notRun: "the backup does not say what rows its tables have",
        example: """
            exampleKeys: 5
            """)

    static func demands(of node: PlanNode) throws(PlanError) -> ContentExpectation? {
        try ContentExpectation(node)
    }

    func questions(about table: Table, in context: CheckContext) -> [ScanQuestion] {
        // Counted by one scan for all checks, and asked only where the rows themselves cannot be compared.
        context.expectations.of(Self.self).contains { $0.demand.data != nil } ? [RowCountsCheck.rows] : []
    }

    func probes(in context: CheckContext) async throws -> [Probe] {
        let exampleKeys = context.expectations.of(Self.self).reduce(0) { max($0, $1.demand.exampleKeys) }
        let all = context.expectations.of(Self.self).flatMap { comparisons(with: $0, in: context) }
            .filter { $0.digest != nil }
        // A table is read once for all who expect something of it.
        return Dictionary(grouping: all, by: \.table).sorted { $0.key.name < $1.key.name }.map { table, comparisons in
            Probe(
                table.name.description, needs: .reading(comparisons[0].leaves),
                bytes: comparisons[0].leaves.reduce(0) { $0 + $1.bytes }, basis: comparisons[0].basis,
                expected: comparisons[0].expected
            ) { session in
                var reader = TableReader(session: session)
                var findings: [Finding] = []
                for comparison in comparisons {
                    findings.append(try await comparison.finding(over: &reader, exampleKeys: exampleKeys))
                }
                return findings
            }
        }
    }

    func findings(in context: CheckContext, _ answers: ScanAnswers) async throws -> [Finding] {
        context.expectations.of(Self.self).flatMap { based in
            if let data = based.demand.data, data.mayChangeRows, !data.tables.isEmpty { return [Self.mayChangeRows] }
            return comparisons(with: based, in: context).filter { $0.digest == nil }.map { $0.finding(answers) }
        }
    }

    private static let mayChangeRows = Finding(
        id: id, subject: "database", status: .notRun, basis: .archive,
        reason: "the backup has statements that pg_dump does not write, and they may have changed rows")

    /// The digests of the tables that hold what the backup has of them, by name. None of rows in another encoding than
    /// UTF-8, in which they are not canonical.
    static func digests(_ findings: [Finding], in context: CheckContext) -> [String: String] {
        let known = context.expectations.of(Self.self).filter { $0.demand.data?.encoding == "UTF8" }
        return known.reversed().reduce(into: [:]) { digests, based in
            let same = Set(
                findings.lazy.filter { $0.id == id && $0.status == .passed && $0.basis == based.basis }.map(\.subject))
            for comparison in ContentCheck().comparisons(with: based, in: context) {
                let name = comparison.table.name.description
                if let digest = comparison.digest, same.contains(name) { digests[name] = digest.hash }
            }
        }
    }

    // MARK: What is compared with what

    private func comparisons(
        with based: Based<ContentExpectation>, in context: CheckContext
    ) -> [ContentComparison] {
        guard let data = based.demand.data, !data.mayChangeRows else { return [] }
        var whole: [ContentComparison] = []
        var leaves: [Int64: [TableContents]] = [:]
        for contents in data.tables where contents.isDefined {
            let name = TableName(schema: contents.schema ?? "public", name: contents.name)
            // What is not there is told by other checks.
            guard let table = context.catalogue.table(name) else { continue }
            if contents.isLoadedThroughRoot {
                leaves[context.catalogue.root(of: table).oid, default: []].append(contents)
            } else {
                whole.append(
                    ContentComparison(
                        table, [contents], based, proof: based.demand.proofs[name], in: context.catalogue))
            }
        }
        // Rows may have moved between the leaves of one root, so all of its leaves are needed.
        let moved = leaves.compactMap { root, some in
            context.catalogue.table(root).map { table in
                let rest = data.tables.filter { contents in
                    !contents.isLoadedThroughRoot && contents.isDefined
                        && context.catalogue.table(TableName(schema: contents.schema ?? "public", name: contents.name))
                            .map { $0.isPartition && context.catalogue.root(of: $0).oid == root } == true
                }
                return ContentComparison(table, some + rest, based, proof: nil, in: context.catalogue)
            }
        }
        let roots = Set(moved.map(\.table.oid))
        return (whole.filter { !roots.contains(context.catalogue.root(of: $0.table).oid) } + moved)
            .sorted { $0.table.name < $1.table.name }
    }
}
