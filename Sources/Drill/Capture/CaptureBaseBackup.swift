import Archive
import Backup
import Evidence
import Files
import Foundation
import Manifest
import Postgres
import SourceSnapshot
import SystemPackage

/// Takes the manifest of a base backup that is there: what is known for sure of the server, and estimates of its rows.
func captureBaseBackup(_ request: CaptureRequest, emit: @escaping CaptureEventSink) async throws -> CaptureResult {
    guard FileManager.default.fileExists(atPath: request.output.string) else {
        throw CaptureError.nothingThere(request.output)
    }
    let tree = try OpenTree.ofBackup(at: request.output, following: request.follow)
    let clock = BackupClock(timeZone: .gmt, name: "UTC")
    guard NotABackup(tree) == nil, try openBackup(tree, clock: clock).description.kind == "base backup" else {
        throw CaptureError.notABaseBackup(request.output)
    }
    let manifest = try await withSource(request) { snapshot in
        let facts = try await SourceFacts(in: snapshot)
        let states = try await SequenceStates(over: snapshot.leader)
        emit(
            .cost(
                CaptureCost(
                    database: facts.source.database, serverVersion: facts.source.serverVersion,
                    isReplica: facts.source.isReplica, tables: 0, bytes: 0, connections: request.jobs,
                    rate: request.rate, dumpProgram: nil)))
        return SourceManifest(
            id: UUID().uuidString.lowercased(), tool: request.toolVersion, signed: request.signer != nil,
            scope: .baseBackup, source: facts.source, settings: facts.settings,
            tables: facts.tables.map { table in
                var described = table.described
                described.held = described.isPartitioned ? .definition : .rows
                described.unread = described.isPartitioned ? nil : "a base backup has no moment that can be looked at"
                return described
            },
            sequences: states.sequences(until: states, in: nil), extensions: facts.extensions(in: nil),
            roles: facts.roles)
    }
    let digest = try await BackupDigest(of: tree) { emit(.progress(done: $0, total: tree.bytes)) }.set
    return try await publish(CaptureDraft(manifest: manifest, digest: digest), request, partial: nil)
}
