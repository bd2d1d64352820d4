import Evidence
import Findings
import Postgres
import Rows
import SourceSnapshot
import Storage

/// Writes the cold slices of the requested tables, reads each one back from where it is stored, and keeps it if both
/// agree.
///
///     open the place ─▶ what is there already ─▶ one snapshot ─▶ survey ─▶ for each slice: write ─▶ prove ─▶ keep
///
/// This does not finish the export: see ``publish(_:drill:emit:)``. If it ends early, the next run does not repeat the
/// slices that were kept.
/// - Parameters:
///   - origin: identifies the source of the rows if the database is a copy; slices of another origin are written again.
///     Nil for a live database.
/// - Throws: ``ExportError``, ``StoreError``, ``PostgresError``, `VerificationError`; `CancellationError`.
package func exportRows(
    _ request: ExportRequest, from target: ConnectionTarget, origin: String? = nil, emit: @escaping ExportEventSink
) async throws -> ExportDraft {
    let names = request.tables.map(\.name)
    if let twice = names.first(where: { name in names.filter { $0 == name }.count > 1 }) {
        throw ExportError.tableTwice(twice)
    }
    let store = try StoreLocation(request.output).openForExport(objectLock: request.objectLock, create: true)
    let workspace = try ExportWorkspace(for: store)
    do {
        return try await draft(request, from: target, origin: origin, store: store, workspace: workspace, emit: emit)
    } catch {
        workspace.leave()
        throw error
    }
}

private func draft(
    _ request: ExportRequest, from target: ConnectionTarget, origin: String?, store: any ExportStore,
    workspace: ExportWorkspace, emit: @escaping ExportEventSink
) async throws -> ExportDraft {
    let manifestBefore = try await ManifestFile.bytes(in: store)
    let found = try manifestBefore.map { try readPrevious($0, request, of: store) }
    let previous = found?.manifest
    return try await SourceSnapshot.with(of: target, connections: request.jobs, named: "pgassay export") { snapshot in
        let source = ExportManifest.Source(snapshot.identity)
        // Its text is in no encoding that is known.
        guard snapshot.identity.encoding != "SQL_ASCII" else { throw ExportError.encoding("SQL_ASCII") }
        let isLive = origin == nil
        let origin = origin ?? "database \(snapshot.identity.systemIdentifier ?? "") \(snapshot.identity.database)"
        try previous?.requireFit(of: request, location: store.location)
        // A restored database has another name than its source. The drill knows the source's name, so
        // ``publish(_:drill:emit:)`` compares it.
        if isLive { try previous?.requireSource(source, location: store.location) }
        let journal = try workspace.entries()
        guard try RewriteJournal(in: workspace).entries() == nil else {
            throw ExportError.otherExport(
                location: store.location,
                difference: "erasing rows of it was started and not finished; run export rewrite again first")
        }
        let stored = try await store.list("")
        try refuseFilesOfOthers(
            among: stored, besides: request.tables.map(\.name), previous, journal, location: store.location)
        let tables = try await survey(
            request, known: knownSlices(previous, journal), in: snapshot, emit: emit)
        let agenda = try await ExportAgenda(
            tables, request, previous: previous, journal: journal, origin: origin, in: store, stored: stored)
        if request.strictTypes { try agenda.requireTypes() }
        for slice in agenda.published { try workspace.forget(slice) }
        for slice in agenda.stale {
            try await store.remove(slice: slice)
            try workspace.forget(slice)
        }
        for finding in agenda.findings { emit(.finding(finding)) }
        if agenda.alreadyThere > 0 {
            emit(
                .note(
                    "\(counted(agenda.alreadyThere, "slice")) exported before; \(counted(agenda.slices.count, "slice")) to do"
                ))
        }
        var room = ManifestRoom(limit: request.manifestLimit, before: manifestBefore?.count, previous)
        // They are written: if there is no room for them, signing says so.
        for entry in agenda.finished { _ = try room.take(entry) }
        let run = SliceRun(
            agenda.slices, request, store: store, workspace: workspace, source: source, origin: origin, room: room,
            emit: emit)
        let done = try await run.perform(in: snapshot)
        return ExportDraft(
            request: request, store: store, workspace: workspace, manifestBefore: manifestBefore, previous: previous,
            takesOver: found?.isOfOtherKey ?? false,
            tables: tables.map(\.table), entries: agenda.finished + done.entries,
            findings: agenda.findings + done.findings)
    }
}

