import Archive
import Backup
import Evidence
import Files
import Findings
import Foundation
import Glibc
import Manifest
import Postgres
import Rows
import SourceSnapshot
import SystemPackage

/// Takes a manifest at a source, and makes the dump that it is of.
///
///     one snapshot ─▶ catalogue, sequences ─▶ cost ─▶ pg_dump ∥ every row ─▶ sequences again ─▶ what the dump holds ─▶ signed
///
/// If the arguments of pg_dump choose among tables, the rows are read after the dump, and only those that it holds.
/// Dump and manifest appear together when all is done; if it ends early, neither is there.
/// - Throws: ``CaptureError``, ``PostgresError``, `StatementError`; `CancellationError`.
package func capture(_ request: CaptureRequest, emit: @escaping CaptureEventSink) async throws -> CaptureResult {
    guard !Files.exists(request.manifestPath) else { throw CaptureError.alreadyThere(request.manifestPath) }
    guard let arguments = request.dumpArguments else { return try await captureBaseBackup(request, emit: emit) }
    guard !Files.exists(request.output) else { throw CaptureError.alreadyThere(request.output) }
    let directory = request.output.removingLastComponent()
    guard directory.isEmpty || Files.exists(directory) else { throw CaptureError.noDirectory(directory) }
    let isChoosing = try DumpArguments.check(arguments)
    let partial = directory.appending(".\(request.output.lastComponent?.string ?? "dump")-\(getpid()).partial")
    do {
        let draft = try await withSource(request) { snapshot in
            try await CaptureRun(request, partial: partial, snapshot, emit: emit)
                .dumpAndRead(arguments, isChoosing: isChoosing)
        }
        return try await publish(draft, request, partial: partial)
    } catch {
        // What is left behind is hidden, and the error says what happened.
        try? Files.removeTree(partial)
        throw error
    }
}

/// Runs `body` with a snapshot of the source.
func withSource<Outcome: Sendable>(
    _ request: CaptureRequest, _ body: (SourceSnapshot) async throws -> Outcome
) async throws -> Outcome {
    let timeout = request.statementTimeout.map { ["statement_timeout": "\(Int64($0 / .milliseconds(1)))"] } ?? [:]
    return try await SourceSnapshot.with(
        of: request.target, connections: request.jobs, named: "pgassay capture", settings: timeout, body)
}

/// A manifest that is not written yet, and the digest of the dump that it is of.
struct CaptureDraft: Sendable {
    let manifest: SourceManifest
    let digest: [String: String]
}

/// One capture, in its snapshot.
struct CaptureRun: Sendable {
    private let request: CaptureRequest
    /// Where pg_dump writes.
    private let partial: FilePath
    private let snapshot: SourceSnapshot
    private let emit: CaptureEventSink
    private let limit: RateLimit?

    init(
        _ request: CaptureRequest, partial: FilePath, _ snapshot: SourceSnapshot, emit: @escaping CaptureEventSink
    ) {
        self.request = request
        self.partial = partial
        self.snapshot = snapshot
        self.emit = emit
        limit = request.rate.map { RateLimit(bytesPerSecond: $0) }
    }

    func dumpAndRead(_ arguments: [String], isChoosing: Bool) async throws -> CaptureDraft {
        var facts = try await SourceFacts(in: snapshot)
        try requireTables(facts)
        let program = try await DumpProgram.find(
            named: request.dumpProgram, server: facts.version, facts.source.serverVersion)
        let before = try await SequenceStates(over: snapshot.leader)
        let everything = reading(of: facts, heldBy: nil)
        emit(.cost(cost(of: everything, facts, program)))
        try await hold(everything.wanted.map { facts.tables[$0].name })
        let made: DumpProgram.Made
        let rows: [Int: SourceManifest.Rows]
        let held: ListedObjects
        if isChoosing {
            made = try await program.dump(snapshot, to: partial, arguments)
            held = try contents()
            rows = try await reading(of: facts, heldBy: held).read(in: snapshot)
        } else {
            (made, rows) = try await together {
                try await program.dump(snapshot, to: partial, arguments)
            } and: {
                try await everything.read(in: snapshot)
            }
            held = try contents()
        }
        let largeObjects = try await SourceLargeObjects.read(over: snapshot.leader, limit: limit)
        let after = try await SequenceStates(over: snapshot.leader)
        facts.note(rows, held, asked: request.tables)
        let dump = try openDump()
        let manifest = SourceManifest(
            id: UUID().uuidString.lowercased(), tool: request.toolVersion, signed: request.signer != nil,
            scope: .dump, source: facts.source,
            dump: SourceManifest.Dump(
                format: dump.format.rawValue, bytes: dump.bytes, created: dump.contents?.header.created.description,
                program: program.words, arguments: arguments, exitCode: made.exitCode, seconds: made.seconds,
                messages: made.messages),
            settings: facts.settings, tables: facts.tables.map(\.described),
            sequences: before.sequences(until: after, in: held), extensions: facts.extensions(in: held),
            largeObjects: largeObjects.map { .init(digest: $0, isHeld: held.hasAny("BLOBS")) }, roles: facts.roles)
        return CaptureDraft(manifest: manifest, digest: try await BackupDigest(of: dump.tree) { _ in }.set)
    }

