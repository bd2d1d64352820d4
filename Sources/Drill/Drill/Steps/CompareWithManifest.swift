import Archive
import Backup
import Checks
import Findings
import Manifest
import Rows

/// What an inspection says of the rows that were read from a dump, held against what the source had.
struct ManifestComparison {
    private let manifest: SourceManifest
    private let data: BackupData

    init(_ manifest: SourceManifest, _ data: BackupData) {
        self.manifest = manifest
        self.data = data
    }

    var findings: [Finding] {
        let read = Dictionary(
            data.tables.map { (TableLabel(schema: $0.schema ?? "public", name: $0.name), $0) }
        ) { $1 }
        return manifest.tables.filter { $0.held == .rows }.compactMap { table in
            guard let rows = table.rows else { return nil }
            let label = TableLabel(schema: table.schema, name: table.name)
            guard let contents = read[label] else { return absent(label, rows.digest) }
            return finding(label, table, rows.digest, contents)
        }
    }

    private struct TableLabel: ExactlyNamed {
        let schema: String
        let name: String
        var nameParts: [String] { [schema, name] }
        var words: String { "\(schema).\(name)" }
    }

    private func absent(_ table: TableLabel, _ digest: TableDigest) -> Finding {
        Finding(
            id: .content, subject: table.words, status: .failed, basis: .manifest,
            expected: counted(digest.rows, "row"), observed: "no data of this table",
            reason: "the source had this table, pg_dump put it into the dump, and the dump does not have it any more",
            cause: .backup)
    }

    private func finding(
        _ label: TableLabel, _ table: SourceManifest.Table, _ source: TableDigest, _ contents: TableContents
    ) -> Finding {
        var finding = Finding(
            id: .content, subject: label.words, status: .passed, basis: .manifest,
            expected: counted(source.rows, "row"), observed: counted(contents.rows, "row"))
        guard contents.rows == source.rows else {
            finding.status = .failed
            finding.reason = "the dump does not have as many rows as the source had"
            finding.cause = .backup
            return finding
        }
        if let digest = contents.digest, data.encoding == "UTF8" {
            finding.expected = source.words
            finding.observed = digest.words
            if digest == source { return finding }
            let unsure = table.columns.filter { !isPrintedAlike($0, contents) }.map(\.name)
            if unsure.isEmpty {
                finding.status = .failed
                finding.reason =
                    "as many rows as the source had, and other values; a drill says in which range of the key they are"
                finding.cause = .backup
                return finding
            }
            finding.reason =
                "as many rows as the source had; whether their values are the same, only a drill can tell: pg_dump may print "
                + "\(firstOf(unsure)) in another form"
        } else {
            finding.reason = "as many rows as the source had; their values are compared by a drill"
        }
        finding.status = .notRun
        return finding
    }

    /// Types whose values pg_dump prints in one form, whatever the session's time zone and the form of bytea are.
    private static let stable: Set<String> = [
        "smallint", "integer", "bigint", "real", "double precision", "numeric", "boolean", "text", "uuid", "json",
        "jsonb", "date", "character varying", "character", "bpchar", "name", "inet", "cidr", "macaddr", "interval",
        "timestamp without time zone", "time without time zone", "tsvector", "xml", "bit", "bit varying", "oid",
    ]

    private func isPrintedAlike(_ column: SourceManifest.Column, _ contents: TableContents) -> Bool {
        if contents.timeColumns.contains(column.name) { return true }
        var type = column.type
        while type.hasSuffix("[]") { type.removeLast(2) }
        // `character varying(20)`, `timestamp(3) without time zone`
        return Self.stable.contains(type.replacing(/\([0-9,-]+\)/, with: ""))
    }
}
