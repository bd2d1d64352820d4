import Rows
import Storage
import SystemPackage

/// A file of an export that may hold rows that are to be erased.
struct HoldingPart: Sendable {
    let part: ExportManifest.Part
    let slice: ExportManifest.Slice
    let form: PartForm
    let filter: KeyFilter

    /// Looks for the rows, in the row groups that can hold them.
    /// - Returns: their keys.
    /// - Throws: ``RewriteError/damaged(file:reason:)``, ``StoreError``.
    func keys(in store: some ExportStore) async throws -> Set<[UInt8]> {
        var found: Set<[UInt8]> = []
        do {
            if let groups = part.storedGroups(form) {
                for group in groups where filter.canHold(group.group) {
                    try await readGroup(group, in: store, form) { row in
                        if let key = filter.key(of: row) { found.insert(key) }
                    }
                }
            } else {
                try await readProvenPart(part.file, in: store, form, part.contents) { row in
                    if let key = filter.key(of: row) { found.insert(key) }
                }
            }
        } catch let flaw as FlawedPart {
            throw RewriteError.damaged(file: part.file, reason: flaw.reason)
        }
        return found
    }

    /// Writes the other rows to a local file, and proves both: what was read is what the manifest says, and what was written is
    /// that without the erased rows, exactly, because digests add up.
    /// - Parameter path: where the file is made; there is none if no row is left.
    /// - Returns: what the new file holds, and what was erased.
    /// - Throws: ``RewriteError``, ``StoreError``.
    func rewrite(
        from store: some ExportStore, to path: FilePath, _ encoding: PartEncoding
    ) async throws -> (new: PartContents?, erased: TableDigest, sum: ContentSum) {
        var sink = try RowSink(form, encoding, withContentSum: false, to: path)
        var (erased, sum) = (TableDigest(), ContentSum())
        do {
            try await readProvenPart(part.file, in: store, form, part.contents) { row in
                guard filter.key(of: row) != nil else { return try sink.add(row) }
                erased.add(row: row)
                sum.add(row: row)
            }
        } catch let flaw as FlawedPart {
            throw RewriteError.damaged(file: part.file, reason: flaw.reason)
        }
        let written = try sink.finish()
        if written.digest.rows == 0 {
            guard erased == part.digest else { throw unproven("it should have rows") }
            return (nil, erased, sum)
        }
        let new = try await prove(
            written, path.lastComponent?.string ?? "",
            in: DirectoryStore(path.removingLastComponent(), create: false))
        var both = new.digest
        both.add(erased)
        guard both == part.digest else {
            throw unproven("its rows and the erased ones are \(both), and there were \(part.digest)")
        }
        return (new, erased, sum)
    }

    /// Reads a new file back.
    /// - Parameter written: what it should hold.
    /// - Throws: ``RewriteError/unproven(file:reason:)``, ``StoreError``.
    func prove(_ written: PartContents, _ file: String, in store: some ExportStore) async throws -> PartContents {
        do {
            return try await readProvenPart(file, in: store, form, written)
        } catch let flaw as FlawedPart {
            throw unproven(flaw.reason)
        }
    }

    private func unproven(_ reason: String) -> RewriteError { .unproven(file: part.file, reason: reason) }
}
