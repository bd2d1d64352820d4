import ColdTier
import Evidence
import Files
import Findings
import Foundation
import Site
import Storage
import SystemPackage

extension ColdPlace {
    /// Reads the manifest of an export, and verifies it.
    /// - Parameter location: a directory, or `s3://bucket/prefix`.
    /// - Throws: ``Failure``; ``Storage/StoreError``; ``Evidence/VerificationError``.
    init(of location: String, _ ring: KeyRing) async throws {
        let place = try LedgerOptions.location(location)
        let nothing = Failure(.wrongCommand, "there is no export at \(location): it has no \(ManifestFile.name).")
        if case .directory(let directory)? = place, !Files.exists(directory) { throw nothing }
        guard let store = try place?.openForExport(), let bytes = try await ManifestFile.bytes(in: store) else {
            throw nothing
        }
        let (statement, key) = try InTotoStatement<ExportManifest>.open(
            bytes, name: "\(location)/\(ManifestFile.name)", ring.keys(for: KeyRing.operatorRole)
        ) { $0.predicate.updated }
        let manifest = statement.predicate
        let record = try RecordFile(named: nil, at: location).read()
        self.init(
            location: location, plan: manifest.plan, updated: manifest.updated, signedBy: key.publicKey,
            tables: manifest.tables.map { Table($0, record) })
    }
}

extension ColdPlace.Table {
    init(_ table: ExportManifest.Table, _ record: VerificationRecord) {
        let slices = table.slices.sorted { $0.name < $1.name }
        self.init(
            name: "\(table.schema).\(table.name)", column: table.timeColumn,
            rows: slices.map { Int64($0.digest.rows) }.reduce(0, +),
            slices: slices.map { ColdPlace.Slice($0, record) })
    }
}

extension ColdPlace.Slice {
    init(_ slice: ExportManifest.Slice, _ record: VerificationRecord) {
        let drill = slice.source.drill.map { ", restored and checked by the drill \($0.id.prefix(8))" } ?? ""
        let database = slice.source.drill?.database ?? slice.source.database
        self.init(
            name: slice.name, rows: Int64(slice.digest.rows), bytes: slice.parts.map(\.bytes).reduce(0, +),
            files: slice.parts.count, exported: slice.source.taken, source: "\(database)\(drill)",
            readAgain: record.readAgain(slice.parts.map(\.recorded)))
    }
}
