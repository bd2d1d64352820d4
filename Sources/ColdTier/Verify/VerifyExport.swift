import Crypto
import Evidence
import Findings
import FoundationEssentials
import SourceSnapshot
import Storage

/// An export that is to be verified.
package struct VerifyRequest: Sendable {
    /// A directory, or `s3://bucket/prefix`.
    package var location: String
    /// Nil verifies an unsigned export: that it is complete, but not who made it.
    package var publicKey: PublicKey?
    /// That key and others, each at its time, by the history of the keys; nil for that key alone, at any time.
    package var ring: KeyRing?
    /// Files that are read at the same time.
    package var jobs: Int
    /// Reads only this fraction of the bytes (of 1); files that were not read for the longest time come first. Nil
    /// reads all.
    package var sample: Double?
    /// Which files earlier runs read, and when; empty if nothing is recorded.
    package var record: VerificationRecord

    package init(
        location: String, publicKey: PublicKey?, jobs: Int, sample: Double? = nil,
        record: VerificationRecord = VerificationRecord()
    ) {
        self.location = location
        self.publicKey = publicKey
        self.jobs = jobs
        self.sample = sample
        self.record = record
    }
}

/// The result of a verification.
package struct VerifyResult: Sendable {
    package let manifest: ExportManifest
    package let location: String
    package let findings: [Finding]
    /// The record of earlier runs, with the good files of this run added, and without the bad ones.
    package let record: VerificationRecord
    /// Number of files read in this run, and their size as stored, in bytes.
    package let filesRead: Int
    package let bytesRead: Int64

    package var judgement: Judgement { Judgement(findings) }
}

/// Verifies an export without a database: the manifest's signature; that exactly its files are there; and the SHA-256,
/// frames, rows, digest and times of each file that is read.
/// - Throws: `VerificationError` if the manifest is not a valid manifest, or is not signed by this key; ``StoreError``
///   if the place cannot be read; `CancellationError`.
package func verifyExport(_ request: VerifyRequest, emit: @escaping ExportEventSink) async throws -> VerifyResult {
    let store = try StoreLocation(request.location).openForExport()
    let manifest = try await ManifestFile.read(from: store, request.publicKey, request.ring)
    let parts = manifest.fileList
    var findings = try await compareNames(parts, replaced: Set(manifest.replacedFiles), in: store)
    findings += try await comparePurge(manifest, in: store)
    for finding in findings { emit(.finding(finding)) }
    let flawed = Set(findings.map(\.subject))
    let readable = parts.filter { !flawed.contains($0.part.file) }
    let names = request.sample.map { Set(request.record.next(of: readable.map(\.recorded), share: $0).map(\.name)) }
    let chosen = readable.filter { names?.contains($0.part.file) ?? true }
    var record = request.record
    for part in parts where flawed.contains(part.part.file) { record.remove(part.recorded) }
    let total = chosen.reduce(0) { $0 + $1.part.bytes }
    var done: Int64 = 0
    try await withThrowingTaskGroup(of: (ExportFile, Finding).self) { group in
        var rest = chosen.makeIterator()
        func add() {
            guard let file = rest.next() else { return }
            group.addTask(executorPreference: WorkerThread()) {
                emit(.item(file.part.file))
                return (file, try await file.finding(in: store))
            }
        }
        for _ in 0..<max(1, request.jobs) { add() }
        for try await (file, finding) in group {
            add()
            findings.append(finding)
            emit(.finding(finding))
            switch finding.status {
            case .passed: record.add(file.recorded, at: Date())
            case .failed: record.remove(file.recorded)
            case .inconclusive, .notRun: break
            }
            done += file.part.bytes
            emit(.progress(doneBytes: done, totalBytes: total))
        }
    }
    return VerifyResult(
        manifest: manifest, location: store.location, findings: findings.sorted { $0.subject < $1.subject },
        record: record, filesRead: chosen.count, bytesRead: total)
}

/// Finds files that are missing, that have another size, or that the manifest does not name.
/// - Parameter replaced: names of files that held rows that were erased.
private func compareNames(
    _ files: [ExportFile], replaced: Set<String>, in store: any ExportStore
) async throws(StoreError) -> [Finding] {
    // Compared by bytes: for Swift, names that look the same are one name. A name that is not UTF-8 cannot be in a
    // manifest.
    let stored = Dictionary(
        try await store.list("").map { (Array($0.name.utf8), $0.size) }, uniquingKeysWith: { _, _ in -1 })
    var findings: [Finding] = []
    for file in files {
        let part = file.part
        let size = stored[Array(part.file.utf8)]
        guard size != part.bytes else { continue }
        findings.append(
            Finding(
                id: .export, subject: part.file, status: .failed, basis: .manifest, expected: "\(part.bytes) bytes",
                observed: size.map { "\($0) bytes" } ?? "it is missing",
                reason: "the export is not whole any more: get the file back from another copy", cause: .backup))
    }
    let known = Set((files.map(\.part.file) + [ManifestFile.name, PurgeScript.fileName]).map { Array($0.utf8) })
    for name in stored.keys.filter({ !known.contains($0) }).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
        let subject = String(decoding: name, as: UTF8.self)
        findings.append(
            Finding(
                id: .export, subject: subject, status: .failed, basis: .manifest, expected: "no such file",
                observed: "\(stored[name] ?? 0) bytes",
                reason: replaced.contains(subject)
                    ? "it still holds rows that were erased, and engines read them with the others: run export rewrite again, "
                        + "which removes it"
                    : "the manifest does not name it, and engines may read its rows with the others: move it away",
                cause: .backup))
    }
    return findings
}

