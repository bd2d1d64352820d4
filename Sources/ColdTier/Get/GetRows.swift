import Evidence
import Postgres
import Rows
import Storage

/// Rows of an export that are looked for.
package struct GetRequest: Sendable {
    /// A directory, or `s3://bucket/prefix`.
    package var location: String
    /// Nil for an unsigned export: nothing then says who made the manifest that the rows are compared with.
    package var publicKey: PublicKey?
    /// That key and others, each at its time, by the history of the keys; nil for that key alone, at any time.
    package var ring: KeyRing?
    package var table: TableName
    /// A value for each column of the primary key; empty if rows are not looked for by it.
    package var key: [String]
    /// `column=value`; rows must fulfil all of them.
    package var conditions: [String]
    /// How the rows are printed.
    package var layout: TextLayout

    package init(
        location: String, publicKey: PublicKey?, table: TableName, key: [String] = [], conditions: [String] = [],
        layout: TextLayout = .jsonl
    ) {
        self.location = location
        self.publicKey = publicKey
        self.table = table
        self.key = key
        self.conditions = conditions
        self.layout = layout
    }
}

/// What was read to find rows.
package struct GetResult: Sendable, Equatable {
    package let location: String
    package var rows: Int64 = 0
    /// Row groups that were read, and all of the table. A file without row groups in the manifest counts as one.
    package var groupsRead = 0
    package var groups = 0
    /// Bytes of the table's files that were read, and all of them.
    package var bytesRead: Int64 = 0
    package var bytes: Int64 = 0
    /// Bytes of the manifest, which is read too.
    package var manifestBytes: Int64 = 0
}

/// Finds rows in an export, of any layout. It reads the manifest, and of the files only the row groups that can hold such rows
/// by their times and keys. Each row group is compared with the manifest by its SHA-256 before a row of it is passed on.
///
/// Memory use: what is read at once, one row group of Parquet, and 16 MiB of rows that are not proven yet.
/// - Parameter output: gets rows as the layout writes them, whole, without a header.
/// - Throws: ``GetError``, ``StoreError``, `VerificationError`, ``MissingManifest``, ``SignedManifest``;
///   `CancellationError`; what `output` throws.
package func getRows(
    _ request: GetRequest, emit: ExportEventSink, to output: (_ bytes: [UInt8]) throws -> Void
) async throws -> GetResult {
    let store = try StoreLocation(request.location).openForExport()
    var result = GetResult(location: store.location)
    guard let envelope = try await ManifestFile.bytes(in: store) else {
        throw MissingManifest(location: store.location)
    }
    result.manifestBytes = Int64(envelope.count)
    let manifest = try ManifestFile.open(envelope, of: store, request.publicKey, request.ring)
    guard let table = manifest.tables.first(where: { $0.tableName == request.table }) else {
        throw GetError.noTable(request.table, location: store.location)
    }
    let conditions = try table.conditions(key: request.key, request.conditions)
    let filters = try table.shapes.map { shape throws(GetError) in
        try RowFilter(conditions, shape, timeColumn: table.timeColumn)
    }
    for slice in table.slices {
        let form = manifest.form(of: slice, in: table)
        let writer = request.layout.writer(for: form.columns)
        for part in slice.parts {
            let groups = part.storedGroups(form)
            result.bytes += part.bytes
            result.groups += groups?.count ?? 1
            guard let filter = filters[slice.shape], filter.canHold(minimum: part.minimum, maximum: part.maximum)
            else { continue }
            emit(.item(part.file))
            do {
                guard let groups else {
                    var held = try await wholePart(part, in: store, form, filter, writer)
                    result.groupsRead += 1
                    result.bytesRead += part.bytes
                    result.rows += held.rows
                    try held.release(to: output)
                    continue
                }
                for group in groups where filter.canHold(group.group) {
                    var held = HeldRows()
                    try await readGroup(group, in: store, form) { row in
                        if filter.matches(row) { try held.add { try writer.append(row, number: 0, to: &$0) } }
                    }
                    result.groupsRead += 1
                    result.bytesRead += group.group.bytes
                    result.rows += held.rows
                    try held.release(to: output)
                }
            } catch let flaw as FlawedPart {
                throw GetError.damaged(file: part.file, reason: flaw.reason)
            }
        }
    }
    return result
}

/// Reads a whole file, of which the manifest knows no row groups.
/// - Returns: rows that are proven.
private func wholePart(
    _ part: ExportManifest.Part, in store: some ExportStore, _ form: PartForm, _ filter: RowFilter,
    _ writer: any RowWriter
) async throws -> HeldRows {
    var held = HeldRows()
    try await readProvenPart(part.file, in: store, form, part.contents) { row in
        if filter.matches(row) { try held.add { try writer.append(row, number: 0, to: &$0) } }
    }
    return held
}
