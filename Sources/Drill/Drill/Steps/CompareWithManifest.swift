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
        // In another encoding, rows are not canonical.
        let digest = data.encoding == "UTF8" ? contents.digest : nil
        var finding = Finding(
            id: .content, subject: label.words, status: .passed, basis: .manifest,
            expected: digest == nil ? counted(source.rows, "row") : source.words,
            observed: digest?.words ?? counted(contents.rows, "row"))
        if digest == source { return finding }
        let unsure = table.columns.filter { !isPrintedAlike($0, contents) }.map(\.name)
        let isComparable = digest != nil && unsure.isEmpty
        guard contents.rows != source.rows || isComparable else {
            finding.status = .notRun
            finding.reason = "as many rows as the source had; \(whyNotCompared(contents, unsure))"
            return finding
        }
        finding.status = .failed
        finding.cause = .backup
        finding.reason = "the dump does not hold the rows that \(Basis.manifest.source) has of it"
        let difference = isComparable ? self.difference(table, contents) : whyNotCompared(contents, unsure)
        finding.reason? += ": \(difference)"
        return finding
    }

    /// How many rows differ, and where.
    private func difference(_ table: SourceManifest.Table, _ contents: TableContents) -> String {
        if let keyed = contents.keyed, let difference = RowDifference(table, to: keyed) { return difference.words }
        let names = table.columns.map(\.name)
        if let columns = contents.columns, !columns.elementsEqual(names, by: { $0.utf8.elementsEqual($1.utf8) }) {
            return "it has the columns \(firstOf(columns)), and the source had \(firstOf(names))"
        }
        return "in which range of the key is not told, as a row of it is longer than 64 MiB"
    }

    private func whyNotCompared(_ contents: TableContents, _ unsure: [String]) -> String {
        if data.encoding != "UTF8" {
            return "their values are compared by a drill, because the dump is in \(data.encoding), and not in UTF8"
        }
        guard contents.digest != nil else {
            return
                "their values are compared by a drill, because the form of the dump's rows is not that of a manifest's"
        }
        return
            "whether their values are the same, only a drill can tell: pg_dump may print \(firstOf(unsure)) in another form"
    }

    /// Types whose values every session of a server prints alike, besides those that the dump itself defines.
    private static let stable: Set<String> = [
        "smallint", "integer", "bigint", "real", "double precision", "numeric", "boolean", "text", "uuid", "json",
        "jsonb", "date", "character varying", "character", "bpchar", "name", "inet", "cidr", "macaddr", "macaddr8",
        "interval", "timestamp without time zone", "time without time zone", "time with time zone", "tsvector",
        "tsquery", "xml", "bit", "bit varying", "oid", "money", "point", "line", "lseg", "box", "path", "polygon",
        "circle", "int4range", "int8range", "numrange", "tsrange", "daterange", "int4multirange", "int8multirange",
        "nummultirange", "tsmultirange", "datemultirange", "pg_lsn", "jsonpath", "\"char\"",
    ]

    private func isPrintedAlike(_ column: SourceManifest.Column, _ contents: TableContents) -> Bool {
        if contents.timeColumns.contains(column.name) { return true }
        let table = CopiedTable(schema: contents.schema, name: contents.name)
        if data.printedAlike[table]?.contains(column.name) == true { return true }
        var type = column.type
        while type.hasSuffix("[]") { type.removeLast(2) }
        // What sessions at the source begin with, as that of pg_dump did.
        switch type {
        case "bytea": return manifest.settings["bytea_output"] == "hex"
        case "timestamp with time zone", "tstzrange", "tstzmultirange":
            return ["UTC", "Etc/UTC"].contains(manifest.settings["TimeZone"])
        // `character varying(20)`, `timestamp(3) without time zone`
        default: return Self.stable.contains(type.replacing(/\([0-9,-]+\)/, with: ""))
        }
    }
}

extension SourceManifest {
    /// The tables whose rows are to be taken by ranges of their key while the dump is read.
    var wantedRows: WantedRows {
        tables.filter { $0.held == .rows }.reduce(into: WantedRows()) { wanted, table in
            guard let rows = table.emptyRows else { return }
            wanted.add(
                CopiedTable(schema: table.schema, name: table.name), columns: table.columns.map(\.name), rows)
        }
    }
}
