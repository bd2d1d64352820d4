import Foundation
import Testing

@testable import Physical

/// Which files of a data directory do not belong to each other.
@Suite struct CopyOriginTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let reason: String
        var state = "in production"
        var label: String? = "0/2000028"
        var labelTimeline = 1
        var manifest: String? = "0/2000028"
        var system: UInt64 = 7
        var hasPostmasterFile = false
        /// A part of what is said; nil if nothing is.
        let says: String?
        var testDescription: String { reason }
    }

    @Test(arguments: [
        Row(reason: "a base backup", says: nil),
        Row(reason: "one without a manifest", manifest: nil, says: nil),
        Row(reason: "one from a standby", state: "in archive recovery", says: nil),
        Row(reason: "a server that was stopped", state: "shut down", label: nil, manifest: nil, says: nil),
        Row(reason: "a standby that was stopped", state: "shut down in recovery", label: nil, manifest: nil, says: nil),
        Row(reason: "a snapshot", label: nil, manifest: nil, hasPostmasterFile: true, says: nil),
        Row(reason: "a copy while it ran", label: nil, manifest: nil, says: "copied while its server ran"),
        Row(
            reason: "of a standby", state: "in archive recovery", label: nil, manifest: nil,
            says: "was \"in archive recovery\""),
        Row(
            reason: "a label of a later backup", label: "0/9000028", manifest: nil, says: "pg_control is from 0/3000060"
        ),
        Row(reason: "a label of a later timeline", labelTimeline: 2, says: "names the timeline 2"),
        Row(reason: "a label of an earlier backup", label: "0/1000028", says: "and at 0/2000028 by backup_manifest"),
        Row(reason: "a manifest of another server", system: 8, says: "of another server"),
    ])
    func isTold(_ row: Row) throws {
        let label = row.label.flatMap {
            BackupLabel("START WAL LOCATION: \($0) (file x)\nSTART TIMELINE: \(row.labelTimeline)\n")
        }
        let manifest = try row.manifest.map { start in
            let lines = """
                { "PostgreSQL-Backup-Manifest-Version": 2, "System-Identifier": 7, "Files": [],
                "WAL-Ranges": [ { "Timeline": 1, "Start-LSN": "\(start)", "End-LSN": "0/4000000" } ],

                """
            let digest = BackupManifest.checksum(of: Data(lines.utf8))
            return try BackupManifest(Data("\(lines)\"Manifest-Checksum\": \"\(digest)\"}\n".utf8))
        }
        let origin = CopyOrigin(
            label: label, manifest: manifest, hasPostmasterFile: row.hasPostmasterFile,
            control: CopyOrigin.Control(
                state: row.state, systemIdentifier: row.system, redo: LogPosition(0x300_0060), timeline: 1))
        #expect(origin.flaws.isEmpty == (row.says == nil), "\(origin.flaws)")
        if let says = row.says { #expect(origin.flaws.first?.problem.contains(says) == true, "\(origin.flaws)") }
    }
}
