import Crypto
import Evidence
import Files
import Findings
import FoundationEssentials
import Postgres
import Rows
import SourceSnapshot
import Storage
import SystemPackage

/// Rows of an export that are to be erased.
package struct RewriteRequest: Sendable {
    /// A directory, or `s3://bucket/prefix`.
    package var location: String
    /// Nil for an unsigned export.
    package var publicKey: PublicKey?
    /// Nil if the export is not signed.
    package var signer: (any Signer)?
    /// The signer's key and those before it, by the history of the keys; nil if there is none.
    package var ring: KeyRing?
    package var table: TableName
    /// The list of primary keys, one a line. See ``ErasedKeys``.
    package var list: [UInt8]
    /// Why the rows are erased, for the manifest. It should name the demand, and not the person.
    package var reason: String
    /// Files that are rewritten at the same time.
    package var jobs: Int
    package var toolVersion: String

    package init(
        location: String, publicKey: PublicKey?, signer: (any Signer)?, table: TableName, list: [UInt8], reason: String,
        jobs: Int, toolVersion: String
    ) {
        self.location = location
        self.publicKey = publicKey
        self.signer = signer
        self.table = table
        self.list = list
        self.reason = reason
        self.jobs = jobs
        self.toolVersion = toolVersion
    }

    /// Reads a list of keys, of at most 256 MiB.
    /// - Throws: an error that says what is wrong with the file.
    package static func list(at path: FilePath) throws -> [UInt8] { try Files.read(path, limit: 256 << 20) }
}

/// The result of a rewrite.
package struct RewriteResult: Sendable {
    package let manifest: ExportManifest
    /// The bytes that were signed and stored; nil if nothing had to be rewritten.
    package let statement: [UInt8]?
    /// Of the signed manifest as it is stored, in lowercase hex; nil if nothing had to be rewritten.
    package let sha256: String?
    package let location: String
    /// Keys of the list, and how many of them the export had.
    package let keys: Int
    package let keysFound: Int
    /// Rows that were erased.
    package let rows: Int64
    /// Old files that are gone, those of earlier runs included.
    package let removed: Int
    /// Old files that cannot be removed yet.
    package let locked: [LockedFile]
    /// One for each slice that was rewritten, and one for each old file that is still there.
    package let findings: [Finding]

    package var judgement: Judgement {
        findings.isEmpty ? Judgement(verdict: .passed, cause: nil) : Judgement(findings)
    }
}

/// Erases rows from an export. Only files that hold such rows are written anew:
///
///     what an earlier run left ─▶ find ─▶ for each file: write ─▶ prove ─▶ put in place ─▶ manifest ─▶ purge.sql ─▶ remove
///
/// Until the manifest is written, the export is what it was, with files beside it that no manifest names; from then on it is
/// the new one, with old files that no manifest names but as replaced. So whoever runs it again after it ended early,
/// wherever that was, finishes it.
/// - Throws: ``RewriteError``, ``ExportError``, ``StoreError``, `VerificationError`, `StatementError`,
///   ``MissingManifest``, ``SignedManifest``; `CancellationError`.
package func rewriteExport(
    _ request: RewriteRequest, emit: @escaping ExportEventSink
) async throws -> RewriteResult {
    let store = try StoreLocation(request.location).openForExport()
    let workspace = try ExportWorkspace(for: store)
    do {
        let result = try await Rewrite(request, store, workspace, emit).perform()
        try workspace.remove()
        return result
    } catch {
        workspace.leave()
        throw error
    }
}

private struct Rewrite {
    let request: RewriteRequest
    let store: any ExportStore
    let workspace: ExportWorkspace
    let journal: RewriteJournal
    let emit: ExportEventSink

    init(
        _ request: RewriteRequest, _ store: any ExportStore, _ workspace: ExportWorkspace,
        _ emit: @escaping ExportEventSink
    ) {
        self.request = request
        self.store = store
        self.workspace = workspace
        self.emit = emit
        journal = RewriteJournal(in: workspace)
    }

