import Foundation
import Postgres
import Scratch
import SystemPackage
import TestSupport

@testable import AWS
@testable import Restore
@testable import Snapshots

/// Snapshots in a cloud.
extension Example {
    static let snapshots = [
        Example("snapshot-not-restored", "There is no password file", "a password file that is not there") { lab in
            var source = snapshotSource
            source.login = .passwordFile(lab.newFile())
            let backup = SnapshotBackup(snapshot, of: source)
            return try await lab.ending {
                _ = try await backup.withRestored(in: setting, cleanup: CleanupLog(), emit: { _ in }) { _ in }
            }
        },
        Example("other-server", "is not what was restored", "a server that runs for longer than there was an order") {
            lab in
            let target = lab.server.target(database: "postgres")
            let login = SnapshotLogin(
                address: SnapshotAddress(host: target.host ?? "", port: target.port ?? 0), user: target.user ?? "",
                passwordFile: nil, needsEncryption: false)
            return try await lab.ending {
                _ = try await login.waitUntilReady(for: .seconds(60), .ordered(.now))
            }
        },
    ]

    private static var snapshotSource: SnapshotSource {
        SnapshotSource(of: RDSName(.instance, "orchard"), instanceClass: "db.t4g.medium", securityGroups: ["sg-1"])
    }

    private static let setting = RestoreSetting(
        server: .ownServer(parent: TestServer.parent, account: nil), jobs: 1, deadline: .seconds(600), label: "lab")

    private static let snapshot = RDSSnapshot(
        identifier: "sunday", arn: "arn:aws:rds:eu-central-1:123456789012:snapshot:sunday", source: "orchard",
        created: "2026-11-22T02:07:11Z", engine: "postgres", engineVersion: "17.2", gibibytes: 20, status: "available",
        type: "automated", masterUser: nil, kmsKey: nil)
}
