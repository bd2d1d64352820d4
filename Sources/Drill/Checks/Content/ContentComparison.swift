import Archive
import Backup
import Causes
import Findings
import Manifest
import Postgres
import Rows

/// The rows of a restored table, and those that the backup or a manifest has of it: one table, or all leaves of a partitioned one.
struct ContentComparison: Sendable {
    let table: Table
    /// The tables that hold its rows.
    let leaves: [Table]
    /// A client of PostgreSQL holds a whole row, and more than once. Tables with a longer one, in bytes, are compared by number.
    private static let longestRow = 8 << 20
    private let rows: Int64
    /// Of the rows in the backup; nil if they cannot be compared by it.
    let digest: TableDigest?
    private let columns: [String]
    private let timeColumns: Set<String>
    let basis: Basis
    private let encoding: String
    private let hasOldFloats: Bool
    /// What a manifest says of the table; nil for another basis, and for several leaves together.
    private let proof: SourceManifest.Table?

    /// - Parameter proof: what a manifest says of the table.
    init(
        _ table: Table, _ contents: [TableContents], _ based: Based<ContentExpectation>,
        proof: SourceManifest.Table?, in catalogue: Catalogue
    ) {
        self.table = table
        basis = based.basis
        encoding = based.demand.data?.encoding ?? "UTF8"
        hasOldFloats = based.demand.data?.hasOldFloats ?? false
        self.proof = proof
        leaves = catalogue.leaves(of: table)
        rows = contents.reduce(0) { $0 + $1.rows }
        let first = contents.first
        // The sums of leaves with their columns in different orders are of different rows.
        let isOneOrder = contents.allSatisfy { $0.columns == first?.columns }
        let isShort = contents.allSatisfy { $0.longestRow <= Self.longestRow }
        digest = contents.reduce(isOneOrder && isShort ? TableDigest() : nil) { sum, some in
            guard var sum, let digest = some.digest else { return nil }
            sum.add(digest)
            return sum
        }
        columns = first?.columns ?? []
        timeColumns = contents.dropFirst().reduce(first?.timeColumns ?? []) { $0.intersection($1.timeColumns) }
    }

    var expected: String { digest?.words ?? counted(rows, "row") }

    // MARK: By digest

    func finding(over reader: inout TableReader, exampleKeys: Int) async throws -> Finding {
        guard let digest else { preconditionFailure("tables without a digest are counted") }
        if let proof, let difference = try await ColumnDifference(proof, table, over: reader.session) {
            return Finding(
                id: .content, subject: table.name.description, status: .failed, basis: basis,
                expected: difference.expected, observed: difference.observed,
                reason: "the restored table has other columns than \(basis.source) has of it", cause: basis.fault)
        }
        var restored = try await reader.digest(copy)
        if restored != digest, restored.rows == digest.rows {
            let unstable = try await unstableColumns(over: reader.session)
            for settings in basis == .archive ? try Self.settingsOfTheDump(unstable) : [] where restored != digest {
                let otherwise = try await reader.digest(copy, settings)
                if otherwise == digest { restored = otherwise }
            }
            if restored != digest,
                let money = try unstable.first(where: { try $0.need("type", as: String.self) == "money" })
            {
                return otherMoney(in: try money.need("name", as: String.self), observed: restored.words)
            }
            if restored != digest, let reason = try reason(unstable) {
                return Finding(
                    id: .content, subject: table.name.description, status: .notRun, basis: basis, expected: expected,
                    observed: restored.words, reason: reason)
            }
        }
        var found = finding(observed: restored.words, isRight: restored == digest)
        if restored != digest, let proof,
            let words = try await RowDifference.words(
                proof, copy: copy, exampleKeys: exampleKeys, over: reader.session)
        {
            found.reason = "\(found.reason ?? ""): \(words)"
        }
        return found
    }

    private func finding(observed: String, isRight: Bool) -> Finding {
        Finding(
            id: .content, subject: table.name.description, status: isRight ? .passed : .failed, basis: basis,
            expected: expected, observed: observed,
            reason: isRight ? nil : "the restored table does not hold the rows that \(basis.source) has of it",
            cause: isRight ? nil : basis.fault)
    }

    /// Gives the rows.
    private var copy: String {
        let list = columns.map(quoteIdentifier).joined(separator: ", ")
        // COPY of a table gives its own rows only, and those of a table without columns; a partitioned one needs a query.
        let source =
            table.isPartitioned
            ? "(SELECT \(list) FROM \(table.sql))" : table.name.sql + (list.isEmpty ? "" : " (\(list))")
        // The encoding of the rows alone: names in the statement are in that of the session.
        return "COPY \(source) TO STDOUT (ENCODING \(quoteLiteral(encoding)))"
    }

    /// The amounts may be those of the source in another form, or other amounts.
    private func otherMoney(in column: String, observed: String) -> Finding {
        let rule = cause(of: .moneyDiffers, while: .checking, about: "content of \(table.name).\(column)")
        return Finding(
            id: .content, subject: table.name.description, status: rule.status, basis: basis, expected: expected,
            observed: observed, reason: "\(rule.reason). It is the column \(column)", cause: rule.cause)
    }

    private func unstableColumns(over session: Session) async throws -> [Row] {
        let oids = "{" + Set(leaves + [table]).map { "\($0.oid)" }.joined(separator: ",") + "}"
        return try await session.query(
            "SELECT * FROM (\(SQLFile.unstableColumns.text)) AS u WHERE u.table = ANY ($1::int8[])", [oids])
    }

    /// The settings under which pg_dump may have read the columns: the form of bytea is the source's own, and
    /// `--quote-all-identifiers` holds for names among the values, too. Canonical rows have the other form of each.
    private static func settingsOfTheDump(_ columns: [Row]) throws -> [[String: String]] {
        let other = ["bytea_output": "escape", "quote_all_identifiers": "on"]
        let names = Set(try columns.compactMap { try $0.get("setting", as: String.self) }).sorted()
        let single = names.map { [$0: other[$0] ?? ""] }
        return names.count > 1 ? single + [other] : single
    }

    /// Why other values need not be wrong; nil if they are.
    private func reason(_ columns: [Row]) throws -> String? {
        let first = try columns.first { column in
            if try column.get("setting", as: String.self) != nil { return false }
            if try column.need("is_float", as: Bool.self) { return hasOldFloats }
            // A manifest has all times as a session prints them whose time zone is UTC.
            if basis == .manifest, try column.need("type", as: String.self) == "timestamp with time zone" {
                return false
            }
            // Times that the definition in the backup names as such were brought to UTC.
            return try
                !(column.need("is_time", as: Bool.self) && timeColumns.contains(column.need("name", as: String.self)))
        }
        guard let first else { return nil }
        return """
            the number of rows is the same, but pgassay cannot tell whether the values are the same. Example: the source and this \
            server print the column \(try first.need("name", as: String.self)) \
            (\(try first.need("type", as: String.self))) in different forms
            """
    }

    // MARK: By number

    func finding(_ answers: ScanAnswers) -> Finding {
        do throws(PostgresError) {
            let restored = try answers.sum(RowCountsCheck.rows, over: leaves)
            return finding(observed: counted(restored, "row"), isRight: restored == rows)
        } catch {
            return Finding(
                inconclusive: .content, subject: table.name.description, basis: basis, expected: expected,
                because: error)
        }
    }
}

extension TableDigest {
    /// For a finding.
    package var words: String { "\(counted(rows, "row")), digest \(hash)" }
}

extension SQLFile {
    static var unstableColumns: SQLFile { SQLFile(PackageResources.unstable_columns_sql) }
}
