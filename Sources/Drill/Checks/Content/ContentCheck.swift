import Archive
import Backup
import Findings
import Postgres

extension CheckID {
    package static let content = CheckID("content")
}

/// Does each restored table hold the rows that are in the backup?
struct ContentCheck: Check {
    static let description = CheckDescription(
        id: .content,
        asks: "Does each table hold exactly the rows that are in the backup?",
        covers: """
            The rows of each table of a dump: how many there are, and a digest of all values, as they were read from the dump \
            and as the restored table has them. Tables whose rows may move between partitions are compared at their root.
            """,
        doesNotCover: """
            Rows that are not in the backup, such as those that a policy hid from pg_dump. Values of dumps of INSERT \
            statements, of types of extensions and of money, where they are not printed as in the dump: there, only the number \
            of rows is compared. Of tables with a row of more than 8 MiB, only the number too. Generated columns. Tables of extensions.
            """,
        notRun: "the backup does not say what rows its tables have")

    typealias Demands = BackupData

    func questions(about table: Table, in context: CheckContext) -> [ScanQuestion] {
        // Counted by one scan for all checks, and asked only where the rows themselves cannot be compared.
        context.contents.data == nil ? [] : [RowCountsCheck.rows]
    }

    func probes(in context: CheckContext) async throws -> [Probe] {
        context.expectations.of(Self.self).flatMap { based in
            comparisons(with: based.demand, in: context).filter { $0.digest != nil }.map { comparison in
                Probe(
                    comparison.table.name.description, needs: .reading(comparison.leaves),
                    bytes: comparison.leaves.reduce(0) { $0 + $1.bytes }, basis: based.basis,
                    expected: comparison.expected
                ) { try await comparison.finding(basis: based.basis, over: $0) }
            }
        }
    }

    func findings(in context: CheckContext, _ answers: ScanAnswers) async throws -> [Finding] {
        context.expectations.of(Self.self).flatMap { based in
            if based.demand.mayChangeRows, !based.demand.tables.isEmpty { return [Self.mayChangeRows] }
            return comparisons(with: based.demand, in: context).filter { $0.digest == nil }.map { comparison in
                comparison.finding(basis: based.basis, answers)
            }
        }
    }

    private static let mayChangeRows = Finding(
        id: id, subject: "database", status: .notRun, basis: .archive,
        reason: "the backup has statements that pg_dump does not write, and they may have changed rows")

    /// The digests of the tables that hold what the backup has of them, by name. None of rows in another encoding than
    /// UTF-8, in which they are not canonical.
    static func digests(_ findings: [Finding], in context: CheckContext) -> [String: String] {
        guard let data = context.contents.data, data.encoding == "UTF8" else { return [:] }
        let same = Set(findings.lazy.filter { $0.id == id && $0.status == .passed }.map(\.subject))
        return Dictionary(
            ContentCheck().comparisons(with: data, in: context).compactMap { comparison in
                let name = comparison.table.name.description
                return comparison.digest.flatMap { same.contains(name) ? (name, $0.hash) : nil }
            }
        ) { $1 }
    }

    // MARK: What is compared with what

    private func comparisons(with data: BackupData, in context: CheckContext) -> [ContentComparison] {
        guard !data.mayChangeRows else { return [] }
        var whole: [ContentComparison] = []
        var leaves: [Int64: [TableContents]] = [:]
        for contents in data.tables where contents.isDefined {
            let name = TableName(schema: contents.schema ?? "public", name: contents.name)
            // What is not there is told by other checks.
            guard let table = context.catalogue.table(name) else { continue }
            if contents.isLoadedThroughRoot {
                leaves[context.catalogue.root(of: table).oid, default: []].append(contents)
            } else {
                whole.append(ContentComparison(table, [contents], data, in: context.catalogue))
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
                return ContentComparison(table, some + rest, data, in: context.catalogue)
            }
        }
        let roots = Set(moved.map(\.table.oid))
        return (whole.filter { !roots.contains(context.catalogue.root(of: $0.table).oid) } + moved)
            .sorted { $0.table.name < $1.table.name }
    }
}
