import Findings
import Postgres
import Storage

/// Which slices of the surveys must still be written, and which were exported before.
struct ExportAgenda: Sendable {
    /// Slices to write.
    private(set) var slices: [PlannedSlice] = []
    /// Slices from the journal of an export that ended early. They are kept: the database still has the same rows, or
    /// has none of them any more.
    private(set) var finished: [JournalEntry] = []
    /// Directories of slices in the journal that must be written again: their rows or settings differ now, or files are
    /// missing or damaged.
    private(set) var stale: [String] = []
    /// Directories of slices in the journal that the manifest already names: they are published, and their journal
    /// entries are out of date.
    private(set) var published: [String] = []
    /// One finding for each slice that was exported before: whether its files are there and the database still has its
    /// rows.
    private(set) var findings: [Finding] = []

    var alreadyThere: Int { findings.count }

    /// - Parameter stored: the files in the store.
    /// - Throws: ``StoreError``; ``ExportError/otherExport(location:difference:)`` if an export of other tables or of
    ///   another source was not finished.
    init(
        _ surveys: [SliceSurvey], _ request: ExportRequest, previous: ExportManifest?,
        journal: [String: JournalEntry], origin: String, in store: any ExportStore, stored: [StoredFile]
    ) async throws {
        let names = request.tables.map(\.name)
        for entry in journal.values where !names.contains(entry.tableName) {
            throw ExportError.otherExport(
                location: store.location,
                difference:
                    "one of \(entry.tableName) was started and not finished; run that again first")
        }
        let named = Set((previous?.tables ?? []).flatMap(\.slices).map(\.directory))
        let files = Dictionary(grouping: stored, by: \.sliceDirectory)
        published = journal.keys.filter(named.contains)
        var unseen = journal.filter { !named.contains($0.key) }
        for survey in surveys {
            let table = survey.table
            let directory = storeDirectory(of: table.name)
            let manifested = Dictionary(
                uniqueKeysWithValues: (previous?.tables.first { $0.directory == directory }?.slices ?? []).map {
                    ($0.name, $0)
                })
            for surveyed in survey.slices {
                let planned = PlannedSlice(surveyed, of: survey, in: directory, request.slicing.by)
                if let slice = manifested[surveyed.period.name] {
                    findings.append(
                        slice.isThere(as: files[slice.directory] ?? [])
                            ? planned.finding(about: slice) : planned.missing(slice))
                    continue
                }
                guard let entry = unseen.removeValue(forKey: planned.directory) else {
                    slices.append(planned)
                    continue
                }
                if entry.origin == origin, entry.fits(planned, request),
                    entry.slice.isThere(as: files[planned.directory] ?? []), try await entry.isReadable(in: store)
                {
                    finished.append(entry)
                    findings.append(planned.finding(about: entry.slice))
                } else {
                    stale.append(planned.directory)
                    slices.append(planned)
                }
            }
            // In a directory, the slice must be new. A bucket compares each object when it is uploaded.
            if store.staging != nil { try refuseFilesOfOthers(slices.map(\.directory), among: files, in: store) }
        }
        try adopt(unseen.values.sorted { $0.slice.directory < $1.slice.directory }, origin: origin, in: store)
    }

    /// Requires that each column of the slices to write has a type of its own.
    /// - Throws: ``ExportError/fallbacks(_:)``.
    func requireTypes() throws(ExportError) {
        let found = slices.flatMap { slice in
            slice.fallbacks.map { "\(slice.subject), column \($0.column): its values \($0.reason.words)" }
        }
        guard found.isEmpty else { throw .fallbacks(found) }
    }

    /// Keeps slices of the journal whose rows the database no longer has: the exported files may be the only copy of
    /// these rows.
    private mutating func adopt(
        _ entries: [JournalEntry], origin: String, in store: any ExportStore
    ) throws(ExportError) {
        for entry in entries {
            let name = sliceSubject(entry.tableName, entry.slice.name)
            guard entry.origin == origin, entry.isProven else {
                throw .otherExport(
                    location: store.location,
                    difference:
                        "\(name) was written by an export that was not finished, and this source does not have it: "
                        + "finish that one from its own source")
            }
            finished.append(entry)
            findings.append(
                Finding(
                    id: .export, subject: name, status: .passed, basis: .manifest, expected: "\(entry.slice.digest)",
                    observed: "no such rows in the database any more",
                    reason: "it was read back when it was exported, and the rows have been removed since"))
        }
    }