/// Reads the tables, locks each one so that nobody can alter it, and counts its cold rows.
private func survey(
    _ request: ExportRequest, known: [TableName: Set<String>], in snapshot: SourceSnapshot, emit: ExportEventSink
) async throws -> [SliceSurvey] {
    var surveys: [SliceSurvey] = []
    for wanted in request.tables {
        emit(.item("counting \(wanted.name)"))
        var table = try await SourceTable.read(wanted, over: snapshot.leader)
        // Only a table that exists can be locked, and only a locked table stays as it was read. So it is read again
        // here.
        try await snapshot.hold(wanted.name)
        table = try await SourceTable.read(wanted, over: snapshot.leader)
        let cutoff = try await snapshot.cutoff(wanted.cutoff, for: table.timeType, request.slicing)
        surveys.append(
            try await SliceSurvey.make(
                of: table, before: cutoff, request.slicing, known: known[wanted.name] ?? [],
                fallbacks: request.layout == .parquet
                    ? FallbackQuestions(table.shape.columns, timeIndex: table.timeIndex) : nil,
                in: snapshot, deadline: request.deadline))
    }
    return surveys
}

/// Refuses files that belong to no export: engines would read them as rows of it, and verify would report them.
/// - Throws: ``ExportError/otherExport(location:difference:)``.
private func refuseFilesOfOthers(
    among stored: [StoredFile], besides names: [TableName], _ previous: ExportManifest?,
    _ journal: [String: JournalEntry], location: String
) throws(ExportError) {
    let ours = Set(
        names.map(storeDirectory(of:)) + (previous?.tables ?? []).map(\.directory)
            + journal.values.map(\.tableDirectory) + [ManifestFile.name, PurgeScript.fileName])
    for file in stored where !ours.contains(String(file.name.prefix { $0 != "/" })) {
        throw .otherExport(
            location: location, difference: "\(file.name) is there, and of no export: move it away")
    }
}

/// The names of slices that were exported before, by table.
private func knownSlices(
    _ previous: ExportManifest?, _ journal: [String: JournalEntry]
) -> [TableName: Set<String>] {
    var known: [TableName: Set<String>] = [:]
    for table in previous?.tables ?? [] {
        known[table.tableName, default: []].formUnion(table.slices.map(\.name))
    }
    for entry in journal.values {
        known[entry.tableName, default: []].insert(entry.slice.name)
    }
    return known
}

/// The manifest of what was exported to this place before, and whether another key has signed it than the one that signs now.
private func readPrevious(
    _ bytes: [UInt8], _ request: ExportRequest, of store: any ExportStore
) throws -> (manifest: ExportManifest, isOfOtherKey: Bool) {
    let found = try ManifestFile.openUnverified(bytes, of: store)
    if let signer = request.signer {
        guard found.statement.predicate.signed else {
            throw ExportError.otherExport(
                location: store.location, difference: "it is not signed, and this one would be")
        }
        let ring = request.ring ?? KeyRing(operators: [signer.publicKey])
        let (manifest, key) = try ManifestFile.open(bytes, of: store, ring.keys(for: KeyRing.operatorRole))
        return (manifest, key.publicKey != signer.publicKey)
    }
    guard !found.statement.predicate.signed else {
        throw ExportError.otherExport(
            location: store.location, difference: "it is signed, and this one would not be")
    }
    return (found.statement.predicate, false)
}

extension ExportManifest {
    /// Whether slices can be added to it.
    /// - Throws: ``ExportError/otherExport(location:difference:)``.
    fileprivate func requireFit(of request: ExportRequest, location: String) throws(ExportError) {
        func require(_ what: String, _ here: String, _ asked: String) throws(ExportError) {
            guard here.utf8.elementsEqual(asked.utf8) else {
                throw .otherExport(location: location, difference: "\(what) \(here) there, \(asked) here")
            }
        }
        try require("layout", layout.rawValue, request.layout.rawValue)
        try require("slices by", slicing.by.rawValue, request.slicing.by.rawValue)
        try require("time zone", slicing.timeZone, request.slicing.timeZone)
        for table in tables {
            guard let wanted = request.tables.first(where: { $0.name == table.tableName }) else { continue }
            try require("time column of \(table.tableName)", table.timeColumn, wanted.timeColumn)
        }
    }

    /// Checks that rows of this source belong with the rows that are there: the database has the same name, and the
    /// server is the same if both servers are known and neither database was restored.
    /// - Throws: ``ExportError/otherExport(location:difference:)``.
    func requireSource(_ source: Source, location: String) throws(ExportError) {
        for there in tables.flatMap(\.slices).map(\.source) {
            guard let one = there.origin, let other = source.origin else { continue }
            guard one.utf8.elementsEqual(other.utf8) else {
                throw .otherExport(location: location, difference: "of the database \(one) there, of \(other) here")
            }
            if there.drill == nil, source.drill == nil, let one = there.systemIdentifier,
                let other = source.systemIdentifier, one != other
            {
                throw .otherExport(
                    location: location, difference: "of the server with system identifier \(one) there, \(other) here")
            }
        }
    }
}

extension ExportManifest.Source {
    /// The name of the database in which the rows were written; nil if a backup does not say it.
    fileprivate var origin: String? { drill == nil ? database : drill?.database }
}