/// Compares `purge.sql` with the script that was written with the manifest. A manifest from a version that wrote no
/// script is not checked.
private func comparePurge(
    _ manifest: ExportManifest, in store: any ExportStore
) async throws(StoreError) -> [Finding] {
    guard let expected = manifest.purgeSHA256 else { return [] }
    let bytes = try await store.contents(of: PurgeScript.fileName, limit: Envelope.maximumSize)
    let observed = bytes.map { Hex.encode(SHA256.hash(data: Data($0))) }
    if observed == expected { return [] }
    return [
        Finding(
            id: .export, subject: PurgeScript.fileName, status: .failed, basis: .manifest,
            expected: "SHA-256 \(expected)", observed: observed.map { "SHA-256 \($0)" } ?? "it is missing",
            reason:
                "it is not the script that was written with the manifest: do not run it; export again into the same place "
                + "to have it written anew", cause: .backup)
    ]
}

extension ExportManifest.Part {
    /// As a record of verifications has it.
    package var recorded: VerificationRecord.Part {
        VerificationRecord.Part(name: file, bytes: bytes, state: sha256)
    }
}

/// A file of an export with what is needed to read it.
struct ExportFile: Sendable {
    let part: ExportManifest.Part
    let form: PartForm

    var recorded: VerificationRecord.Part { part.recorded }

    fileprivate func finding(in store: any ExportStore) async throws -> Finding {
        do {
            let contents = try await readProvenPart(part.file, in: store, form, part.contents)
            return Finding(
                id: .export, subject: part.file, status: .passed, basis: .manifest, expected: "\(part.digest)",
                observed: "\(contents.digest)")
        } catch let flaw as FlawedPart {
            return flawed(flaw.reason)
        } catch StoreError.cancelled {
            throw CancellationError()
        } catch let error as StoreError {
            return Finding(
                id: .export, subject: part.file, status: .inconclusive, basis: .manifest, expected: "\(part.digest)",
                reason: error.description, cause: .environment)
        }
    }

    private func flawed(_ observed: String) -> Finding {
        Finding(
            id: .export, subject: part.file, status: .failed, basis: .manifest, expected: "\(part.digest)",
            observed: observed, reason: "the file is not what was exported: get it back from another copy",
            cause: .backup)
    }
}

extension ExportManifest {
    /// Every file, in the order of the manifest.
    var fileList: [ExportFile] {
        tables.flatMap { table in
            table.slices.flatMap { slice in
                slice.parts.map { ExportFile(part: $0, form: form(of: slice, in: table)) }
            }
        }
    }

    /// How the rows of a slice are in its files.
    func form(of slice: Slice, in table: Table) -> PartForm {
        PartForm(
            layout: layout, columns: table.shapes[slice.shape].columns, key: table.shapes[slice.shape].key,
            timeColumn: table.timeColumn,
            fallbacks: slice.fallbacks ?? [])
    }
}

extension VerificationRecord {
    /// How much of an export was found good since a time.
    package func coverage(of manifest: ExportManifest, since time: Date) -> Coverage {
        coverage(of: manifest.fileList.map(\.recorded), since: time)
    }
}

extension ManifestFile {
    /// Reads the manifest of an export that must be there.
    /// - Parameters:
    ///   - publicKey: nil for an unsigned manifest, which must say that it is unsigned.
    ///   - ring: that key and others, each at its time; nil for that key alone, at any time.
    /// - Throws: ``StoreError``, `VerificationError`; ``MissingManifest``.
    static func read(
        from store: some ExportStore, _ publicKey: PublicKey?, _ ring: KeyRing?
    ) async throws -> ExportManifest {
        guard let bytes = try await bytes(in: store) else { throw MissingManifest(location: store.location) }
        return try open(bytes, of: store, publicKey, ring)
    }

    /// Reads the bytes of a manifest.
    /// - Parameters:
    ///   - publicKey: nil for an unsigned manifest, which must say that it is unsigned.
    ///   - ring: that key and others, each at its time; nil for that key alone, at any time.
    /// - Throws: `VerificationError`; ``SignedManifest``.
    static func open(
        _ bytes: [UInt8], of store: some ExportStore, _ publicKey: PublicKey?, _ ring: KeyRing? = nil
    ) throws -> ExportManifest {
        if publicKey != nil, let ring {
            return try open(bytes, of: store, ring.keys(for: KeyRing.operatorRole)).manifest
        }
        if let publicKey { return try open(bytes, of: store, publicKey: publicKey) }
        let found = try openUnverified(bytes, of: store).statement.predicate
        if found.signed { throw SignedManifest(location: store.location) }
        return found
    }
}

/// There is no export, or one that was not finished.
package struct MissingManifest: Error, Sendable, Equatable, CustomStringConvertible {
    package let location: String

    package var description: String {
        "\(location) has no \(ManifestFile.name): it is not an export, or the export was not finished"
    }
}

/// An export is signed, and no key was given to verify it.
package struct SignedManifest: Error, Sendable, Equatable, CustomStringConvertible {
    package let location: String

    package var description: String {
        "\(location) is signed: name the key that you trust with --public-key"
    }
}