    /// The manifest, which the key that the caller names has signed, or, where the history of the keys has that key and the one that
    /// signs now, any of its keys, each at its time.
    /// - Throws: ``RewriteError/otherKey``, `VerificationError`.
    private func open(_ envelope: [UInt8]) throws -> ExportManifest {
        if let named = request.publicKey, let own = request.signer?.publicKey,
            let ring = request.ring, [named, own].allSatisfy(ring.operators.contains)
        {
            return try ManifestFile.open(envelope, of: store, ring.keys(for: KeyRing.operatorRole)).manifest
        }
        let manifest = try ManifestFile.open(envelope, of: store, request.publicKey)
        guard request.signer?.publicKey == request.publicKey else { throw RewriteError.otherKey }
        return manifest
    }

    func perform() async throws -> RewriteResult {
        guard let envelope = try await ManifestFile.bytes(in: store) else {
            throw MissingManifest(location: store.location)
        }
        let manifest = try open(envelope)
        guard try workspace.entries().isEmpty else { throw RewriteError.unfinishedExport(location: store.location) }
        guard let table = manifest.tables.first(where: { $0.tableName == request.table }) else {
            throw RewriteError.noTable(request.table, location: store.location)
        }
        let keys = try ErasedKeys(request.list, of: table)
        let predecessor = Hex.encode(SHA256.hash(data: Data(envelope)))
        let done = try await takeUp(manifest, predecessor: predecessor, keys)
        let found = try await find(keys, in: table, manifest)
        guard !found.parts.isEmpty else {
            let (removed, locked) = try await removeReplaced(manifest)
            return RewriteResult(
                manifest: manifest, statement: nil, sha256: nil, location: store.location, keys: keys.keys.count,
                keysFound: 0, rows: 0, removed: removed, locked: locked, findings: locked.map(finding))
        }
        try journal.begin(predecessor: predecessor, keys)
        let entries = try await write(found.parts, done, manifest)
        let (new, findings) = manifest.replacing(entries, in: request.table, predecessor, request)
        let sealed = try await publish(new, over: envelope)
        let (removed, locked) = try await removeReplaced(new)
        return RewriteResult(
            manifest: new, statement: try new.statement.encoded(), sha256: Hex.encode(SHA256.hash(data: sealed)),
            location: store.location, keys: keys.keys.count, keysFound: found.keys,
            rows: entries.reduce(0) { $0 + $1.erasedRows }, removed: removed, locked: locked,
            findings: findings + locked.map(finding))
    }

    /// Takes up what an earlier run left.
    /// - Returns: files that need not be written again, by the names of those that they replace.
    private func takeUp(
        _ manifest: ExportManifest, predecessor: String, _ keys: ErasedKeys
    ) async throws -> [String: RewriteJournal.Entry] {
        guard let entries = try journal.entries() else { return [:] }
        let named = Set(manifest.fileList.map(\.part.file))
        let isOf = try journal.isOf(predecessor: predecessor, keys)
        if isOf.manifest {
            guard isOf.list || entries.isEmpty else { throw RewriteError.otherRewrite(location: store.location) }
        } else {
            // Its manifest was written, or another one meanwhile.
            let orphans = entries.compactMap(\.new?.file).filter { !named.contains($0) }
            _ = try await store.erase(files: orphans)
            try journal.remove()
            return [:]
        }
        let stored = Dictionary(
            try await store.list("").map { ($0.name, $0.size) }, uniquingKeysWith: { one, _ in one })
        var done: [String: RewriteJournal.Entry] = [:]
        for entry in entries {
            guard let new = entry.new else { continue }
            // Of a file that is not whole, nothing is kept.
            if stored[new.file] == new.bytes {
                done[entry.old] = entry
            } else if stored[new.file] != nil {
                _ = try await store.erase(files: [new.file])
            }
        }
        if !done.isEmpty { emit(.note("\(counted(done.count, "file")) written by a run that ended early")) }
        return done
    }

    // MARK: Finding

