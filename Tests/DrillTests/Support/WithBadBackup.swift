import Evidence
import Foundation
import Report
import SystemPackage

@testable import Drill

/// Runs a test's body with the request of a drill of an empty file, in a directory that is removed afterwards. The drill
/// needs no server: an empty file is a bad backup.
func withBadBackup(_ body: (DrillRequest) async throws -> Void) async throws {
    let directory = FilePath(NSTemporaryDirectory()).appending("drill-\(UUID().uuidString)")
    try FileManager.default.createDirectory(atPath: directory.string, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory.string) }
    let backup = directory.appending("empty.dump")
    try Data().write(to: URL(filePath: backup.string))
    try await body(
        DrillRequest(
            plan: Plan(ofBackupAt: backup.string), backup: FoundBackup(path: backup, reason: "the test's"),
            reports: directory.appending("reports"), signer: SigningKey.generate(),
            trigger: Report.Trigger(kind: "manual", user: "test", host: "test"), toolVersion: "1",
            keepScratch: false))
}
