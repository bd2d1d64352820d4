import Evidence
import Findings
import Postgres
import Rows
import SourceSnapshot
import Storage

/// A request to load slices of an export into a database.
package struct ImportRequest: Sendable {
    /// A directory, or `s3://bucket/prefix`.
    package var location: String
    /// Nil for an unsigned export.
    package var publicKey: PublicKey?
    /// That key and others, each at its time, by the history of the keys; nil for that key alone, at any time.
    package var ring: KeyRing?
    /// Directories of slices (`conversations/month=2022-07`) or of tables; empty for all.
    package var slices: [String]
    package var target: ConnectionTarget
    /// Slices that are loaded at the same time.
    package var jobs: Int
    /// How long each statement, and each piece of a COPY, may take.
    package var deadline: Duration

    package init(
        location: String, publicKey: PublicKey?, slices: [String], target: ConnectionTarget, jobs: Int,
        deadline: Duration = .seconds(3600)
    ) {
        self.location = location
        self.publicKey = publicKey
        self.slices = slices
        self.target = target
        self.jobs = jobs
        self.deadline = deadline
    }
}

/// The result of an import.
package struct ImportResult: Sendable {
    package let manifest: ExportManifest
    package let location: String
    /// One for each slice.
    package let findings: [Finding]

    package var judgement: Judgement { Judgement(findings) }
}

/// Why an import did not start.
package enum ImportError: Error, Sendable, Equatable, CustomStringConvertible {
    case noSlice(String, location: String)
    case nothingThere(location: String)
    /// A table of that name exists and is different; the difference in words.
    case otherTable(TableName, difference: String)
    /// The manifest's definition of a table or a type is not one that an export writes. `what` completes "definition …".
    case definition(_ what: String, flaw: String)

    package var description: String {
        switch self {
        case .noSlice(let name, let location):
            "\(location) has no slice \(name); slices are named as their directories are: conversations/month=2022-07"
        case .nothingThere(let location): "the export in \(location) has no slices"
        case .otherTable(let table, let difference):
            "the database has a table \(table) that these rows do not fit: \(difference). Import into an empty database, or alter it."
        case .definition(let what, let flaw): "the manifest's definition \(what) \(flaw). Nothing was imported."
        }
    }
}

/// Loads slices of an export into a database, several at a time. Each slice has its own transaction, which commits only
/// if the rows that the table then has of the slice have the digest in the manifest.
///
/// Tables that do not exist are created. A slice that is already there, with the same digest, is left as it is.
/// - Throws: `VerificationError`, ``StoreError``, ``ImportError``, ``PostgresError`` before anything was loaded;
///   `CancellationError`. An error with one slice becomes a finding.
package func importSlices(_ request: ImportRequest, emit: @escaping ExportEventSink) async throws -> ImportResult {
    let store = try StoreLocation(request.location).openForExport()
    let manifest = try await ManifestFile.read(from: store, request.publicKey, request.ring)
    let chosen = try manifest.importedSlices(named: request.slices, location: store.location)
    let wanted = try manifest.tables.map { table throws(ImportError) in
        let used = Set(chosen.filter { $0.table.directory == table.directory }.map(\.slice.shape)).sorted()
        // Also what is not needed now: a manifest with such a definition is not from an export.
        let parsed = try table.shapes.map { shape throws(ImportError) in try ParsedShape(shape, of: table.tableName) }
        return (
            name: table.tableName, shapes: used.map { table.shapes[$0] }, parsed: used.map { parsed[$0] }
        )
    }
    try await withConnection(to: request.target, settings: importSettings) { connection in
        for table in wanted where !table.shapes.isEmpty {
            try await prepare(table.name, shapes: table.shapes, parsed: table.parsed, over: connection)
        }
    }
    let total = chosen.reduce(0) { $0 + $1.bytes }
    var (done, findings): (Int64, [Finding]) = (0, [])
    try await withThrowingTaskGroup(of: (ImportedSlice, Finding).self) { group in
        // The largest first, so that the workers do not wait for a large one at the end.
        var rest = chosen.sorted { $0.bytes > $1.bytes }.makeIterator()
        func add() {
            guard let slice = rest.next() else { return }
            group.addTask(executorPreference: WorkerThread()) {
                emit(.item(slice.subject))
                return (slice, try await slice.load(from: store, request))
            }
        }
        for _ in 0..<max(1, request.jobs) { add() }
        for try await (slice, finding) in group {
            add()
            findings.append(finding)
            emit(.finding(finding))
            done += slice.bytes
            emit(.progress(doneBytes: done, totalBytes: total))
        }
    }
    return ImportResult(
        manifest: manifest, location: store.location, findings: findings.sorted { $0.subject < $1.subject })
}

let importSettings = CanonicalSettings.values.merging(["application_name": "pgassay import"]) { $1 }

/// A slice with what is needed to load it.
struct ImportedSlice: Sendable {
    let table: ExportManifest.Table
    let shape: ExportManifest.Shape
    let slice: ExportManifest.Slice
    let form: PartForm

    var name: TableName { table.tableName }
    var subject: String { sliceSubject(name, slice.name) }
    var bytes: Int64 { slice.parts.reduce(0) { $0 + $1.bytes } }
}

extension ExportManifest {
    fileprivate func importedSlices(named names: [String], location: String) throws(ImportError) -> [ImportedSlice] {
        let all = tables.flatMap { table in
            table.slices.map {
                ImportedSlice(
                    table: table, shape: table.shapes[$0.shape], slice: $0, form: form(of: $0, in: table))
            }
        }
        guard !all.isEmpty else { throw .nothingThere(location: location) }
        // The completion of a shell adds a slash to the name of a directory.
        let wanted = names.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
        for name in wanted where !all.contains(where: { $0.slice.directory == name || $0.table.directory == name }) {
            throw .noSlice(name, location: location)
        }
        return wanted.isEmpty
            ? all : all.filter { wanted.contains($0.slice.directory) || wanted.contains($0.table.directory) }
    }
}