    /// Refuses, before anything is written, files of others in the directory of a slice that is to be written.
    private func refuseFilesOfOthers(
        _ slices: [String], among files: [String: [StoredFile]], in store: any ExportStore
    ) throws(StoreError) {
        for slice in slices where files[slice] != nil && !stale.contains(slice) {
            throw .exists(name: slice, location: store.location)
        }
    }
}

/// The name of a table's directory in a store: the table's name, with its schema in front unless that is `public`.
/// Every byte that is not a letter, digit, `_`, `-` or `.` is written as `%` and two hex digits, so that every store
/// and engine accepts the name.
func storeDirectory(of table: TableName) -> String {
    let name = table.schema == "public" ? table.name : "\(table.schema).\(table.name)"
    let safe = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.".utf8)
    // Engines ignore directories whose names begin with a dot or an underscore.
    let hidden = Set("._".utf8)
    return name.utf8.enumerated().map { index, byte in
        safe.contains(byte) && !(index == 0 && hidden.contains(byte))
            ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }.joined()
}

extension PlannedSlice {
    /// The finding about a slice that was exported before: whether the database still has the same number of rows and
    /// the same times.
    fileprivate func finding(about slice: ExportManifest.Slice) -> Finding {
        let count = surveyed.count ?? RowCount()
        let (minimum, maximum) = (count.times.minimum?.description, count.times.maximum?.description)
        let isSame = slice.differences(from: count).isEmpty
        return Finding(
            id: .export, subject: subject, status: isSame ? .passed : .failed, basis: .manifest,
            expected: words(slice.digest.rows, slice.minimum, slice.maximum),
            observed: words(count.rows, minimum, maximum),
            reason: isSame
                ? nil
                : "it was exported before, and the database has other rows of that time now: look into what wrote them. "
                    + "It is not exported again, and purge.sql will not remove it",
            cause: isSame ? nil : .backup)
    }

    /// The finding about a slice that was exported before and whose files are missing or have another size.
    fileprivate func missing(_ slice: ExportManifest.Slice) -> Finding {
        Finding(
            id: .export, subject: subject, status: .failed, basis: .manifest,
            expected: counted(slice.parts.count, "file") + " in \(slice.directory)",
            observed: "missing, or of another size",
            reason:
                "the archive is damaged: get the files back from another copy, and purge nothing until export verify "
                + "finds all of it good", cause: .backup)
    }

    private func words(_ rows: Int64, _ minimum: String?, _ maximum: String?) -> String {
        let span = minimum.map { " from \($0) to \(maximum ?? "")" } ?? ""
        return counted(rows, "row") + span
    }
}

extension JournalEntry {
    /// True if the slice in the journal is the planned one: same settings, same definition of the table, same number of
    /// rows and times.
    fileprivate func fits(_ planned: PlannedSlice, _ request: ExportRequest) -> Bool {
        guard isProven, layout == request.layout, slicing == request.slicing, shape == planned.table.shape,
            timeColumn == planned.table.request.timeColumn, let count = planned.surveyed.count,
            slice.differences(from: count).isEmpty
        else { return false }
        return true
    }

    /// True if its files, which were stored before an export ended early, still hold what they held then.
    fileprivate func isReadable(in store: any ExportStore) async throws -> Bool {
        for part in slice.parts {
            do {
                try await readProvenPart(part.file, in: store, form, part.contents)
            } catch is FlawedPart {
                return false
            }
        }
        return true
    }
}

extension ExportManifest.Slice {
    /// True if the stored files of its directory are exactly its own: the same names and sizes, none missing, none
    /// extra.
    fileprivate func isThere(as stored: [StoredFile]) -> Bool {
        stored.count == parts.count
            && stored.allSatisfy { file in parts.contains { $0.file == file.name && $0.bytes == file.size } }
    }
}

extension StoredFile {
    /// The directory of the slice that this file would belong to: the first two parts of its name (table, slice).
    fileprivate var sliceDirectory: String { name.split(separator: "/").prefix(2).joined(separator: "/") }
}