    /// Finds the files that hold such rows.
    private func find(
        _ keys: ErasedKeys, in table: ExportManifest.Table, _ manifest: ExportManifest
    ) async throws -> (parts: [HoldingPart], keys: Int) {
        var candidates: [HoldingPart] = []
        for slice in table.slices {
            guard let filter = KeyFilter(keys, table.shapes[slice.shape]) else {
                throw RewriteError.noKey(table.tableName, slice: slice.directory)
            }
            let form = manifest.form(of: slice, in: table)
            candidates += slice.parts.filter { $0.groups?.contains(where: filter.canHold) ?? true }.map {
                HoldingPart(part: $0, slice: slice, form: form, filter: filter)
            }
        }
        let found = try await share(candidates) { part, _ in try await part.keys(in: store) }
        let all = found.reduce(into: Set<[UInt8]>()) { $0.formUnion($1) }
        return (zip(candidates, found).filter { !$1.isEmpty }.map(\.0), all.count)
    }

    // MARK: Writing

    private func write(
        _ parts: [HoldingPart], _ done: [String: RewriteJournal.Entry], _ manifest: ExportManifest
    ) async throws -> [RewriteJournal.Entry] {
        var taken = Set(try await store.list("").map(\.name) + manifest.replacedFiles)
        taken.formUnion(done.values.compactMap(\.new?.file))
        let encoding = PartEncoding(
            compression: manifest.compression, workers: 0, toolVersion: request.toolVersion)
        let names = parts.map { part in
            let name = (0...).lazy.map { number in
                "\(part.slice.directory)/\(partFileName(number, manifest.layout))"
            }.first { !taken.contains($0) }!
            taken.insert(name)
            return name
        }
        let bytes = BytesDone(total: parts.reduce(0) { $0 + $1.part.bytes })
        return try await share(parts) { part, index in
            emit(.item(part.part.file))
            let entry: RewriteJournal.Entry
            if let known = done[part.part.file], known.oldSHA256 == part.part.sha256, try await isGood(known, part) {
                entry = known
            } else {
                entry = try await write(part, as: names[index], number: index, encoding)
            }
            emit(.progress(doneBytes: bytes.add(part.part.bytes), totalBytes: bytes.total))
            return entry
        }
    }

    private func write(
        _ part: HoldingPart, as name: String, number: Int, _ encoding: PartEncoding
    ) async throws -> RewriteJournal.Entry {
        let staged = try workspace.stage(part.part.file)
        defer { workspace.unstage(part.part.file) }
        let path = staged.appending(name.split(separator: "/").last.map(String.init) ?? "")
        let (contents, erased, sum) = try await part.rewrite(from: store, to: path, encoding)
        var entry = RewriteJournal.Entry(
            old: part.part.file, oldSHA256: part.part.sha256, new: contents.map { ExportManifest.Part(file: name, $0) },
            erasedRows: erased.rows, erasedSum: sum)
        // The journal first, so that every file in its place is known.
        try journal.record(entry, number)
        if let contents {
            try await store.add(file: name, from: path, like: part.part.file)
            // A directory has what was read back. A bucket is another place.
            if store.staging == nil {
                entry.new = ExportManifest.Part(file: name, try await part.prove(contents, name, in: store))
            }
        }
        return entry
    }

    /// True if a file that an earlier run wrote is still what it was then.
    private func isGood(_ entry: RewriteJournal.Entry, _ part: HoldingPart) async throws -> Bool {
        guard let new = entry.new else { return false }
        do {
            _ = try await part.prove(new.contents, new.file, in: store)
            return true
        } catch is RewriteError {
            _ = try await store.erase(files: [new.file])
            return false
        }
    }

    // MARK: The end

    /// - Returns: the manifest as it is stored.
    private func publish(_ manifest: ExportManifest, over previous: [UInt8]) async throws -> [UInt8] {
        let store = try await self.store.writing(like: ManifestFile.name)
        let envelope = try await ManifestFile.write(manifest, over: previous, signer: request.signer, to: store)
        // After the manifest: a script must never delete rows that no manifest names.
        try await store.replace(PurgeScript.fileName, with: Array(PurgeScript.text(for: manifest).utf8))
        return envelope
    }

