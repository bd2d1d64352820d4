import Crypto
import Evidence
import Findings
import FoundationEssentials

/// Writes the manifest that names the slices of a draft, and `purge.sql` beside it. This finishes the export.
///
/// The manifest is written after all files, so that no manifest names a file that is not there. If nothing is cold and
/// nothing was exported before, no manifest is written.
/// - Parameter drill: the drill that restored and checked the database that the rows came from; nil for a live
///   database.
/// - Throws: ``StoreError``, ``ExportError``, `StatementError`.
package func publish(
    _ draft: ExportDraft, drill: ExportManifest.Drill? = nil, emit: ExportEventSink
) async throws -> ExportResult {
    var manifest =
        draft.previous
        ?? ExportManifest(
            id: UUID().uuidString.lowercased(), plan: draft.request.plan, tool: "", updated: Date(), signed: false,
            layout: draft.request.layout, compression: draft.request.compression, slicing: draft.request.slicing)
    manifest.plan = draft.request.plan
    manifest.tool = "pgassay \(draft.request.toolVersion)"
    manifest.signed = draft.request.signer != nil
    manifest.compression = draft.request.compression
    for entry in draft.entries where drill != nil {
        var source = entry.slice.source
        source.drill = drill
        try draft.previous?.requireSource(source, location: draft.store.location)
    }
    for table in draft.tables { manifest.add(table) }
    for entry in draft.entries { manifest.add(entry, drill: drill) }
    // By this time, a reader tells whether the key counted that has signed it.
    if !draft.entries.isEmpty || draft.takesOver { manifest.updated = Date() }
    guard !manifest.fileList.isEmpty else {
        try draft.workspace.remove()
        return ExportResult(
            manifest: manifest, statement: nil, sha256: nil, location: draft.store.location, findings: draft.findings,
            added: 0, hasChanged: false)
    }
    let purge = Array(PurgeScript.text(for: manifest).utf8)
    manifest.purgeSHA256 = Hex.encode(SHA256.hash(data: Data(purge)))
    let envelope = try await ManifestFile.write(
        manifest, over: draft.manifestBefore, signer: draft.request.signer, to: draft.store)
    // After the manifest: a script must never delete rows that no manifest names.
    try await draft.store.replace(PurgeScript.fileName, with: purge)
    try draft.workspace.remove()
    return ExportResult(
        manifest: manifest, statement: try manifest.statement.encoded(),
        sha256: Hex.encode(SHA256.hash(data: envelope)), location: draft.store.location,
        findings: draft.findings, added: draft.entries.count, hasChanged: envelope != draft.manifestBefore)
}

extension ExportManifest {
    /// Adds a table to the manifest, even one without slices, to record that it was looked at.
    fileprivate mutating func add(_ table: SourceTable) {
        let directory = storeDirectory(of: table.name)
        guard !tables.contains(where: { $0.directory == directory }) else { return }
        tables.append(
            Table(
                schema: table.name.schema, name: table.name.name, directory: directory,
                timeColumn: table.request.timeColumn, timeType: table.timeType))
    }

    fileprivate mutating func add(_ entry: JournalEntry, drill: Drill?) {
        guard let index = tables.firstIndex(where: { $0.directory == entry.tableDirectory }) else { return }
        var slice = entry.slice
        slice.source.drill = drill
        if let known = tables[index].shapes.firstIndex(of: entry.shape) {
            slice.shape = known
        } else {
            slice.shape = tables[index].shapes.count
            tables[index].shapes.append(entry.shape)
        }
        tables[index].slices.append(slice)
        tables[index].slices.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }
}