    // MARK: Which tables

    /// - Throws: ``CaptureError/unknownTables(_:database:)``.
    private func requireTables(_ facts: SourceFacts) throws(CaptureError) {
        let known = Set(facts.tables.map(\.name))
        let unknown = (request.tables ?? []).filter { !known.contains($0) }
        guard unknown.isEmpty else { throw .unknownTables(unknown, database: facts.source.database) }
    }

    private func reading(of facts: SourceFacts, heldBy dump: ListedObjects?) -> RowReading {
        let asked = request.tables.map(Set.init)
        let wanted = facts.tables.indices.filter { index in
            let table = facts.tables[index]
            guard !table.described.isPartitioned, table.isReadable, !(table.isUnlogged && facts.source.isReplica)
            else { return false }
            return (asked?.contains(table.name) ?? true)
                && (dump?.has("TABLE DATA", schema: table.described.schema, name: table.described.name) ?? true)
        }
        // So that a manifest of very many tables can still be read again.
        let ranges = max(8, min(256, 200_000 / max(1, wanted.count)))
        return RowReading(
            tables: facts.tables, wanted: wanted, isFromVersion14: facts.version >= 140_000,
            encoding: facts.source.encodingOfRows, limit: limit,
            ranges: ranges, emit: emit)
    }

    private func cost(of reading: RowReading, _ facts: SourceFacts, _ program: DumpProgram) -> CaptureCost {
        CaptureCost(
            database: facts.source.database, serverVersion: facts.source.serverVersion,
            isReplica: facts.source.isReplica, tables: reading.wanted.count, bytes: reading.bytes,
            connections: request.jobs, rate: request.rate, dumpProgram: program.words)
    }

    /// Keeps tables from being truncated, altered or dropped until all is read: of a table that was truncated, no snapshot
    /// shows the rows that it had.
    private func hold(_ tables: [TableName]) async throws {
        for start in stride(from: 0, to: tables.count, by: 100) {
            let some = tables[start..<min(start + 100, tables.count)].map { "ONLY \($0.sql)" }
            try await snapshot.leader.execute("LOCK TABLE \(some.joined(separator: ", ")) IN ACCESS SHARE MODE")
        }
    }

    // MARK: The dump

    private func openDump() throws -> Dump {
        do {
            return try Dump.open(.ofBackup(at: partial))
        } catch {
            throw CaptureError.dumpUnreadable(reason: "\(error)")
        }
    }

    private func contents() throws -> ListedObjects {
        let dump = try openDump()
        do {
            return try ListedObjects(of: dump) { _ in try Task.checkCancellation() }
        } catch let error as ArchiveError {
            throw CaptureError.dumpUnreadable(reason: "\(error)")
        }
    }
}

extension SourceFacts {
    /// Notes what was read of the tables, and what the dump has of them.
    fileprivate mutating func note(
        _ rows: [Int: SourceManifest.Rows], _ dump: ListedObjects, asked: [TableName]?
    ) {
        for index in tables.indices {
            tables[index].note(dump)
            tables[index].described.rows = rows[index]
            guard rows[index] == nil, !tables[index].described.isPartitioned else { continue }
            tables[index].described.unread =
                !tables[index].isReadable
                ? "the role may not read it"
                : tables[index].isUnlogged && source.isReplica
                    ? "it is unlogged, and a replica has no rows of it"
                    : asked.map { !$0.contains(tables[index].name) } ?? false
                        ? "it was not asked for (--tables)" : "the dump has no rows of it"
        }
    }
}
