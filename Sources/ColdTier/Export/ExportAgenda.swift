import Findings
import Postgres

/// What of a survey is still to do, and what of it was done before.
struct ExportAgenda: Sendable {
    /// To write.
    private(set) var slices: [PlannedSlice] = []
    /// Kept by an export that ended early, and still what the database has.
    private(set) var finished: [JournalEntry] = []
    /// Directories of the journal's slices that are to be done again: other rows, or not all of their files.
    private(set) var stale: [String] = []
    /// Directories of the journal's slices that the manifest names: they are published, and the journal is behind.
    private(set) var published: [String] = []
    /// What was done before: as the database still has it, or not.
    private(set) var findings: [Finding] = []

    var alreadyThere: Int { findings.count }

    /// - Parameter stored: what lies in the store.
    /// - Throws: ``StoreError``; ``ExportError/otherExport(location:difference:)`` where an export of other tables was not
    ///   finished.
    init(
        _ surveys: [SliceSurvey], _ request: ExportRequest, previous: ExportManifest?,
        journal: [String: JournalEntry], origin: String, in store: any ExportStore, stored: [StoredFile]
    ) async throws {
        let names = request.tables.map(\.name)
        for entry in journal.values where !names.contains(entry.tableName) {
            throw ExportError.otherExport(
                location: store.location,
                difference:
                    "one of \(entry.tableName) was begun and did not come to its end; run that again first")
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
            // In a directory a slice can only be new; a bucket tells when it is there.
            if store.staging != nil { try refuseStrangers(slices.map(\.directory), among: files, in: store) }
        }
        try adopt(unseen.values.sorted { $0.slice.directory < $1.slice.directory }, origin: origin, in: store)
    }

    /// Slices that were kept, and whose rows the database has no more: they may be all that there is of them.
    private mutating func adopt(
        _ entries: [JournalEntry], origin: String, in store: any ExportStore
    ) throws(ExportError) {
        for entry in entries {
            let name = sliceSubject(entry.tableName, entry.slice.name)
            guard entry.origin == origin, entry.isProven else {
                throw .otherExport(
                    location: store.location,
                    difference:
                        "\(name) was written by one that did not come to its end, and this source does not have it: "
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

    /// Before anything is written: what lies where a slice is to go, and is not one of ours.
    private func refuseStrangers(
        _ slices: [String], among files: [String: [StoredFile]], in store: any ExportStore
    ) throws(StoreError) {
        for slice in slices where files[slice] != nil && !stale.contains(slice) {
            throw .exists(name: slice, location: store.location)
        }
    }
}

/// In a store, of a table's slices: its name, with its schema where that is not `public`. Whatever is no letter, digit, `_`,
/// `-` or `.` is written as `%` and two hex digits, so that every store and engine takes it.
func storeDirectory(of table: TableName) -> String {
    let name = table.schema == "public" ? table.name : "\(table.schema).\(table.name)"
    let safe = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.".utf8)
    // Engines pass over what begins with a dot or an underscore.
    let hidden = Set("._".utf8)
    return name.utf8.enumerated().map { index, byte in
        safe.contains(byte) && !(index == 0 && hidden.contains(byte))
            ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }.joined()
}

extension PlannedSlice {
    /// A slice that was exported before: whether the database has the same rows still, as far as counting tells.
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

    /// A slice that was exported before, and whose files are not there as they were.
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
    /// Whether the slice that was kept is the one that is planned.
    fileprivate func fits(_ planned: PlannedSlice, _ request: ExportRequest) -> Bool {
        guard isProven, layout == request.layout, slicing == request.slicing, shape == planned.table.shape,
            timeColumn == planned.table.request.timeColumn, let count = planned.surveyed.count,
            slice.differences(from: count).isEmpty
        else { return false }
        return true
    }

    /// Whether its files, which have lain there since an export ended early, are still what they were.
    fileprivate func isReadable(in store: any ExportStore) async throws -> Bool {
        for part in slice.parts {
            do {
                let contents = try await readPart(part.file, in: store, layout, shape.columns, timeColumn: timeColumn)
                guard contents.differences(from: part.contents).isEmpty else { return false }
            } catch is FlawedPart {
                return false
            }
        }
        return true
    }
}

extension ExportManifest.Slice {
    /// Whether the files of its directory are its own, by name and size, all of them and no others.
    fileprivate func isThere(as stored: [StoredFile]) -> Bool {
        stored.count == parts.count
            && stored.allSatisfy { file in parts.contains { $0.file == file.name && $0.bytes == file.size } }
    }
}

extension StoredFile {
    /// The directory of the slice that it would be a file of: its table's, and its own in that.
    fileprivate var sliceDirectory: String { name.split(separator: "/").prefix(2).joined(separator: "/") }
}
