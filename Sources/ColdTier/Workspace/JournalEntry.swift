import Postgres
import Rows

/// A slice that is written, before a manifest names it.
struct JournalEntry: Codable, Sendable {
    /// The origin of the rows: the backup that a drill restored, or the live database. Rows of another origin count as
    /// other rows.
    var origin: String
    var schema: String
    var table: String
    var tableDirectory: String
    var timeColumn: String
    var timeType: String
    var layout: ExportLayout
    var slicing: ExportManifest.Slicing
    var shape: ExportManifest.Shape
    /// Its `shape` is set only when the manifest is made.
    var slice: ExportManifest.Slice
    /// True once the slice was read back from the store. Until then it is only known to be ours, and no file has a
    /// SHA-256.
    var isProven: Bool

    var tableName: TableName { TableName(schema: schema, name: table) }

    var form: PartForm {
        PartForm(
            layout: layout, columns: shape.columns, key: shape.key, timeColumn: timeColumn,
            fallbacks: slice.fallbacks ?? [])
    }
}

extension JournalEntry {
    init(
        _ planned: PlannedSlice, _ parts: [ExportManifest.Part], _ contentSum: ContentSum,
        source: ExportManifest.Source, origin: String, isProven: Bool, _ request: ExportRequest
    ) {
        let table = planned.table
        let (digest, times) = parts.reduce(into: (TableDigest(), TimeRange())) { sum, part in
            sum.0.add(part.digest)
            for time in [part.minimum, part.maximum] { time.flatMap(DatabaseTime.init).map { sum.1.add($0) } }
        }
        self.init(
            origin: origin, schema: table.name.schema, table: table.name.name, tableDirectory: planned.tableDirectory,
            timeColumn: table.request.timeColumn, timeType: table.timeType, layout: request.layout,
            slicing: request.slicing, shape: table.shape,
            slice: ExportManifest.Slice(
                name: planned.surveyed.period.name, directory: planned.directory, from: planned.surveyed.period.from,
                to: planned.surveyed.period.to, shape: 0, digest: digest, minimum: times.minimum?.description,
                maximum: times.maximum?.description, contentSum: contentSum, partitions: planned.surveyed.partitions,
                fallbacks: planned.fallbacks.isEmpty ? nil : planned.fallbacks, source: source, parts: parts),
            isProven: isProven)
    }
}

extension ExportManifest.Slice {
    /// The differences from what the database counted, in words for people.
    func differences(from count: RowCount) -> [String] {
        var found: [String] = []
        if digest.rows != count.rows { found.append("\(digest.rows) rows were read, and \(count.rows) counted") }
        let counted = (count.times.minimum?.description, count.times.maximum?.description)
        if minimum != counted.0 || maximum != counted.1 { found.append("the times are others than were counted") }
        return found
    }
}

extension ExportManifest.Part {
    init(file: String, _ contents: PartContents) {
        self.init(
            file: file, bytes: contents.bytes, rawBytes: contents.rawBytes, sha256: contents.sha256 ?? "",
            digest: contents.digest, minimum: contents.minimum, maximum: contents.maximum,
            rowGroups: contents.rowGroups,
            groups: contents.groups)
    }

    /// What the manifest says about the file.
    var contents: PartContents {
        PartContents(
            digest: digest, minimum: minimum, maximum: maximum, rawBytes: rawBytes, bytes: bytes, sha256: sha256,
            rowGroups: rowGroups, groups: groups)
    }
}