    /// Removes the files that this rewrite and earlier ones have replaced, as far as nothing locks them.
    private func removeReplaced(_ manifest: ExportManifest) async throws -> (removed: Int, locked: [LockedFile]) {
        // A run that ended behind its manifest has not written the script.
        if let expected = manifest.purgeSHA256 {
            let script = Array(PurgeScript.text(for: manifest).utf8)
            let there = try await store.contents(of: PurgeScript.fileName, limit: Envelope.maximumSize)
            if there != script, Hex.encode(SHA256.hash(data: Data(script))) == expected {
                try await store.writing(like: ManifestFile.name).replace(PurgeScript.fileName, with: script)
            }
        }
        let named = Set(manifest.fileList.map(\.part.file))
        return try await store.erase(files: manifest.replacedFiles.filter { !named.contains($0) })
    }

    private func finding(_ file: LockedFile) -> Finding {
        Finding(
            id: .export, subject: file.name, status: .inconclusive, basis: .manifest, expected: "it is removed",
            observed: file.words,
            reason:
                "it was replaced, and its versions in the bucket still hold the erased rows: run this again when the lock has ended",
            cause: .environment)
    }

    /// Works on several files at a time.
    private func share<Result: Sendable>(
        _ parts: [HoldingPart], _ work: @escaping @Sendable (HoldingPart, Int) async throws -> Result
    ) async throws -> [Result] {
        try await withThrowingTaskGroup(of: (Int, Result).self) { group in
            var results: [Int: Result] = [:]
            var rest = parts.enumerated().makeIterator()
            func add() {
                guard let (index, part) = rest.next() else { return }
                group.addTask(executorPreference: WorkerThread()) { (index, try await work(part, index)) }
            }
            for _ in 0..<max(1, request.jobs) { add() }
            for try await (index, result) in group {
                results[index] = result
                add()
            }
            return parts.indices.compactMap { results[$0] }
        }
    }
}

extension ExportManifest {
    /// The manifest of the export without the erased rows.
    fileprivate func replacing(
        _ entries: [RewriteJournal.Entry], in name: TableName, _ predecessor: String, _ request: RewriteRequest
    ) -> (manifest: ExportManifest, findings: [Finding]) {
        var manifest = self
        let replacements = Dictionary(uniqueKeysWithValues: entries.map { ($0.old, $0) })
        var findings: [Finding] = []
        var erasure = Erasure(
            schema: name.schema, table: name.name, erased: Date(), reason: request.reason, predecessor: predecessor,
            slices: [])
        guard let index = tables.firstIndex(where: { $0.tableName == name }) else { return (self, []) }
        for (position, old) in tables[index].slices.enumerated() {
            let replaced = old.parts.compactMap { replacements[$0.file] }
            guard !replaced.isEmpty else { continue }
            var slice = old
            slice.parts = old.parts.compactMap { part in
                guard let entry = replacements[part.file] else { return part }
                return entry.new
            }
            slice.measure()
            slice.contentSum?.subtract(replaced.reduce(into: ContentSum()) { $0.add($1.erasedSum) })
            let rows = replaced.reduce(0) { $0 + $1.erasedRows }
            erasure.slices.append(
                Erasure.Slice(
                    name: old.name, rows: rows,
                    replaced: replaced.map { Erasure.Replaced(file: $0.old, sha256: $0.oldSHA256) }))
            manifest.tables[index].slices[position] = slice
            findings.append(
                Finding(
                    id: .export, subject: sliceSubject(name, old.name), status: .passed, basis: .manifest,
                    expected: "\(old.digest) less \(counted(rows, "row"))", observed: "\(slice.digest)"))
        }
        manifest.erasures = (erasures ?? []) + [erasure]
        manifest.tool = "pgassay \(request.toolVersion)"
        manifest.updated = erasure.erased
        manifest.purgeSHA256 = Hex.encode(SHA256.hash(data: Data(PurgeScript.text(for: manifest).utf8)))
        return (manifest, findings)
    }
}

extension ExportManifest.Slice {
    /// Takes digest and times from the parts.
    fileprivate mutating func measure() {
        let (digest, times) = parts.reduce(into: (TableDigest(), TimeRange())) { sum, part in
            sum.0.add(part.digest)
            for time in [part.minimum, part.maximum] { time.flatMap(DatabaseTime.init).map { sum.1.add($0) } }
        }
        self.digest = digest
        (minimum, maximum) = (times.minimum?.description, times.maximum?.description)
    }
}
